import type { Health, QualityAlert, System } from "./api";
import { created, element, setText } from "./element";
import { NONE, clock, grouped, lasted } from "./format";

/** Above this offset, in milliseconds, the page states the direction too. */
const CLOCK_SHOWN = 1_000;

/** "complete", or how many trades the tape lacks and how far their repair is. */
export function completeness(health: Health): string {
  if (health.openHoles === null) {
    return NONE;
  }
  if (health.openHoles === 0) {
    return "complete";
  }
  const count = health.missingTrades;
  const missing =
    count === null ? "trades missing" : `${many(count)} ${count === 1 ? "trade" : "trades"} missing`;
  const { repair } = health;
  if (repair === null) {
    return missing;
  }
  const left = repair.etaSeconds === null ? "" : `, ${lasted(repair.etaSeconds * 1000)} left`;
  return `${missing}, repairing ${repair.percent} %${left}`;
}

/** The offset of the machine's clock from the venue's, in words; undefined if it was not measured. */
export function clockOffset(health: Health): string | undefined {
  const offset = health.clockOffsetMillis;
  if (offset === null) {
    return undefined;
  }
  const off = Math.abs(offset);
  if (off <= CLOCK_SHOWN) {
    return `${Math.round(off)} ms off`;
  }
  return `${(off / 1000).toFixed(1)} s ${offset > 0 ? "behind" : "ahead"}`;
}

/** The latency, as in "42 ms, 99 % within 310 ms"; undefined if it was not measured. */
export function onTheWay(health: Health): string | undefined {
  const { latency } = health;
  return latency === null
    ? undefined
    : `${millis(latency.medianMillis)}, 99 % within ${millis(latency.p99Millis)}`;
}

function millis(value: number): string {
  return value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

/** "12.4 GB free, full in 31 days". */
export function diskLeft(disk: NonNullable<System["disk"]>): string {
  const free = `${(disk.freeBytes / 1e9).toFixed(1)} GB free`;
  if (disk.daysLeft === null) {
    return free;
  }
  const days = disk.daysLeft;
  const left = days > 999 ? "more than 999" : days.toFixed(days < 10 ? 1 : 0);
  return `${free}, full in ${left} days`;
}

/** "420 of 6,000 a minute", or the time until which the venue refuses requests. */
export function budget(rate: NonNullable<System["rate"]>): string {
  return rate.bannedUntil === null
    ? `${many(rate.used)} of ${many(rate.limit)} a minute`
    : `refused until ${clock(rate.bannedUntil)} UTC`;
}

export type Line = Pick<QualityAlert, "severity" | "reason">;

/** The lines of the strip: what is wrong with all symbols or with this one, and what its tape lacks. */
export function stripOf(
  alerts: readonly QualityAlert[],
  symbol: string,
  health: Health | undefined,
): Line[] {
  const lines: Line[] = alerts
    .filter(({ kind }) => kind !== "stale" && kind !== "open-gap") // state and tape show these
    .filter((alert) => alert.symbol === "" || alert.symbol === symbol)
    .map(({ severity, reason }) => ({ severity, reason }));
  return health?.openHoles
    ? [...lines, { severity: "warning", reason: completeness(health) }]
    : lines;
}

function many(count: number): string {
  return grouped(String(count));
}

/** What is or soon will be wrong with the data: a strip, a list of its own, and the health panel. */
export class Quality {
  private readonly strip = element("strip");
  private readonly box = element("quality");
  private readonly list = element("quality-list");
  private readonly tape = element("fact-tape");
  private readonly panel = element("system") as HTMLDetailsElement;
  private readonly meter = element("system-budget") as HTMLMeterElement;
  private readonly progress = element("system-repair") as HTMLProgressElement;
  private shown = "";

  constructor() {
    const close = () => {
      this.panel.open = false;
    };
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.panel.open) {
        close();
        this.panel.querySelector("summary")?.focus();
      }
    });
    document.addEventListener("click", (event) => {
      if (!this.panel.contains(event.target as Node)) {
        close();
      }
    });
  }

  show(symbol: string, health: Health | undefined, system: System | undefined): void {
    const tape = health === undefined ? NONE : completeness(health);
    setText(this.tape, health?.openHoles ? shortOf(health) : tape);
    this.tape.className = health?.openHoles ? "warn" : "";
    setText(element("system-tape"), tape);
    const repair = health?.openHoles ? health.repair : null;
    this.progress.hidden = repair === null;
    this.progress.value = repair?.percent ?? 0;
    setText(element("system-clock"), (health && clockOffset(health)) ?? NONE);
    setText(element("system-latency"), (health && onTheWay(health)) ?? NONE);
    const { rate = null, writing = null, disk = null, dataQuality = [] } = system ?? {};
    setText(element("system-rate"), rate === null ? NONE : budget(rate));
    this.meter.hidden = rate === null;
    if (rate !== null) {
      this.meter.max = rate.limit;
      this.meter.low = 0.6 * rate.limit;
      this.meter.high = 0.8 * rate.limit;
      this.meter.optimum = 0;
      this.meter.value = rate.used;
      this.meter.title = `of these, ${many(rate.repairUsed)} for repairs`;
    }
    setText(
      element("system-writer"),
      writing === null ? NONE : writing.trouble || `writing, ${many(writing.queued)} waiting`,
    );
    setText(element("system-disk"), disk === null ? NONE : diskLeft(disk));
    this.showAlerts(stripOf(dataQuality, symbol, health), dataQuality);
  }

  /** Called five times a second; touches the page only if something has changed. */
  private showAlerts(strip: readonly Line[], all: readonly QualityAlert[]): void {
    const key = JSON.stringify([strip, all]);
    if (key === this.shown) {
      return;
    }
    this.shown = key;
    this.strip.hidden = strip.length === 0;
    this.strip.replaceChildren(
      ...strip.map((alert) => created("span", alert.severity, alert.reason)),
    );
    this.box.hidden = all.length === 0;
    this.list.replaceChildren(...all.map(item));
  }
}

/** The number alone, for the header. */
function shortOf(health: Health): string {
  return health.missingTrades === null ? "has gaps" : `${many(health.missingTrades)} missing`;
}

function item(alert: QualityAlert): HTMLElement {
  const made = created("li", `alert data ${alert.severity}`);
  const time = created("time", "num dim", clock(alert.since));
  time.setAttribute("datetime", new Date(alert.since).toISOString());
  const about = alert.symbol === "" ? "" : ` ${alert.symbol}`;
  made.append(
    created("i", "", "◆"),
    created("b", "", alert.kind + about),
    time,
    created("p", "", alert.reason),
  );
  return made;
}
