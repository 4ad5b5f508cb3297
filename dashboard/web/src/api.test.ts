import { expect, test } from "vitest";
import { rangeOf } from "./api";

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
  signal: ["buy", "sell", "neutral"] as ("buy" | "sell" | "neutral")[],
  rules: [2, 1, 0],
  complete: [true, false, false],
  carried: [false, false, false],
};

test("a row of a range shows the value that stands out", () => {
  const { rows } = rangeOf(columns);
  expect(rows.map((row) => row.ret)).toEqual([-0.2, 0.3, null]);
  expect(rows.map((row) => row.z)).toEqual([-4, 3.5, null]);
  expect(rows.map((row) => row.vol)).toEqual([0.5, 0.6, null]);
  expect(rows.map((row) => [row.h, row.l])).toEqual([[9, 0], [9, 0], [9, 0]]);
});

test("a row that is not over yet is not shown as incomplete, one with a hole is", () => {
  expect(rangeOf(columns).rows.map((row) => row.complete)).toEqual([true, false, true]);
});
