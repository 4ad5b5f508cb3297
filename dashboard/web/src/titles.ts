import { valueOf, type Bar, type Feature, type Row, type SeriesInfo } from "./api";
import { PANES, further } from "./charts";
import { created, element } from "./element";
import { NONE, clock, fixed, lasted, percent, scientific, signed } from "./format";
import { titled } from "./header";

/** The title of each pane, with the values under the crosshair, or else the latest ones. */
export class Titles {
  private readonly titles: HTMLElement[];
  private further: Feature[] = [];
  private readonly narrow = window.matchMedia("(max-width: 560px)");

  constructor() {
    const box = element("titles");
    this.titles = Array.from({ length: 4 }, () => created("h2", ""));
    box.append(...this.titles);
  }

  /** Names the features that have no place of their own in the title of the pane they are drawn in. */
  offer(features: readonly Feature[]): void {
    this.further = further(features);
  }

  /** Places the titles at the upper edges of the panes. */
  place(tops: number[]): void {
    tops.forEach((top, i) => {
      const title = this.titles[i];
      if (title !== undefined) {
        title.style.top = `${top + 8}px`;
      }
    });
  }

  /**
   * @param bar the bar whose prices are shown; a forming bar has no row yet
   * @param pointed whether the crosshair is on the bar; then its time is shown too
   */
  show(
    info: SeriesInfo,
    row: Row | undefined,
    bar: Bar | undefined,
    places: number,
    pointed: boolean,
  ): void {
    const { settings } = info;
    const window = settings === null ? "" : ` ${lasted(settings.window * info.interval * 1000)}`;
    const narrow = this.narrow.matches; // a second line would cover the candles
    const ohlc = bar === undefined ? NONE : prices(bar, places, narrow);
    const when = pointed && bar !== undefined ? ` · ${clock(bar.t * 1000)} UTC` : "";
    const tape = narrow ? "" : ` · ${info.venue} ${info.kind}`;
    const name = `${info.symbol} · ${info.intervalLabel}${tape}${when}`;
    const yearly =
      row?.annual == null ? "" : ` · ${(row.annual * 100).toFixed(row.annual < 0.1 ? 1 : 0)} %/yr`;
    const texts: [string, string, string][] = [
      [name, ohlc, row?.complete === false && !row.carried ? "not complete" : ""],
      ["return", percent(row?.ret ?? null), ""],
      [
        `volatility${window}`,
        scientific(row?.vol ?? null, 2) + yearly,
        settings === null ? "┄ baseline" : `┄ baseline × ${settings.spikeFactor}`,
      ],
      [`z-score${window}`, signed(row?.z ?? null, 2), ""],
    ];
    for (const { key, title, unit } of this.further) {
      const text = texts[PANES[unit]!]!;
      text[2] += ` ┈ ${title} ${scientific(row === undefined ? null : valueOf(row, key), 2)}`;
    }
    texts.forEach(([title, value, note], i) =>
      this.titles[i]?.replaceChildren(...titled(title, value, note)),
    );
  }
}

/** Open, high, low, close; a line may break only between two of them. */
function prices({ o, h, l, c }: Bar, places: number, closeAlone: boolean): string {
  return Object.entries(closeAlone ? { C: c } : { O: o, H: h, L: l, C: c })
    .map(([name, price]) => `${name}\u00a0${fixed(price, places)}`)
    .join("\u2002");
}
