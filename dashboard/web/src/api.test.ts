import { expect, test } from "vitest";
import { rangeOf, rowsOf, valueOf, type Feature } from "./api";

const features: Feature[] = [
  { key: "ret", title: "return", unit: "fraction", rolled: "farthest" },
  { key: "vol", title: "volatility", unit: "per bar", rolled: "highest" },
  { key: "annual", title: "annual volatility", unit: "per year", rolled: "none" },
  { key: "base", title: "baseline", unit: "per bar", rolled: "highest" },
  { key: "z", title: "z-score", unit: "deviations", rolled: "farthest" },
  { key: "later", title: "a later one", unit: "per bar", rolled: "highest" },
];

const columns = {
  interval: 60,
  end: 150,
  whole: true,
  t: [0, 60, 120],
  o: [1, 1, 1],
  h: [9, 9, 9],
  l: [0, 0, 0],
  c: [2, 2, 2],
  v: [5, 5, 5],
  retLow: [-0.2, -0.1, null],
  retHigh: [0.1, 0.3, null],
  volLow: [0, 0, null],
  volHigh: [0.5, 0.6, null],
  baseLow: [0, 0, null],
  baseHigh: [0.1, 0.2, null],
  zLow: [-4, -1, null],
  zHigh: [1, 3.5, null],
  laterLow: [0, 0, null],
  laterHigh: [0.7, 0.8, null],
  signal: ["buy", "sell", "neutral"] as ("buy" | "sell" | "neutral")[],
  rules: [2, 1, 0],
  complete: [true, false, false],
  carried: [false, false, false],
};

test("a row of a range shows the value that stands out", () => {
  const { rows } = rangeOf(columns, features);
  expect(rows.map((row) => row.ret)).toEqual([-0.2, 0.3, null]);
  expect(rows.map((row) => row.z)).toEqual([-4, 3.5, null]);
  expect(rows.map((row) => row.vol)).toEqual([0.5, 0.6, null]);
  expect(rows.map((row) => row.annual)).toEqual([null, null, null]);
  expect(rows.map((row) => valueOf(row, "later"))).toEqual([0.7, 0.8, null]);
  expect(Object.keys(rows[0]!).filter((name) => /Low|High/.test(name))).toEqual([]);
  expect(rows.map((row) => [row.h, row.l])).toEqual([[9, 0], [9, 0], [9, 0]]);
});

test("a row that is not over yet is not shown as incomplete, one with a hole is", () => {
  expect(rangeOf(columns, features).rows.map((row) => row.complete)).toEqual([true, false, true]);
});

test("a row has a field of every column, also of features that came later", () => {
  const rows = rowsOf({ more: true, t: [1, 2], c: [5, 6], later: [null, 0.5] });
  expect(rows).toEqual([{ t: 1, c: 5, later: null }, { t: 2, c: 6, later: 0.5 }]);
  expect(rows.map((row) => valueOf(row, "later"))).toEqual([null, 0.5]);
  expect(valueOf(rows[0]!, "missing")).toBe(null);
});
