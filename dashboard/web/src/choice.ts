import type { SeriesInfo } from "./api";

/** What the address names after its #, or nothing where that cannot be read. */
export function wantedOf(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return ""; // a broken percent escape: the first series is shown instead
  }
}

/**
 * The series to show: what the address names, else what is shown, else the first. Undefined where
 * there is none, and where the one that is shown is not listed but named: it comes back after a
 * restart.
 */
export function chosen(
  all: readonly SeriesInfo[],
  wanted: string,
  shown: string | undefined,
): SeriesInfo | undefined {
  const find = (id: string | undefined) => all.find((info) => info.id === id);
  const named = find(wanted);
  return named === undefined && shown !== undefined && shown === wanted
    ? undefined
    : (named ?? find(shown) ?? all[0]);
}

/** Whether a page that shows one shows the other too, but for price, state and the like. */
export function sameShown(one: SeriesInfo, other: SeriesInfo): boolean {
  const shown = (info: SeriesInfo) =>
    JSON.stringify([
      info.id,
      info.recording,
      info.replay,
      info.band,
      info.pricePlaces,
      info.interval,
      info.settings,
    ]);
  return shown(one) === shown(other);
}
