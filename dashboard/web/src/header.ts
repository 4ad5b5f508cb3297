import type { Health, SeriesInfo, Signal } from "./api";
import { created, element, setText } from "./element";
import { NONE, arrow, clock, duration, grouped, percent, signed } from "./format";
import type { Status } from "./status";

export interface Quote {
  /** As the page shows it. */
  text: string;
  value: number;
  /** A fraction, from the close of the previous bar. */
  change: number | null;
}

/** The line across the top: price, signal, health, and the band that marks anything but a live market. */
export class Header {
  private readonly price = element("price");
  private readonly change = element("change");
  private readonly stale = element("price-age");
  private readonly signalBox = element("signal");
  private readonly signalWord = element("signal-word");
  private readonly signalDetail = element("signal-detail");
  private readonly health = element("health");
  private readonly word = element("state-word");
  private readonly reason = element("state-reason");
  private readonly age = element("fact-age");
  private readonly rate = element("fact-rate");
  private readonly stored = element("fact-stored");
  private readonly band = element("band");
  private shown: number | undefined;

  begin(info: SeriesInfo): void {
    this.shown = undefined;
    setText(this.price, NONE);
    setText(this.change, "");
    setText(this.signalWord, NONE);
    setText(this.signalDetail, "");
    setText(this.band, info.band);
    this.band.hidden = info.band === "";
    this.price.className = "";
  }

  quote(quote: Quote): void {
    const { change } = quote;
    setText(this.price, quote.text);
    setText(this.change, `${arrow(change)} ${percent(change)}`);
    const direction = change === null || change === 0 ? "" : change > 0 ? "up" : "down";
    this.change.className = `num ${direction}`;
    if (this.shown !== undefined && this.shown !== quote.value) {
      // Restarts the flash, even if the previous one is still fading.
      this.price.className = "";
      void this.price.offsetWidth;
      this.price.className = quote.value > this.shown ? "flash-up" : "flash-down";
    }
    this.shown = quote.value;
  }

  /** @param since milliseconds; undefined if the signal began before the oldest row */
  signal(signal: Signal, z: number | null, since: number | undefined): void {
    setText(this.signalWord, { buy: "▲ BUY", sell: "▼ SELL", neutral: "NEUTRAL" }[signal]);
    this.signalBox.dataset.signal = signal;
    const start = since === undefined ? "" : ` · since ${clock(since)}`;
    setText(this.signalDetail, `z ${signed(z, 2)}${start}`);
  }

  status(status: Status, health: Health | undefined): void {
    document.body.dataset.state = status.kind;
    this.health.dataset.state = status.kind;
    setText(this.word, status.word);
    setText(this.reason, status.reason);
    this.reason.hidden = status.reason === "";
    const age = status.age === undefined ? NONE : duration(status.age);
    setText(this.age, age);
    setText(this.stale, status.alive || status.age === undefined ? "" : `${age} old`);
    const rate = status.alive ? health?.tradesPerSecond : null; // a rate is current, or not shown
    setText(this.rate, rate == null ? NONE : rate.toFixed(1));
    setText(this.stored, health?.stored == null ? NONE : grouped(String(health.stored)));
  }
}

/** Draws closes as a small line. */
export function sparkline(closes: readonly number[]): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 64 20");
  svg.setAttribute("aria-hidden", "true");
  const low = Math.min(...closes);
  const span = Math.max(...closes) - low;
  const points = closes.map((close, i) => {
    const x = closes.length === 1 ? 0 : (i * 64) / (closes.length - 1);
    const y = span === 0 ? 10 : 18 - (16 * (close - low)) / span;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const path = document.createElementNS(svg.namespaceURI, "polyline");
  path.setAttribute("points", points.join(" "));
  svg.append(path);
  const rising = (closes.at(-1) ?? 0) >= (closes[0] ?? 0);
  svg.setAttribute("class", rising ? "up" : "down");
  return svg as SVGSVGElement;
}

/** A title, its value in bold, and a note. */
export function titled(title: string, value: string, note: string): Node[] {
  const parts: Node[] = [document.createTextNode(title), created("b", "num", value)];
  if (note !== "") {
    parts.push(created("span", "dim", note));
  }
  return parts;
}
