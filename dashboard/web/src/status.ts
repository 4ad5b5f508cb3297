import type { Health, SeriesInfo } from "./api";
import { duration } from "./format";

/** What decides how far a reader can trust the numbers on the page. */
export interface Known {
  /** The connection to the server: not open yet, open, or lost. */
  link: "connecting" | "open" | "lost";
  health: Health | undefined;
  /** Milliseconds since `health` arrived. */
  healthAge: number;
  /** Why there is no series to show, if the server gives a reason; else empty. */
  notice?: string;
}

export interface Status {
  /** Chooses the colour. */
  kind: "live" | "warming-up" | "stale" | "disconnected" | "connecting";
  /** One or two words. */
  word: string;
  /** Why, in words; may be empty. */
  reason: string;
  /** Milliseconds since the last trade, if that is meaningful. */
  age: number | undefined;
  /** Whether the price may look alive. */
  alive: boolean;
}

/** After this many milliseconds the server's last message no longer describes the present. */
const HEALTH_LASTS = 4_000;

export function statusOf(known: Known): Status {
  const { health } = known;
  const age = health?.ageMillis == null ? undefined : health.ageMillis + known.healthAge;
  if (known.link === "lost" || (known.link === "open" && known.healthAge > HEALTH_LASTS)) {
    return {
      kind: "disconnected",
      word: "disconnected",
      reason: "Tapekeeper is not answering, retrying",
      age,
      alive: false,
    };
  }
  if (known.notice) {
    return {
      kind: "disconnected",
      word: "disconnected",
      reason: known.notice,
      age: undefined,
      alive: false,
    };
  }
  if (known.link === "connecting" || health === undefined) {
    return { kind: "connecting", word: "connecting", reason: "", age: undefined, alive: false };
  }
  const { reason } = health;
  switch (health.state) {
    case "live":
      return { kind: "live", word: "live", reason, age, alive: true };
    case "warming-up": {
      const progress = health.warmOf > 0 ? `${health.warm} of ${health.warmOf}` : "";
      return {
        kind: "warming-up",
        word: "warming up",
        reason: [progress, reason].filter((part) => part !== "").join(", "),
        age,
        alive: true,
      };
    }
    case "stale":
      return { kind: "stale", word: "stale", reason, age, alive: false };
    case "disconnected":
      return { kind: "disconnected", word: "disconnected", reason, age, alive: false };
  }
}

/** The title of the browser's tab; it contains a price only while the price is alive. */
export function titleOf(status: Status, symbol: string, price: string, direction: string): string {
  const end = `${symbol} · Tapekeeper`;
  if (status.alive && price !== "") {
    return `${direction} ${price} ${end}`;
  }
  const since = status.age === undefined ? "" : ` ${duration(status.age)}`;
  return `(${status.word}${status.kind === "stale" ? since : ""}) ${end}`;
}

/** What would raise an alert, shown while there is none. */
export function alertRules(info: SeriesInfo): string {
  const { settings } = info;
  return settings === null
    ? `The rules are those of preset ${info.preset}.`
    : `An alert opens when the price is more than ${settings.zAlert} σ from its ${settings.window}-bar` +
        ` mean, or the volatility is above ${settings.spikeFactor} × its baseline.`;
}
