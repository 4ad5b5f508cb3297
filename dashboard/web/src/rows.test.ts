import { expect, test } from "vitest";
import type { Row } from "./api";
import { Rows } from "./rows";

export function row(t: number, c = 100, more: Partial<Row> = {}): Row {
  return {
    t,
    o: c,
    h: c,
    l: c,
    c,
    v: 1,
    ret: 0,
    vol: 0.1,
    annual: 1,
    base: 0.1,
    z: 0,
    signal: "neutral",
    rules: 0,
    complete: true,
    carried: false,
    ...more,
  };
}

const times = (rows: Rows) => rows.all().map((each) => each.t);

test("rows in order are appended", () => {
  const rows = new Rows(10);
  expect([1, 2, 3].map((t) => rows.merge(row(t)))).toEqual(["appended", "appended", "appended"]);
  expect(times(rows)).toEqual([1, 2, 3]);
});

test("a row with a known time replaces the older one, and the same row changes nothing", () => {
  const rows = new Rows(10);
  [1, 2, 3].forEach((t) => rows.merge(row(t)));
  expect(rows.merge(row(2, 105))).toBe("replaced");
  expect(rows.merge(row(2, 105))).toBe("unchanged");
  expect(rows.all().map((each) => each.c)).toEqual([100, 105, 100]);
});

test("a missing row is inserted where it belongs", () => {
  const rows = new Rows(10);
  [1, 2, 5].forEach((t) => rows.merge(row(t)));
  expect(rows.merge(row(3))).toBe("inserted");
  expect(rows.merge(row(0))).toBe("inserted");
  expect(times(rows)).toEqual([0, 1, 2, 3, 5]);
});

test("any order of any rows gives each time once, ascending", () => {
  for (let seed = 1; seed <= 50; seed++) {
    let state = seed;
    const random = (below: number) => {
      state = (state * 48271) % 2147483647;
      return state % below;
    };
    const rows = new Rows(1000);
    const expected = new Map<number, number>();
    for (let i = 0; i < 200; i++) {
      const t = random(60);
      rows.merge(row(t, i));
      expected.set(t, i);
    }
    const sorted = [...expected].sort((a, b) => a[0] - b[0]);
    expect(
      rows.all().map((each) => [each.t, each.c]),
      `seed ${seed}`,
    ).toEqual(sorted);
  }
});

test("older rows go before the present ones, without duplicates and up to the limit", () => {
  const rows = new Rows(5);
  [10, 11].forEach((t) => rows.merge(row(t)));
  rows.prepend([6, 7, 8, 9, 10].map((t) => row(t)));
  expect(times(rows)).toEqual([7, 8, 9, 10, 11]);
  expect(rows.full()).toBe(true);
  rows.prepend([row(1)]);
  expect(times(rows)).toEqual([7, 8, 9, 10, 11]);
});

test("the oldest rows are dropped once there are a twentieth more than the limit", () => {
  const rows = new Rows(100);
  for (let t = 0; t < 105; t++) {
    rows.merge(row(t));
  }
  expect(rows.trim()).toBe(false);
  rows.merge(row(105));
  expect(rows.trim()).toBe(true);
  expect([rows.first()?.t, rows.all().length]).toEqual([6, 100]);
});

test("a signal begins at the end of the bar that changed it", () => {
  const rows = new Rows(10);
  rows.merge(row(1, 100, { signal: "buy" }));
  rows.merge(row(2, 100, { signal: "sell" }));
  rows.merge(row(3, 100, { signal: "sell" }));
  expect(rows.signalSince(1)).toBe(3000);
});

test("the start of a signal is unknown if all rows have it", () => {
  const rows = new Rows(10);
  [1, 2].forEach((t) => rows.merge(row(t)));
  expect(rows.signalSince(1)).toBeUndefined();
});

test("a correction replaces all from its first bar to its last, and nothing else", () => {
  const rows = new Rows(10);
  [1, 2, 3, 6, 7, 8].forEach((t) => rows.merge(row(t)));
  expect(rows.correct(3, [1, 2, 3, 4, 5, 7].map((t) => row(t, 105)))).toBe(true);
  expect(rows.all().map(({ t, c }) => [t, c])).toEqual([
    [1, 100],
    [2, 100],
    [3, 105],
    [4, 105],
    [5, 105],
    [7, 105],
    [8, 100], // closed since the correction was read
  ]);
  expect(rows.correct(3, rows.all().slice(0, 6))).toBe(false);
  expect(rows.correct(3, [])).toBe(false);
});

test("of a time range that is sent again only the rows that were sent stay", () => {
  const rows = new Rows(10);
  [1, 2, 3, 4, 5].forEach((t) => rows.merge(row(t)));
  expect(rows.keep(2, 4, new Set([3]))).toBe(true);
  expect(times(rows)).toEqual([1, 2, 3, 5]);
  expect(rows.keep(2, 5, new Set([3, 5, 6]))).toBe(false);
});
