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
  /** All alerts; any other no longer exists. */
  alerts(all: Alert[]): void;
  /** Of the rows after `from` up to `to`, in seconds, those whose times are not in `there` no longer exist. */
  resumed(from: number, to: number, there: ReadonlySet<number>): void;
  signal(change: SignalChange): void;
  health(health: Health): void;
  system(system: System): void;
  /** A repair corrected the rows from the bar that starts at `from` (seconds) on: read them again. */
  corrected(from: number): void;
  /** The present rows are too old to be continued: drop them, newer rows follow. */
  reset(): void;
  /** The connection is open (true) or lost. */
  connected(there: boolean): void;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 5_000;
/** The number of bars before the newest one that a new connection requests again. */
const OVERLAP = 60;
/** The server sends something at least every 0.9 s. */
const SILENCE = 4_000;

/** The wait before the next attempt: twice the last one, up to the longest. */
export function nextWait(wait: number): number {
  return Math.min(LONGEST_WAIT, wait * 2);
}

/**
 * The live stream of one series. It reconnects for ever, and each time requests the rows after the last one it has, and
 * {@link OVERLAP} bars before that: a recorder that was killed before it stored the rows it had sent may, when it runs
 * again, compute different rows for the same bars, or none. EventSource would reconnect by itself, but not after every
 * error, and it does not notice a server that has fallen silent.
 */
export class LiveStream {
  private source: EventSource | undefined;
  private wait = FIRST_WAIT;
  private retry: number | undefined;
  private heard = performance.now();
  private repairs: number | undefined;
  private readonly watch: number;

  /**
   * @param interval length of a bar in seconds
   * @param since returns the start of the newest bar, in seconds; called at each attempt
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
    let there: Set<number> | undefined = new Set(); // until all missed rows have arrived
    const source = new EventSource(streamAddress(this.id, from));
    this.source = source;
    const on = <T>(name: string, handle: (data: T) => void) =>
      source.addEventListener(name, (event) => {
        this.heard = performance.now();
        handle(JSON.parse((event as MessageEvent<string>).data) as T);
      });
    on<Row>("row", (row) => {
      there?.add(row.t);
      this.listener.row(row);
    });
    on<Price>("price", (price) => this.listener.price(price));
    on<Alert>("alert", (alert) => this.listener.alert(alert));
    on<Alert[]>("alerts", (all) => {
      if (there !== undefined) { // by now all missed rows have arrived
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
      // Repairs may have corrected any row while the connection was lost.
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
