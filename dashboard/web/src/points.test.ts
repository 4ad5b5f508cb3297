import { expect, test } from "vitest";
import type { Row } from "./api";
import { continues, gapTimes, line, stretches } from "./points";

function row(t: number, z: number | null = 0, complete = true): Row {
  return { t, z, complete, carried: false } as Row;
}

test("adjacent rows have no gap between them", () => {
  expect(gapTimes(10, 11, 1)).toEqual([]);
});

test("each missing row of a short gap has its time", () => {
  expect(gapTimes(10, 14, 1)).toEqual([11, 12, 13]);
  expect(gapTimes(60, 180, 60)).toEqual([120]);
});

test("a long gap is drawn with sixty times inside it, the last of them at its end", () => {
  const times = gapTimes(0, 86_400, 1);
  expect(times.length).toBe(60);
  expect(times.at(-1)).toBe(86_399);
  expect(new Set(times).size).toBe(60);
  expect(times.every((time) => time > 0 && time < 86_400)).toBe(true);
});

test("a line ends before a gap and continues after it", () => {
  const ends = line([row(1), row(2), row(5), row(6)], 1, (each) => each.z).map((p) => p.ends);
  expect(ends).toEqual([false, true, false, false]);
});

test("a line ends before a missing value", () => {
  const points = line([row(1, 5), row(2, null), row(3, 7)], 1, (each) => each.z);
  expect(points).toEqual([
    { time: 1, value: 5, ends: true },
    { time: 3, value: 7, ends: false },
  ]);
});

test("a gap and the incomplete rows after it are two stretches", () => {
  const rows = [row(1), row(2), row(5, 0, false), row(6, 0, false), row(7)];
  expect(stretches(rows, 1)).toEqual([
    { from: 3, to: 4, missing: true },
    { from: 5, to: 6, missing: false },
  ]);
});

const at = (...times: number[]) => times.map((t) => ({ t }));

test("adjacent rows continue a chart, even if the forming bar is already drawn", () => {
  expect(continues(10, 10, at(11, 12), 13, 1)).toBe(true);
  expect(continues(10, 11, at(11), undefined, 1)).toBe(true);
  expect(continues(60, 120, [], 120, 60)).toBe(true);
});

test("a row after a gap does not continue a chart, wherever the gap is", () => {
  expect(continues(10, 10, at(12), undefined, 1)).toBe(false);
  expect(continues(10, 15, at(15), 16, 1)).toBe(false);
  expect(continues(10, 10, at(11, 13), undefined, 1)).toBe(false);
});

test("nothing older than the last candle continues a chart", () => {
  expect(continues(10, 12, at(11, 12), 13, 1)).toBe(false);
  expect(continues(10, 12, [], 11, 1)).toBe(false);
});
