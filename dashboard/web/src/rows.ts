import type { Row } from "./api";

/** How a row changed the rows. */
export type Merged = "appended" | "replaced" | "inserted" | "unchanged";

/** The rows of one series, ascending by time, each time once, up to a limit. */
export class Rows {
  private held: Row[] = [];

  /** @param most rows kept; the oldest are dropped first */
  constructor(private readonly most: number) {}

  all(): readonly Row[] {
    return this.held;
  }

  last(): Row | undefined {
    return this.held.at(-1);
  }

  first(): Row | undefined {
    return this.held[0];
  }

  full(): boolean {
    return this.held.length >= this.most;
  }

  clear(): void {
    this.held = [];
  }

  merge(row: Row): Merged {
    const at = this.position(row.t);
    const before = this.held[at];
    if (before?.t === row.t) {
      if (same(before, row)) {
        return "unchanged";
      }
      this.held[at] = row;
      return "replaced";
    }
    if (at === this.held.length) {
      this.held.push(row);
      return "appended";
    }
    this.held.splice(at, 0, row);
    return "inserted";
  }

  /** Puts older rows before the present ones, up to the limit. */
  prepend(older: readonly Row[]): void {
    const first = this.held[0];
    const fitting = first === undefined ? older : older.filter((row) => row.t < first.t);
    const room = Math.max(0, this.most - this.held.length);
    this.held = [...(room === 0 ? [] : fitting.slice(-room)), ...this.held];
  }

  /**
   * Drops the oldest rows above the limit, several at a time, so that this is rare.
   *
   * @returns whether any were dropped
   */
  trim(): boolean {
    if (this.held.length <= this.most * 1.05) {
      return false;
    }
    this.held = this.held.slice(-this.most);
    return true;
  }

  /**
   * Drops the rows after `from` up to `to` whose times are not among `kept`.
   *
   * @returns whether any were dropped
   */
  keep(from: number, to: number, kept: ReadonlySet<number>): boolean {
    const before = this.held.length;
    this.held = this.held.filter(({ t }) => t <= from || t > to || kept.has(t));
    return this.held.length < before;
  }

  /**
   * Replaces all rows from `from` up to the last of `corrected` with those of `corrected`.
   *
   * @param corrected ascending
   * @returns whether anything changed
   */
  correct(from: number, corrected: readonly Row[]): boolean {
    const until = corrected.at(-1)?.t;
    if (until === undefined) {
      return false;
    }
    const before = this.held;
    this.held = [
      ...before.filter(({ t }) => t < from),
      ...corrected.filter(({ t }) => t >= from),
      ...before.filter(({ t }) => t >= from && t > until),
    ];
    return (
      this.held.length !== before.length || this.held.some((row, i) => !same(row, before[i]!))
    );
  }

  at(time: number): Row | undefined {
    const row = this.held[this.position(time)];
    return row?.t === time ? row : undefined;
  }

  /** When the last row's signal began: the end of the bar that changed it; undefined if older than all rows. */
  signalSince(interval: number): number | undefined {
    const last = this.last();
    for (let at = this.held.length - 2; last !== undefined && at >= 0; at--) {
      if (this.held[at]!.signal !== last.signal) {
        return (this.held[at + 1]!.t + interval) * 1000;
      }
    }
    return undefined;
  }

  /** Index of the first row at or after `time`. */
  private position(time: number): number {
    let low = 0;
    let high = this.held.length;
    if (high > 0 && this.held[high - 1]!.t < time) {
      return high; // the usual case: a new row
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.held[middle]!.t < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

function same(a: Row, b: Row): boolean {
  return (Object.keys(a) as (keyof Row)[]).every((name) => a[name] === b[name]);
}
