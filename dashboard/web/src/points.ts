import type { Row } from "./api";

/** The most times drawn for one gap; a longer gap looks as long as this. */
const GAP_POINTS = 60;

/** A time range to be tinted; both ends are times on the time axis, in seconds. */
export interface Stretch {
  from: number;
  to: number;
  /** Whether there are no rows at all; otherwise there are rows that are not complete. */
  missing: boolean;
}

export interface LinePoint {
  time: number;
  value: number;
  /** Whether the line must not continue from here to the next point. */
  ends: boolean;
}

/**
 * The times between two rows for which there are no rows. The chart's axis shows points, not distances, so a gap is
 * visible only if points represent it.
 */
export function gapTimes(before: number, after: number, interval: number): number[] {
  const missing = Math.round((after - before) / interval) - 1;
  const points = Math.min(missing, GAP_POINTS);
  const times: number[] = [];
  for (let i = 1; i <= points; i++) {
    times.push(before + Math.floor((i * missing) / points) * interval);
  }
  return times;
}

/**
 * Whether a chart can add `fresh` rows one by one after the drawn ones: it accepts no point older than its last one,
 * and the forming bar may be drawn after a gap or after rows that have not arrived yet.
 *
 * @param drawn time of the last drawn row
 * @param end time of the last drawn candle, which may be the forming one
 * @param forming time of the forming bar, if there is one
 */
export function continues(
  drawn: number,
  end: number,
  fresh: readonly { t: number }[],
  forming: number | undefined,
  interval: number,
): boolean {
  let last = drawn;
  for (const { t } of fresh) {
    if (t < end || t - last > interval) {
      return false;
    }
    last = t;
  }
  return forming === undefined || forming >= end;
}

/** A value of each row as a line that breaks wherever a row or a value is missing. */
export function line(
  rows: readonly Row[],
  interval: number,
  value: (row: Row) => number | null,
): LinePoint[] {
  const points: LinePoint[] = [];
  let before: LinePoint | undefined;
  for (const row of rows) {
    const number = value(row);
    if (number === null) {
      continue;
    }
    if (before !== undefined && row.t - before.time > interval) {
      before.ends = true;
    }
    before = { time: row.t, value: number, ends: false };
    points.push(before);
  }
  return points;
}

/** The time ranges in which rows are missing or not complete. */
export function stretches(rows: readonly Row[], interval: number): Stretch[] {
  const found: Stretch[] = [];
  let open: Stretch | undefined;
  let before: Row | undefined;
  for (const row of rows) {
    if (before !== undefined && row.t - before.t > interval) {
      const times = gapTimes(before.t, row.t, interval);
      found.push({ from: times[0]!, to: times.at(-1)!, missing: true });
      open = undefined;
    }
    if (row.complete || row.carried) {
      open = undefined;
    } else if (open === undefined) {
      open = { from: row.t, to: row.t, missing: false };
      found.push(open);
    } else {
      open.to = row.t;
    }
    before = row;
  }
  return found;
}
