import {
  streamAddress,
  type Alert,
  type Health,
  type Price,
  type Row,
  type SignalChange,
  type System,
} from "./api";

export interface Listener {
  row(row: Row): void;
  price(price: Price): void;
  alert(alert: Alert): void;
  /** All the alerts there are; others are no longer. */
  alerts(all: Alert[]): void;
  /** Of the rows after `from` up to `to`, seconds, those whose times are not `there` are no longer. */
  resumed(from: number, to: number, there: ReadonlySet<number>): void;
  signal(change: SignalChange): void;
  health(health: Health): void;
  system(system: System): void;
  /** A repair corrected rows from that of the bar `from` (seconds) on: they are to be read anew. */
  corrected(from: number): void;
  /** What is held is too old to be continued: forget it, newer rows follow. */
  reset(): void;
  /** The connection is there (true) or not. */
  connected(there: boolean): void;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 5_000;
/** Bars before the newest that is held which are asked for again. */
const OVERLAP = 60;
/** The server gives a sign of life every 0.9 s. */
const SILENCE = 4_000;

/** The wait before the next attempt: doubled each time, up to the longest. */
export function nextWait(wait: number): number {
  return Math.min(LONGEST_WAIT, wait * 2);
}

/**
 * The live stream of one series. Reconnects for ever, and asks each time for what is behind the
 * last row that is held, and for the minute of bars before it: a recorder that was killed before it
 * stored what it had told makes other rows of the same bars, or none, when it runs again. EventSource would reconnect by itself, but not after every error, and it
 * does not notice a server that says nothing any more.
 */
export class LiveStream {
  private source: EventSource | undefined;
  private wait = FIRST_WAIT;
  private retry: number | undefined;
  private heard = performance.now();
  private repairs: number | undefined;
  private readonly watch: number;

  /**
   * @param interval seconds a bar lasts
   * @param since start of the newest bar that is held, in seconds; asked at each attempt
   */
  constructor(
    private readonly id: string,
    private readonly interval: number,
    private readonly since: () => number,
    private readonly listener: Listener,
  ) {
    this.watch = window.setInterval(() => this.checkSilence(), 1_000);
    this.open();
  }

  close(): void {
    window.clearInterval(this.watch);
    window.clearTimeout(this.retry);
    this.source?.close();
    this.source = undefined;
  }

  private open(): void {
    this.heard = performance.now();
    const held = this.since();
    const from = Math.max(0, held - OVERLAP * this.interval);
    let there: Set<number> | undefined = new Set(); // until all that was missed has come
    const source = new EventSource(streamAddress(this.id, from));
    this.source = source;
    const on = <T>(name: string, tell: (data: T) => void) =>
      source.addEventListener(name, (event) => {
        this.heard = performance.now();
        tell(JSON.parse((event as MessageEvent<string>).data) as T);
      });
    on<Row>("row", (row) => {
      there?.add(row.t);
      this.listener.row(row);
    });
    on<Price>("price", (price) => this.listener.price(price));
    on<Alert>("alert", (alert) => this.listener.alert(alert));
    on<Alert[]>("alerts", (all) => {
      if (there !== undefined) { // the rows that were missed come before
        this.listener.resumed(from, held, there);
        there = undefined;
      }
      this.listener.alerts(all);
    });
    on<SignalChange>("signal", (change) => this.listener.signal(change));
    on<System>("system", (system) => this.listener.system(system));
    on<{ from: number; repairs: number }>("corrected", ({ from, repairs }) => {
      this.repairs = repairs;
      this.listener.corrected(from);
    });
    on<{ count: number }>("repairs", ({ count }) => {
      // Repairs that came while nobody listened: of what, nobody has said.
      const missed = this.repairs !== undefined && this.repairs !== count;
      this.repairs = count;
      if (missed) {
        this.listener.corrected(0);
      }
    });
    on<object>("reset", () => this.listener.reset());
    on<Health>("health", (health) => {
      this.wait = FIRST_WAIT;
      this.listener.connected(true);
      this.listener.health(health);
    });
    source.addEventListener("error", () => this.lost());
  }

  private lost(): void {
    this.source?.close();
    this.source = undefined;
    this.listener.connected(false);
    window.clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.open(), this.wait);
    this.wait = nextWait(this.wait);
  }

  private checkSilence(): void {
    if (this.source !== undefined && performance.now() - this.heard > SILENCE) {
      this.lost();
    }
  }
}
