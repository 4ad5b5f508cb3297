import { expect, test } from "vitest";
import type { SeriesInfo } from "./api";
import { chosen, sameShown, wantedOf } from "./choice";

const series = (id: string, more: Partial<SeriesInfo> = {}) =>
  ({ id, recording: true, band: "", pricePlaces: 2, settings: null, ...more }) as SeriesInfo;
const all = [series("btc"), series("eth")];

test("the address names the series, and an address that cannot be decoded names none", () => {
  expect(wantedOf("#a%20b")).toBe("a b");
  expect(wantedOf("#%E0%A4%A")).toBe("");
  expect(wantedOf("")).toBe("");
});

test("the page shows the series in the address, else the current one, else the first", () => {
  expect(chosen(all, "eth", "btc")?.id).toBe("eth");
  expect(chosen(all, "", "eth")?.id).toBe("eth");
  expect(chosen(all, "doge", undefined)?.id).toBe("btc");
  expect(chosen([], "", undefined)).toBeUndefined();
});

test("a named series stays although it is not listed yet after a restart", () => {
  expect(chosen(all, "doge", "doge")).toBeUndefined();
});

test("another band, other places or other settings need another display; another price does not", () => {
  const btc = series("btc");
  expect(sameShown(btc, series("btc", { price: "2", state: "stale" }))).toBe(true);
  expect(sameShown(btc, series("btc", { band: "REPLAY" }))).toBe(false);
  expect(sameShown(btc, series("btc", { pricePlaces: 8 }))).toBe(false);
  const settings = { window: 20, baselineWindow: 120, zAlert: 3, spikeFactor: 2, zSignal: 1 };
  expect(sameShown(btc, series("btc", { settings }))).toBe(false);
  expect(sameShown(btc, series("btc", { recording: false }))).toBe(false);
});
