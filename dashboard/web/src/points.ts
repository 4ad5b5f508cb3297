import type { Row } from "./api";

/** Times drawn for one hole at most; a longer one is drawn as if it were as long as this. */
const HOLE_POINTS = 60;

/** A stretch of time to be tinted; both ends are times on the time axis, in seconds. */
export interface Stretch {
  from: number;
  to: number;
  /** Whether there are no rows at all; otherwise they are not complete. */
  missing: boolean;
}

export interface LinePoint {
  time: number;
  value: number;
  /** Whether the line must not go on from here to the next point. */
  ends: boolean;
}

/**
 * The times between two rows that have none: the axis of the chart knows no distance, so a hole is
 * only seen where points stand for it.
 */
export function holeTimes(before: number, after: number, interval: number): number[] {
  const missing = Math.round((after - before) / interval) - 1;
  const points = Math.min(missing, HOLE_POINTS);
  const times: number[] = [];
  for (let i = 1; i <= points; i++) {
    times.push(before + Math.floor((i * missing) / points) * interval);
  }
  return times;
}

/**
 * Whether a chart can take `fresh` rows one by one behind what it has drawn: it takes no point
 * older than its last, and the bar that is forming may be drawn behind a hole or behind rows that
 * are still to come.
 *
 * @param drawn time of the last row that is drawn
 * @param end time of the last candle that is drawn, which may be the forming one
 * @param forming time of the bar that is forming now, where there is one
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

/** A value of each row as a line that breaks where a row or a value is missing. */
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

/** Where rows are missing or not complete. */
export function stretches(rows: readonly Row[], interval: number): Stretch[] {
  const found: Stretch[] = [];
  let open: Stretch | undefined;
  let before: Row | undefined;
  for (const row of rows) {
    if (before !== undefined && row.t - before.t > interval) {
      const times = holeTimes(before.t, row.t, interval);
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
