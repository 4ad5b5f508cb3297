/** Numbers and times for readers. Minus is U+2212, as wide as a plus. */

const MINUS = "\u2212";
export const NONE = "–";

/** "61849.50" to "61,849.50". */
export function grouped(decimal: string): string {
  const [whole = "", fraction] = decimal.split(".");
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, ",").replace("-", MINUS);
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}

export function fixed(value: number, places: number): string {
  return grouped(value.toFixed(places));
}

/** With its sign, plus included. */
export function signed(value: number | null, places: number): string {
  if (value === null) {
    return NONE;
  }
  const text = Math.abs(value).toFixed(places);
  const sign = Number(text) === 0 ? " " : value < 0 ? MINUS : "+";
  return sign + grouped(text);
}

/** A fraction as a signed percentage: 0.00008 to "+0.008 %". */
export function percent(fraction: number | null): string {
  return fraction === null ? NONE : `${signed(fraction * 100, 3)} %`;
}

/** "6.96e-5". */
export function scientific(value: number | null, places: number): string {
  return value === null ? NONE : value.toExponential(places).replace("e-", `e${MINUS}`).replace("e+", "e");
}

export function arrow(change: number | null): string {
  return change === null || change === 0 ? "■" : change > 0 ? "▲" : "▼";
}

/** "23:54:39" in UTC. */
export function clock(millis: number): string {
  return new Date(millis).toISOString().slice(11, 19);
}

/** "23:54:39", after the date if that is not the day of `now`. */
export function moment(millis: number, now: number): string {
  const text = new Date(millis).toISOString();
  const day = text.slice(0, 10);
  return day === new Date(now).toISOString().slice(0, 10)
    ? text.slice(11, 19)
    : `${day} ${text.slice(11, 19)}`;
}

/** The length of something that lasts whole seconds: "3 s", and from a minute on as a duration. */
export function lasted(millis: number): string {
  return millis < 60_000 ? `${Math.round(millis / 1000)} s` : duration(millis);
}

/** The length of a bar in the largest unit that divides it: "10s", "1m", "6h", "2d". */
export function lengthOf(seconds: number): string {
  const [size, unit] = ([[86_400, "d"], [3_600, "h"], [60, "m"], [1, "s"]] as const).find(
    ([size]) => seconds % size === 0,
  )!;
  return `${seconds / size}${unit}`;
}

/** How long ago something was: "0.4 s", "12 s", "3 min 05 s", "2 h 10 min", "3 d 4 h". */
export function duration(millis: number): string {
  const seconds = Math.max(0, millis) / 1000;
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  }
  const hours = Math.floor(whole / 3600);
  return hours < 48
    ? `${hours} h ${two(Math.floor((whole % 3600) / 60))} min`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** The decimal places of prices: the instrument's, or those in use if the instrument's are unknown. */
export function placesOf(pricePlaces: number, prices: number[]): number {
  if (pricePlaces < 8) {
    return pricePlaces;
  }
  const used = prices.map((price) => (String(price).split(".")[1] ?? "").length);
  return Math.min(8, Math.max(2, ...used));
}
