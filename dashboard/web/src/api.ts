/** The server's messages, unchanged. Bar times are seconds since the epoch, instants milliseconds. */

export interface Settings {
  window: number;
  baselineWindow: number;
  zAlert: number;
  spikeFactor: number;
  zSignal: number;
}

export interface SeriesInfo {
  id: string;
  venue: string;
  symbol: string;
  kind: string;
  preset: string;
  /** Seconds. */
  interval: number;
  intervalLabel: string;
  /** Decimal places; 8 if the instrument's tick size is unknown. */
  pricePlaces: number;
  simulated: boolean;
  replay: boolean;
  band: string;
  /** Whether the server receives new data for it; otherwise only its past is available. */
  recording: boolean;
  state: State;
  /** null if only the preset's name is known. */
  settings: Settings | null;
  price: string | null;
  z: number | null;
  /** The newest closes, oldest first. */
  spark: number[];
}

export type State = "live" | "warming-up" | "stale" | "disconnected";
export type Signal = "buy" | "sell" | "neutral";

export interface Bar {
  /** Start, seconds since the epoch. */
  t: number;
  o: number;
  h: number;
  l: number;
  c: number;
  v: number;
}

/** A bar with its features; those that the page does not know by name it reads by {@link valueOf}. */
export interface Row extends Bar {
  ret: number | null;
  vol: number | null;
  annual: number | null;
  base: number | null;
  z: number | null;
  signal: Signal;
  rules: number;
  complete: boolean;
  carried: boolean;
}

export interface Price extends Bar {
  price: string;
  tradeTime: number;
}

export interface Alert {
  rule: string;
  severity: "warning" | "critical";
  opened: number;
  closed: number | null;
  /** What the rule looked at, and what that was compared with. */
  value: number | null;
  threshold: number | null;
  reason: string;
}

export interface SignalChange {
  signal: Signal;
  since: number;
  z: number | null;
}

export interface Health {
  state: State;
  reason: string;
  ageMillis: number | null;
  warm: number;
  warmOf: number;
  stored: number | null;
  tradesPerSecond: number | null;
  /** Gaps of the tape that are still to be filled; null if they are not counted. */
  openHoles: number | null;
  missingTrades: number | null;
  repair: { done: number; total: number; percent: number; etaSeconds: number | null } | null;
  /** Added to the clock of the server's machine, this gives the venue's; null = not measured. */
  clockOffsetMillis: number | null;
  /** From a trade's time at the venue to its arrival, over the last minute; null = not measured. */
  latency: { medianMillis: number; p99Millis: number } | null;
}

/** A problem with the data itself. */
export interface QualityAlert {
  kind: string;
  /** Empty if the problem concerns all symbols. */
  symbol: string;
  since: number;
  severity: "warning" | "critical";
  reason: string;
}

/** The state of the server's process; a part that is not measured is null. */
export interface System {
  rate: {
    host: string;
    limit: number;
    used: number;
    repairUsed: number;
    bannedUntil: number | null;
  } | null;
  writing: { queued: number; bound: number; trouble: string } | null;
  disk: { freeBytes: number; daysLeft: number | null } | null;
  dataQuality: QualityAlert[];
}

export interface History {
  rows: Row[];
  /** Whether there may be older rows. */
  more: boolean;
}

type Columns = Record<string, unknown> & { t: number[] };

/** Turns columns into rows: every column that is a list gives each row a field. */
function transposed(columns: Columns): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = columns.t.map(() => ({}));
  for (const [name, values] of Object.entries(columns)) {
    if (Array.isArray(values)) {
      rows.forEach((row, i) => (row[name] = values[i]));
    }
  }
  return rows;
}

export function rowsOf(columns: Columns): Row[] {
  return transposed(columns) as unknown as Row[];
}

/** An entry of the catalogue of features. */
export interface Feature {
  /** Its field of a row. */
  key: string;
  title: string;
  unit: string;
  /** Which of its values a row of a range shows. */
  rolled: "none" | "highest" | "farthest";
}

/** A reason for an alert. */
export interface Rule {
  rule: string;
  title: string;
}

export interface Catalogue {
  features: Feature[];
  rules: Rule[];
}

/** The value of a feature of the catalogue. */
export function valueOf(row: Row, key: string): number | null {
  return (row as unknown as Record<string, number | null | undefined>)[key] ?? null;
}

export async function fetchCatalogue(): Promise<Catalogue> {
  return (await get("/api/catalogue", {})) as Catalogue;
}

export async function fetchSeries(): Promise<SeriesInfo[]> {
  return (await get("/api/series", {})) as SeriesInfo[];
}

/** Why there is no series, in words; empty if nothing is wrong. */
export async function fetchNotice(): Promise<string> {
  return ((await get("/api/health", {})) as { notice: string }).notice;
}

/** The newest rows, or the newest rows older than `before`. */
export async function fetchHistory(id: string, limit: number, before?: number): Promise<History> {
  const query = { series: id, limit: String(limit) };
  const columns = (await get(
    "/api/history",
    before === undefined ? query : { ...query, before: String(before) },
  )) as Columns & { more: boolean };
  return { rows: rowsOf(columns), more: columns.more };
}

/** A time range in few rows, each of which covers `interval` seconds. */
export interface Range {
  interval: number;
  /** End of the newest row that is stored, seconds since the epoch. */
  end: number;
  /** false while the server is still rolling up what older versions recorded. */
  whole: boolean;
  rows: Row[];
}

type RangeColumns = Columns & Omit<Range, "rows">;

/**
 * Of each feature the value that stands out, as the catalogue says: the highest where it is never
 * negative, else the one that is farthest from zero.
 */
export function rangeOf(columns: RangeColumns, features: readonly Feature[]): Range {
  const { interval, end, whole } = columns;
  const rows = transposed(columns).map((row) => {
    for (const { key, rolled } of features) {
      const high = row[`${key}High`] as number | null;
      row[key] =
        rolled === "none" ? null
        : rolled === "highest" ? high
        : farthest(row[`${key}Low`] as number | null, high);
      delete row[`${key}Low`];
      delete row[`${key}High`];
    }
    const its = row as unknown as Row;
    its.complete ||= its.t + interval > end; // one that is not over is not incomplete
    return its;
  });
  return { interval, end, whole, rows };
}

function farthest(low: number | null, high: number | null): number | null {
  return low !== null && high !== null && -low > high ? low : high;
}

/** The range from `from`, in seconds since the epoch, to the newest row. */
export async function fetchRange(
  id: string,
  from: number,
  points: number,
  features: readonly Feature[],
): Promise<Range> {
  const query = { series: id, from: String(from), points: String(points) };
  return rangeOf((await get("/api/range", query)) as RangeColumns, features);
}

export function streamAddress(id: string, since: number): string {
  return `/api/stream?${new URLSearchParams({ series: id, since: String(since) })}`;
}

async function get(path: string, query: Record<string, string>): Promise<unknown> {
  const answer = await fetch(`${path}?${new URLSearchParams(query)}`, {
    signal: AbortSignal.timeout(15_000),
  });
  if (!answer.ok) {
    throw new Error(`${path}: ${answer.status} ${(await answer.text()).trim()}`);
  }
  return answer.json();
}
