import { expect, test } from "vitest";
import type { Health, QualityAlert } from "./api";
import { budget, clockOffset, completeness, diskLeft, onTheWay, stripOf } from "./quality";

const whole: Health = {
  state: "live",
  reason: "",
  ageMillis: 200,
  warm: 20,
  warmOf: 20,
  stored: 10,
  tradesPerSecond: 2,
  openHoles: 0,
  missingTrades: 0,
  repair: null,
  clockOffsetMillis: null,
  latency: null,
};
const withGaps: Health = { ...whole, openHoles: 2, missingTrades: 1204 };

test("a tape is complete, or the page shows how much is missing and how long the repair takes", () => {
  expect(completeness(whole)).toBe("complete");
  expect(completeness(withGaps)).toBe("1,204 trades missing");
  const repair = { done: 620, total: 1824, percent: 33, etaSeconds: 12 };
  expect(completeness({ ...withGaps, repair })).toBe(
    "1,204 trades missing, repairing 33 %, 12 s left",
  );
  expect(completeness({ ...withGaps, missingTrades: 1, repair: { ...repair, etaSeconds: null } })).toBe(
    "1 trade missing, repairing 33 %",
  );
});

test("a tape whose gaps are not counted is not called complete", () => {
  expect(completeness({ ...whole, openHoles: null, missingTrades: null })).toBe("–");
});

test("a clock's offset is shown in milliseconds, and above a second with its direction", () => {
  expect(clockOffset(whole)).toBeUndefined();
  expect(clockOffset({ ...whole, clockOffsetMillis: -3.2 })).toBe("3 ms off");
  expect(clockOffset({ ...whole, clockOffsetMillis: 1_400 })).toBe("1.4 s behind");
  expect(clockOffset({ ...whole, clockOffsetMillis: -2_000 })).toBe("2.0 s ahead");
});

test("a latency is shown in milliseconds, the median and that of the slowest", () => {
  expect(onTheWay(whole)).toBeUndefined();
  const shown = (medianMillis: number, p99Millis: number) =>
    onTheWay({ ...whole, latency: { medianMillis, p99Millis } });
  expect(shown(42.4, 310)).toBe("42 ms, 99 % within 310 ms");
  expect(shown(900, 12_340)).toBe("900 ms, 99 % within 12.3 s");
});

test("the page shows how much of the disk is free and, if that is known, for how long", () => {
  expect(diskLeft({ freeBytes: 12.4e9, daysLeft: null })).toBe("12.4 GB free");
  expect(diskLeft({ freeBytes: 12.4e9, daysLeft: 2.54 })).toBe("12.4 GB free, full in 2.5 days");
  expect(diskLeft({ freeBytes: 12.4e9, daysLeft: 5e6 })).toContain("more than 999 days");
});

test("a ban is shown with its end", () => {
  const rate = { host: "h", limit: 6000, used: 420, repairUsed: 20, bannedUntil: null };
  expect(budget(rate)).toBe("420 of 6,000 a minute");
  expect(budget({ ...rate, bannedUntil: 5_000 })).toBe("refused until 00:00:05 UTC");
});

test("the strip shows what concerns all symbols or this one, and what the tape lacks", () => {
  const alert = (kind: string, symbol: string): QualityAlert => ({
    kind,
    symbol,
    since: 0,
    severity: "warning",
    reason: `${kind} of ${symbol}`,
  });
  const alerts = [
    alert("stale", "BTCUSDT"),
    alert("open-gap", "BTCUSDT"),
    alert("open-gap", "ETHUSDT"),
    alert("disk", ""),
    alert("venue-integrity", "ETHUSDT"),
  ];
  expect(stripOf(alerts, "BTCUSDT", withGaps).map(({ reason }) => reason)).toEqual([
    "disk of ",
    "1,204 trades missing",
  ]);
  expect(stripOf(alerts, "SOLUSDT", whole)).toHaveLength(1);
});
