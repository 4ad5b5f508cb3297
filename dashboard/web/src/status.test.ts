import { expect, test } from "vitest";
import type { Health, SeriesInfo } from "./api";
import { alertRules, statusOf, titleOf } from "./status";
import { nextWait } from "./stream";

const live: Health = {
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

test("a live feed is alive, and the age of its last trade grows between messages", () => {
  const status = statusOf({ link: "open", health: live, healthAge: 700 });
  expect(status).toMatchObject({ word: "live", alive: true, age: 900 });
});

test("warming up shows its progress", () => {
  const health: Health = { ...live, state: "warming-up", warm: 7 };
  const status = statusOf({ link: "open", health, healthAge: 0 });
  expect(status).toMatchObject({ word: "warming up", reason: "7 of 20" });
});

test("a stale price is not alive", () => {
  const health: Health = { ...live, state: "stale", reason: "no trade", ageMillis: 12_000 };
  const status = statusOf({ link: "open", health, healthAge: 0 });
  expect(status).toMatchObject({ kind: "stale", reason: "no trade", alive: false });
  expect(titleOf(status, "BTCUSDT", "61,849.50", "▲")).toBe("(stale 12 s) BTCUSDT · Tapekeeper");
});

test("a venue that is down is shown with its reason", () => {
  const health: Health = { ...live, state: "disconnected", reason: "refused" };
  const status = statusOf({ link: "open", health, healthAge: 0 });
  expect(status).toMatchObject({ kind: "disconnected", reason: "refused", alive: false });
});

test("a lost server never looks alive, whatever its last message was", () => {
  for (const known of [
    { link: "lost", health: live, healthAge: 100 },
    { link: "open", health: live, healthAge: 4_001 },
  ] as const) {
    expect(statusOf(known)).toMatchObject({
      kind: "disconnected",
      reason: "Tapekeeper is not answering, retrying",
      alive: false,
    });
  }
});

test("before the first message nothing is alive", () => {
  const status = statusOf({ link: "open", health: undefined, healthAge: 0 });
  expect(status).toMatchObject({ word: "connecting", alive: false });
});

test("a recording that is being played has no ages", () => {
  const health: Health = { ...live, ageMillis: null };
  expect(statusOf({ link: "open", health, healthAge: 900 }).age).toBeUndefined();
});

test("the title leads with direction and price while they are alive", () => {
  const status = statusOf({ link: "open", health: live, healthAge: 0 });
  expect(titleOf(status, "BTCUSDT", "61,849.50", "▲")).toBe("▲ 61,849.50 BTCUSDT · Tapekeeper");
});

test("an empty list shows what would raise an alert", () => {
  const settings = { window: 20, baselineWindow: 100, zAlert: 3, spikeFactor: 2, zSignal: 1 };
  expect(alertRules({ settings } as SeriesInfo)).toBe(
    "An alert opens when the price is more than 3 σ from its 20-bar mean," +
      " or the volatility is above 2 × its baseline.",
  );
});

test("attempts to reconnect wait 0.5, 1, 2, 4 and then 5 seconds", () => {
  const waits = [500];
  for (let i = 0; i < 5; i++) {
    waits.push(nextWait(waits.at(-1)!));
  }
  expect(waits).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
});

test("a page with nothing to show gives the reason", () => {
  const notice = "Binance cannot be reached.";
  const status = statusOf({ link: "open", health: undefined, healthAge: 0, notice });
  expect([status.kind, status.reason]).toEqual(["disconnected", notice]);
});
