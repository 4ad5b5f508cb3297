import {
  CandlestickSeries,
  CrosshairMode,
  HistogramSeries,
  LineSeries,
  LineStyle,
  createChart,
  createSeriesMarkers,
  type CandlestickData,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type LineData,
  type LineWidth,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { valueOf, type Alert, type Bar, type Feature, type Row, type SeriesInfo } from "./api";
import { fixed, scientific } from "./format";
import { continues, gapTimes, line, stretches, type LinePoint } from "./points";
import { Shade } from "./shade";
import { colours, faded, type Colours } from "./theme";

/** The page requests older rows once fewer than this many lie to the left of the visible ones. */
const EDGE = 150;
/** Above this many new rows, a full redraw is faster than adding them one by one. */
const ONE_BY_ONE = 100;
const HIDDEN = "rgba(0, 0, 0, 0)";
/** Relative heights of price, return, volatility, z-score. */
const HEIGHTS = [2.6, 1, 1, 1];
const SHOWN_AT_FIRST = 240;
/** Empty bars at the right edge. */
const RIGHT_OFFSET = 6;

/** The pane of each unit; a feature of another unit is not drawn. */
export const PANES: Readonly<Record<string, number>> = { fraction: 1, "per bar": 2, deviations: 3 };

/** Features that have a place of their own in panes or titles. */
const PLACED = new Set(["ret", "vol", "annual", "base", "z"]);

/** The features that are drawn as a further line in the pane of their unit. */
export function further(features: readonly Feature[]): Feature[] {
  return features.filter(({ key, unit }) => !PLACED.has(key) && PANES[unit] !== undefined);
}

/** The four panes: one chart, so that they share the time axis and the crosshair. */
export class Charts {
  private readonly chart: IChartApi;
  private readonly candles: ISeriesApi<"Candlestick">;
  private readonly volume: ISeriesApi<"Histogram">;
  private readonly returns: ISeriesApi<"Histogram">;
  private readonly lines: { vol: Line; base: Line; z: Line } & Record<string, Line>; // by key
  private readonly markers: ISeriesMarkersPluginApi<Time>;
  private readonly shades: Shade[];
  private readonly ends: Record<string, LinePoint> = {};
  private further: Feature[] = []; // drawn beside those that have a place
  private levels: { line: IPriceLine; colour: keyof Colours }[] = [];
  private colours: Colours = colours();
  private info: SeriesInfo | undefined;
  private drawn: Row | undefined; // the last row on the chart
  private end = -Infinity; // time of the last candle, which may be the forming one
  private shownAtFirst = SHOWN_AT_FIRST;
  private places = 2;
  private alive = true;
  private newestSeen = true;

  constructor(
    box: HTMLElement,
    private readonly onCrosshair: (time: number | undefined) => void,
    onLeftEdge: () => void,
    onLayout: (tops: number[]) => void,
  ) {
    const mono = getComputedStyle(box).getPropertyValue("--num");
    this.chart = createChart(box, {
      autoSize: true,
      layout: {
        fontFamily: mono,
        fontSize: 11,
        attributionLogo: false, // it has a style of its own; the footer credits the makers with a link
        panes: { enableResize: true },
      },
      crosshair: { mode: CrosshairMode.Normal },
      localization: { locale: "en-GB" },
      timeScale: {
        timeVisible: true,
        secondsVisible: true,
        rightOffset: RIGHT_OFFSET,
        barSpacing: 5,
        minBarSpacing: 0.05,
        enableConflation: true, // bars narrower than a pixel are merged
      },
      rightPriceScale: { minimumWidth: 78, borderVisible: false },
    });
    this.candles = this.chart.addSeries(CandlestickSeries, { borderVisible: false }, 0);
    this.candles.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: 0.06 } });
    this.volume = this.chart.addSeries(
      HistogramSeries,
      { priceScaleId: "volume", priceFormat: { type: "volume" }, ...quiet },
      0,
    );
    this.volume.priceScale().applyOptions({ scaleMargins: { top: 0.74, bottom: 0 } });
    this.returns = this.chart.addSeries(
      HistogramSeries,
      { priceFormat: custom((value) => `${fixed(value * 100, 3)} %`), ...quiet },
      1,
    );
    this.returns.priceScale().applyOptions({ scaleMargins: { top: 0.25, bottom: 0.06 } });
    this.lines = {
      base: this.addLine(2, { lineStyle: LineStyle.Dashed, lineWidth: 1, priceFormat: small }),
      vol: this.addLine(2, { priceFormat: small }),
      z: this.addLine(3, {
        priceFormat: custom((value) => fixed(value, 1)),
        // The alert levels stay visible however calm the market is.
        autoscaleInfoProvider: (own: () => { priceRange: Range | null } | null) => {
          const range = own()?.priceRange;
          const level = (this.info?.settings?.zAlert ?? 3) * 1.12;
          return {
            priceRange: {
              minValue: Math.min(-level, range?.minValue ?? 0),
              maxValue: Math.max(level, range?.maxValue ?? 0),
            },
          };
        },
      }),
    };
    for (const name of ["vol", "z"] as const) {
      this.lines[name].priceScale().applyOptions({ scaleMargins: { top: 0.25, bottom: 0.06 } });
    }
    this.markers = createSeriesMarkers(this.candles, []);
    const panes = this.chart.panes();
    const font = `11px ${getComputedStyle(box).getPropertyValue("--ui")}`;
    this.shades = panes.map((pane, i) => {
      pane.setStretchFactor(HEIGHTS[i] ?? 1);
      const shade = new Shade(this.chart.timeScale(), i === 0, font);
      pane.attachPrimitive(shade);
      return shade;
    });

    this.chart.subscribeCrosshairMove((event) =>
      this.onCrosshair(event.time === undefined ? undefined : Number(event.time)),
    );
    this.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      this.setNewestSeen(this.chart.timeScale().scrollPosition() >= -1);
      if (range !== null && range.from < EDGE && this.drawn !== undefined) {
        onLeftEdge();
      }
    });
    const layout = () => {
      let top = 0;
      onLayout(
        this.chart.panes().map((pane) => {
          const mine = top;
          top += pane.getHeight() + 1;
          return mine;
        }),
      );
    };
    const sizes = new ResizeObserver(() => requestAnimationFrame(layout));
    sizes.observe(box);
    for (const pane of panes) {
      const element = pane.getHTMLElement();
      if (element !== null) {
        sizes.observe(element);
      }
    }
    box.addEventListener("keydown", (event) => this.key(event));
    this.paint();
  }

  /** Adds a line for each feature of the catalogue that has none yet; a redraw must follow. */
  offer(features: readonly Feature[]): void {
    this.further = further(features);
    for (const { key, unit } of this.further) {
      this.lines[key] ??= this.addLine(PANES[unit]!, { lineWidth: 1, priceFormat: small });
    }
    this.paint();
  }

  private addLine(pane: number, options: object): ISeriesApi<"Line"> {
    return this.chart.addSeries(
      LineSeries,
      { lineWidth: 1.5 as LineWidth, crosshairMarkerRadius: 3, ...options, ...quiet },
      pane,
    );
  }

  /**
   * Switches to another series; {@link draw} then draws it.
   *
   * @param shown how many rows are visible at first
   */
  begin(info: SeriesInfo, shown = SHOWN_AT_FIRST): void {
    this.info = info;
    this.shownAtFirst = shown;
    this.drawn = undefined;
    this.end = -Infinity;
    for (const series of this.allSeries()) {
      series.setData([]);
    }
    this.markers.setMarkers([]);
    for (const level of this.levels) {
      this.lines.z.removePriceLine(level.line);
    }
    this.levels = [];
    const { settings } = info;
    if (settings !== null) {
      for (const value of [settings.zAlert, -settings.zAlert]) {
        this.levels.push(this.level(value, "alarm", LineStyle.Dashed));
      }
      for (const value of [settings.zSignal, -settings.zSignal]) {
        this.levels.push(this.level(value, "accent", LineStyle.Dotted));
      }
    }
    this.shades[3]?.mark(
      settings === null
        ? undefined
        : { series: this.lines.z, from: -settings.zSignal, to: settings.zSignal },
    );
    this.chart.timeScale().applyOptions({ secondsVisible: info.interval < 60 });
    this.paint();
  }

  private level(price: number, colour: keyof Colours, lineStyle: LineStyle) {
    const line = this.lines.z.createPriceLine({
      price,
      lineWidth: 1,
      lineStyle,
      axisLabelVisible: false,
      color: this.colours[colour],
    });
    return { line, colour };
  }

  /** Sets the decimal places of prices on the axis. */
  setPlaces(places: number): void {
    this.places = places;
    this.candles.applyOptions({
      priceFormat: {
        type: "custom",
        formatter: (price: number) => fixed(price, this.places),
        minMove: 10 ** -places,
      },
    });
  }

  /**
   * Adds the new rows; redraws everything if that is faster, or if the new rows do not follow the drawn ones.
   *
   * @param forming the forming bar, newer than every row
   * @param all whether anything but the end of `rows` may have changed
   */
  draw(rows: readonly Row[], forming: Bar | undefined, all: boolean): void {
    const { drawn } = this;
    let first = rows.length;
    while (first > 0 && (drawn === undefined || rows[first - 1]!.t > drawn.t)) {
      first--;
    }
    const fresh = rows.slice(first);
    if (
      all ||
      drawn === undefined ||
      fresh.length > ONE_BY_ONE ||
      !continues(drawn.t, this.end, fresh, forming?.t, this.info!.interval)
    ) {
      this.redraw(rows);
    } else if (fresh.length > 0) {
      fresh.forEach((row) => this.add(row));
      this.shadeStretches(rows);
    }
    if (forming !== undefined) {
      this.form(forming);
    }
  }

  private add(row: Row): void {
    const interval = this.info!.interval;
    this.candles.update(candle(row));
    this.volume.update(this.volumeOf(row));
    this.returns.update(this.returnOf(row));
    for (const [name, drawnAs] of Object.entries(this.lines)) {
      const value = this.valueOf(name, row);
      if (value === null) {
        continue;
      }
      const before = this.ends[name];
      if (before !== undefined && row.t - before.time > interval) {
        drawnAs.update(point({ ...before, ends: true }));
      }
      const latest = { time: row.t, value, ends: false };
      drawnAs.update(point(latest));
      this.ends[name] = latest;
    }
    this.drawn = row;
    this.end = row.t;
  }

  /** Redraws everything; the visible time range stays. */
  private redraw(rows: readonly Row[]): void {
    const interval = this.info!.interval;
    const candles: (CandlestickData | { time: UTCTimestamp })[] = [];
    let before: Row | undefined;
    for (const row of rows) {
      for (const time of before === undefined ? [] : gapTimes(before.t, row.t, interval)) {
        candles.push({ time: stamp(time) });
      }
      candles.push(candle(row));
      before = row;
    }
    const first = this.drawn === undefined;
    const hold = this.held();
    this.drawn = before;
    this.end = before?.t ?? -Infinity;
    this.candles.setData(candles);
    this.volume.setData(rows.map((row) => this.volumeOf(row)));
    this.returns.setData(rows.map((row) => this.returnOf(row)));
    for (const [name, drawnAs] of Object.entries(this.lines)) {
      const points = line(rows, interval, (row) => this.valueOf(name, row));
      drawnAs.setData(points.map(point));
      const end = points.at(-1);
      if (end === undefined) {
        delete this.ends[name];
      } else {
        this.ends[name] = end;
      }
    }
    if (first && rows.length > 0) {
      const length = candles.length;
      const width = this.chart.timeScale().width();
      const fitting = Math.max(60, Math.floor(width / 5));
      const shown =
        this.shownAtFirst === SHOWN_AT_FIRST ? Math.min(SHOWN_AT_FIRST, fitting) : length;
      this.chart.timeScale().setVisibleLogicalRange({ from: length - shown, to: length - 1 + RIGHT_OFFSET });
    }
    hold();
    this.shadeStretches(rows);
  }

  /**
   * Remembers the visible time range and returns a function that restores it after the points have changed: bars that
   * a repair adds move all others on the axis. At the right edge the chart itself keeps the newest bar visible.
   */
  private held(): () => void {
    const scale = this.chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    const middle = scale.coordinateToTime(scale.width() / 2);
    if (range === null || middle === null || this.newestSeen) {
      return () => {};
    }
    const before = scale.timeToIndex(middle, true);
    return () => {
      const after = scale.timeToIndex(middle, true);
      if (before !== null && after !== null) {
        const by = after - before;
        scale.setVisibleLogicalRange({ from: range.from + by, to: range.to + by });
      }
    };
  }

  private shadeStretches(rows: readonly Row[]): void {
    const found = stretches(rows, this.info!.interval);
    for (const shade of this.shades) {
      shade.show(found);
    }
  }

  /** Draws the forming bar, in the price pane only, because it has no features yet. */
  private form(bar: Bar): void {
    this.candles.update(candle(bar));
    this.volume.update(this.volumeOf(bar));
    this.end = bar.t;
  }

  /** Marks where each alert opened. */
  mark(alerts: readonly Alert[], oldest: number): void {
    const interval = this.info!.interval;
    const markers: SeriesMarker<Time>[] = [];
    for (const alert of alerts) {
      // An alert opens at the end of its bar, which may be a part of a longer bar on the chart.
      const time = Math.ceil(alert.opened / 1000 / interval - 1) * interval;
      if (time < oldest) {
        continue;
      }
      const low = (alert.value ?? 0) < (alert.threshold ?? 0);
      markers.push({
        time: stamp(time),
        position: low ? "belowBar" : "aboveBar",
        shape: alert.severity === "warning" ? "circle" : low ? "arrowUp" : "arrowDown",
        color: alert.severity === "warning" ? this.colours.warn : this.colours.alarm,
        size: alert.severity === "warning" ? 0.6 : 1,
      });
    }
    markers.sort((a, b) => Number(a.time) - Number(b.time));
    this.markers.setMarkers(markers);
  }

  /** Applies the theme's colours; single points take theirs with the next full redraw. */
  paint(): void {
    this.colours = colours();
    const c = this.colours;
    const grid = { color: faded(c.line, 0.6) };
    this.chart.applyOptions({
      layout: {
        background: { color: c.background },
        textColor: c.faint,
        panes: { separatorColor: c.line, separatorHoverColor: faded(c.accent, 0.2) },
      },
      grid: { vertLines: { visible: false }, horzLines: grid },
      crosshair: {
        vertLine: { color: c.faint, labelBackgroundColor: c.line },
        horzLine: { color: c.faint, labelBackgroundColor: c.line },
      },
      timeScale: { borderColor: c.line },
    });
    this.candles.applyOptions({
      upColor: c.up,
      downColor: c.down,
      wickUpColor: c.up,
      wickDownColor: c.down,
    });
    this.paintPrice();
    this.lines.vol.applyOptions({ color: c.accent });
    this.lines.base.applyOptions({ color: c.warn });
    this.lines.z.applyOptions({ color: c.text });
    for (const { key } of this.further) {
      this.lines[key]?.applyOptions({ color: c.text });
    }
    for (const level of this.levels) {
      level.line.applyOptions({ color: c[level.colour] });
    }
    for (const shade of this.shades) {
      shade.colour({
        gap: faded(c.warn, 0.16),
        incomplete: faded(c.warn, 0.06),
        corridor: faded(c.accent, 0.08),
        label: c.warn,
      });
    }
  }

  /** Sets whether the last price may look alive; if not, its line and label lose their colour. */
  setAlive(alive: boolean): void {
    if (alive !== this.alive) {
      this.alive = alive;
      this.paintPrice();
    }
  }

  private setNewestSeen(seen: boolean): void {
    if (seen !== this.newestSeen) {
      this.newestSeen = seen;
      this.paintPrice();
    }
  }

  private paintPrice(): void {
    this.candles.applyOptions({
      priceLineColor: this.alive ? "" : this.colours.faint,
      // Scrolled back, the label would show the last visible price as if it were the current one.
      lastValueVisible: this.alive && this.newestSeen,
    });
  }

  /** The closed bars on the chart, oldest first. */
  closedBars(): { time: number; close: number }[] {
    const bars: { time: number; close: number }[] = [];
    for (const bar of this.candles.data()) {
      if ("close" in bar && this.drawn !== undefined && Number(bar.time) <= this.drawn.t) {
        bars.push({ time: Number(bar.time), close: bar.close });
      }
    }
    return bars;
  }

  /** Scrolls to the newest bar. */
  toNewest(): void {
    this.chart.timeScale().scrollToPosition(RIGHT_OFFSET, false);
  }

  private key(event: KeyboardEvent): void {
    const scale = this.chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    if (range === null) {
      return;
    }
    const width = range.to - range.from;
    const move = (by: number) =>
      scale.setVisibleLogicalRange({ from: range.from + by, to: range.to + by });
    const zoom = (by: number) =>
      scale.setVisibleLogicalRange({ from: range.to - width * by, to: range.to });
    const keys: Record<string, () => void> = {
      ArrowLeft: () => move(-width / 10),
      ArrowRight: () => move(width / 10),
      PageUp: () => move(-width),
      PageDown: () => move(width),
      "+": () => zoom(0.8),
      "-": () => zoom(1.25),
      End: () => this.toNewest(),
    };
    const act = keys[event.key];
    if (act !== undefined) {
      event.preventDefault();
      act();
    }
  }

  private allSeries() {
    return [this.candles, this.volume, this.returns, ...Object.values(this.lines)];
  }

  private valueOf(name: string, row: Row): number | null {
    if (name !== "base") {
      return valueOf(row, name);
    }
    const factor = this.info?.settings?.spikeFactor ?? 1;
    return row.base === null ? null : row.base * factor;
  }

  private volumeOf(bar: Bar) {
    const colour = bar.c >= bar.o ? this.colours.up : this.colours.down;
    return { time: stamp(bar.t), value: bar.v, color: faded(colour, 0.22) };
  }

  private returnOf(row: Row) {
    if (row.ret === null) {
      return { time: stamp(row.t) };
    }
    const color = row.ret >= 0 ? this.colours.up : this.colours.down;
    return { time: stamp(row.t), value: row.ret, color };
  }
}

interface Range {
  minValue: number;
  maxValue: number;
}

type Line = ISeriesApi<"Line">;

const quiet = { priceLineVisible: false, lastValueVisible: false };

function custom(formatter: (value: number) => string) {
  return { type: "custom" as const, formatter, minMove: 1e-9 };
}

const small = custom((value) => (Math.abs(value) < 1e-12 ? "0" : scientific(value, 1)));

function stamp(time: number): UTCTimestamp {
  return time as UTCTimestamp;
}

function candle(bar: Bar): CandlestickData {
  return { time: stamp(bar.t), open: bar.o, high: bar.h, low: bar.l, close: bar.c };
}

function point({ time, value, ends }: LinePoint): LineData {
  const at = { time: stamp(time), value };
  return ends ? { ...at, color: HIDDEN } : at; // a point's colour is that of the line that follows it
}
