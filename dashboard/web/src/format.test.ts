import { expect, test } from "vitest";
import {
  arrow,
  clock,
  duration,
  fixed,
  grouped,
  lasted,
  lengthOf,
  moment,
  percent,
  placesOf,
  scientific,
  signed,
} from "./format";

test("thousands are grouped and decimals are not", () => {
  expect(grouped("61849.50")).toBe("61,849.50");
  expect(grouped("1234567")).toBe("1,234,567");
  expect(grouped("0.10344000")).toBe("0.10344000");
  expect(grouped("999")).toBe("999");
  expect(fixed(1234.5, 2)).toBe("1,234.50");
});

test("a direction has its sign, and zero has none", () => {
  expect(signed(3.04, 2)).toBe("+3.04");
  expect(signed(-0.38, 2)).toBe("−0.38");
  expect(signed(-0.001, 2)).toBe(" 0.00");
  expect(signed(null, 2)).toBe("–");
  expect([arrow(1), arrow(-1), arrow(0), arrow(null)]).toEqual(["▲", "▼", "■", "■"]);
});

test("a fraction becomes a percentage", () => {
  expect(percent(0.00008)).toBe("+0.008 %");
  expect(percent(-0.0241)).toBe("−2.410 %");
});

test("small numbers are in powers of ten", () => {
  expect(scientific(0.0000696, 2)).toBe("6.96e−5");
  expect(scientific(0, 1)).toBe("0.0e0");
  expect(scientific(null, 1)).toBe("–");
});

test("times are in UTC, with the date if it is another day", () => {
  const late = Date.UTC(2026, 0, 1, 23, 54, 39);
  expect(clock(late)).toBe("23:54:39");
  expect(moment(late, late + 1000)).toBe("23:54:39");
  expect(moment(late, late + 3_600_000)).toBe("2026-01-01 23:54:39");
});

test("an age is shown in the units that matter", () => {
  expect(duration(240)).toBe("0.2 s");
  expect(duration(12_400)).toBe("12 s");
  expect(duration(59_700)).toBe("1 min 00 s");
  expect(duration(185_000)).toBe("3 min 05 s");
  expect(duration(7_800_000)).toBe("2 h 10 min");
  expect(duration(277_200_000)).toBe("3 d 5 h");
  expect(lasted(1_000)).toBe("1 s");
});

test("prices have the instrument's decimal places, or those in use if the instrument states none", () => {
  expect(placesOf(2, [0.12345])).toBe(2);
  expect(placesOf(8, [0.10344, 0.1])).toBe(5);
  expect(placesOf(8, [100])).toBe(2);
});

test("the length of a bar is shown in the largest unit that divides it", () => {
  expect([1, 10, 60, 90, 600, 21_600, 172_800].map(lengthOf)).toEqual(
    ["1s", "10s", "1m", "90s", "10m", "6h", "2d"],
  );
});
