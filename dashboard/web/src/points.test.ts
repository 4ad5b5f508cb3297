import { expect, test } from "vitest";
import type { Row } from "./api";
import { continues, holeTimes, line, stretches } from "./points";

function row(t: number, z: number | null = 0, complete = true): Row {
  return { t, z, complete, carried: false } as Row;
}

test("rows side by side have no hole between them", () => {
  expect(holeTimes(10, 11, 1)).toEqual([]);
});

test("each missing row of a short hole has its time", () => {
  expect(holeTimes(10, 14, 1)).toEqual([11, 12, 13]);
  expect(holeTimes(60, 180, 60)).toEqual([120]);
});

test("a long hole is drawn by sixty times inside it, the last of them at its end", () => {
  const times = holeTimes(0, 86_400, 1);
  expect(times.length).toBe(60);
  expect(times.at(-1)).toBe(86_399);
  expect(new Set(times).size).toBe(60);
  expect(times.every((time) => time > 0 && time < 86_400)).toBe(true);
});

test("a line ends before a hole and goes on behind it", () => {
  const ends = line([row(1), row(2), row(5), row(6)], 1, (each) => each.z).map((p) => p.ends);
  expect(ends).toEqual([false, true, false, false]);
});

test("a line ends before a value that is not there", () => {
  const points = line([row(1, 5), row(2, null), row(3, 7)], 1, (each) => each.z);
  expect(points).toEqual([
    { time: 1, value: 5, ends: true },
    { time: 3, value: 7, ends: false },
  ]);
});

test("a hole and the incomplete rows behind it are two stretches", () => {
  const rows = [row(1), row(2), row(5, 0, false), row(6, 0, false), row(7)];
  expect(stretches(rows, 1)).toEqual([
    { from: 3, to: 4, missing: true },
    { from: 5, to: 6, missing: false },
  ]);
});

const at = (...times: number[]) => times.map((t) => ({ t }));

test("rows side by side continue a chart, also where the forming bar is drawn already", () => {
  expect(continues(10, 10, at(11, 12), 13, 1)).toBe(true);
  expect(continues(10, 11, at(11), undefined, 1)).toBe(true);
  expect(continues(60, 120, [], 120, 60)).toBe(true);
});

test("a row behind a hole does not continue a chart, wherever the hole is", () => {
  expect(continues(10, 10, at(12), undefined, 1)).toBe(false);
  expect(continues(10, 15, at(15), 16, 1)).toBe(false);
  expect(continues(10, 10, at(11, 13), undefined, 1)).toBe(false);
});

test("nothing older than the last candle continues a chart", () => {
  expect(continues(10, 12, at(11, 12), 13, 1)).toBe(false);
  expect(continues(10, 12, [], 11, 1)).toBe(false);
});
