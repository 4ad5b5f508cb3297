import type { SeriesInfo } from "./api";

/** The series that the address names after its #; empty if it cannot be decoded. */
export function wantedOf(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return ""; // a broken percent escape: the page shows the first series instead
  }
}

/**
 * The series to show: the one that the address names, else the current one, else the first. Undefined if there is none,
 * or if the address names the current series and it is no longer listed: after a restart it returns.
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

/** Whether both look the same on the page, except for price, state and the like. */
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
