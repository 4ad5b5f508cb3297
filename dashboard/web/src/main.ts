import "./style.css";
import { AlertBook, AlertList } from "./alerts";
import {
  fetchCatalogue,
  fetchHistory,
  fetchNotice,
  fetchRange,
  fetchSeries,
  type Bar,
  type Catalogue,
  type Health,
  type Price,
  type Range,
  type Row,
  type SeriesInfo,
  type System,
} from "./api";
import { Cards } from "./cards";
import { Charts } from "./charts";
import { chosen, sameShown, wantedOf } from "./choice";
import { element, setText } from "./element";
import { arrow, clock, fixed, grouped, lengthOf, placesOf } from "./format";
import { Header } from "./header";
import { Quality } from "./quality";
import { Rows } from "./rows";
import { Spans } from "./spans";
import { statusOf, titleOf, type Known } from "./status";
import { LiveStream } from "./stream";
import { restoreTheme, toggleTheme } from "./theme";
import { Titles } from "./titles";

declare global {
  interface Window {
    /** The bars on the chart: a test compares them with the store. */
    tapekeeper: { rows(): { time: number; close: number }[]; forming(): Bar | undefined };
  }
}

/** The most rows that the server returns at once. */
const MOST_ROWS = 20_000;
/** Bars that may close while corrected rows are being read. */
const SLACK_ROWS = 120;
const FIRST_ROWS = 3_600;
const OLDER_ROWS = 5_000;
const CARDS_MILLIS = 2_000;
/** A page that has nothing to show yet was opened while the server was starting: it asks again soon. */
const SOON_MILLIS = 100;
const SOON_TIMES = 50;
const AGES_MILLIS = 200;
const NOTHING_YET =
  "Nothing has been recorded yet. This page will show the first trade as soon as it arrives.";
const RETRY_MILLIS = 1_000;
/** Points of a time range: about as many as the charts have columns. */
const RANGE_POINTS = 1_000;

restoreTheme();
const header = new Header();
const cards = new Cards();
const alertList = new AlertList();
const quality = new Quality();
const titles = new Titles();
const rows = new Rows(MOST_ROWS);
const alerts = new AlertBook();
const charts = new Charts(
  element("chart"),
  (time) => {
    pointed = time;
    schedule();
  },
  () => void loadOlder(),
  (tops) => titles.place(tops),
);

let catalogue: Catalogue | undefined;
let all: SeriesInfo[] = [];
let info: SeriesInfo | undefined;
let stream: LiveStream | undefined;
let forming: Price | undefined;
let pointed: number | undefined;
let places = 2;
let link: Known["link"] = "connecting";
let notice = ""; // why there is nothing to show
let health: { received: Health; at: number } | undefined;
let system: System | undefined;
let correctedFrom = Infinity; // rows from here on have to be read again
let correcting = false;
let choice = 0; // counts choices, so that a late answer is recognised
let older: "maybe" | "loading" | "none" = "maybe";
let span: number | undefined; // seconds shown rolled up; undefined = the rows themselves
let range: Range | undefined; // the rolled-up rows on the page
let rangeAskedAt = -Infinity; // performance.now()
let redraw = false; // the chart needs a full redraw, not only new rows
let alertsChanged = false;
let chartsRestUntil = 0; // performance.now() until which they are not drawn, after a failure
let frame = 0;

/** Shows another series, or another tape of the same symbol. */
async function choose(next: SeriesInfo): Promise<void> {
  const mine = ++choice;
  stream?.close();
  stream = undefined;
  info = next;
  rows.clear();
  alerts.clear();
  forming = undefined;
  health = undefined;
  system = undefined;
  correctedFrom = Infinity;
  link = "connecting";
  older = "maybe";
  range = undefined;
  header.begin(next);
  charts.begin(next);
  cards.update(all, next.id);
  alertsChanged = true;
  showState();
  for (;;) {
    try {
      const history = await fetchHistory(next.id, FIRST_ROWS);
      if (mine !== choice) {
        return;
      }
      older = history.more ? "maybe" : "none";
      rows.prepend(history.rows);
      break;
    } catch (error) {
      console.warn("history:", error);
      if (mine !== choice) {
        return;
      }
      link = "lost";
      showState();
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
    }
  }
  redraw = true;
  schedule();
  void loadRange();
  stream = new LiveStream(next.id, next.interval, () => rows.last()?.t ?? 0, {
    row(row) {
      const merged = rows.merge(row);
      const trimmed = rows.trim();
      redraw ||= trimmed || merged === "replaced" || merged === "inserted";
      if (merged !== "unchanged") {
        schedule();
      }
    },
    price(price) {
      forming = price;
      schedule();
    },
    alert(alert) {
      if (alerts.merge(alert)) {
        alertsChanged = true;
        schedule();
      }
    },
    alerts(listed) {
      alerts.replace(listed);
      alertsChanged = true;
      schedule();
    },
    resumed(from, to, there) {
      if (rows.keep(from, to, there)) {
        redraw = true;
        schedule();
      }
    },
    signal() {
      schedule(); // its row has brought the same signal
    },
    health(received) {
      health = { received, at: performance.now() };
      showState();
    },
    system(received) {
      system = received;
      showState();
    },
    corrected(from) {
      void correct(from);
    },
    reset() {
      rows.clear();
      older = "maybe";
      redraw = true;
    },
    connected(there) {
      link = there ? "open" : "lost";
      showState();
    },
  });
}

/** Reads the rows that a repair corrected; the visible time range stays. */
async function correct(from: number): Promise<void> {
  correctedFrom = Math.min(correctedFrom, from);
  if (correcting) {
    return;
  }
  correcting = true;
  while (correctedFrom < Infinity && info !== undefined) {
    const mine = choice;
    const start = correctedFrom;
    correctedFrom = Infinity;
    const first = Math.max(start, rows.first()?.t ?? 0);
    const bars = ((rows.last()?.t ?? first) - first) / info.interval;
    try {
      const history = await fetchHistory(info.id, Math.min(MOST_ROWS, bars + SLACK_ROWS));
      if (mine === choice && rows.correct(first, history.rows)) {
        older = older === "none" && history.more ? "maybe" : older;
        redraw = true;
        schedule();
      }
    } catch (error) {
      console.warn("corrected history:", error);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
      if (mine === choice) {
        correctedFrom = Math.min(correctedFrom, start);
      }
    }
  }
  correcting = false;
}

/** Draws the changes with the next frame; a hidden page has no frames and draws nothing. */
function schedule(): void {
  if (frame === 0) {
    frame = requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  }
}

function draw(): void {
  if (info === undefined) {
    return;
  }
  const last = rows.last();
  const live = forming !== undefined && forming.t > (last?.t ?? 0) ? forming : undefined;
  const newPlaces = placesOf(
    info.pricePlaces,
    rows.all().slice(-50).flatMap((row) => [row.o, row.c]),
  );
  if (newPlaces !== places) {
    places = newPlaces;
    redraw = true;
  }
  // Words and numbers first: they appear even if the charts fail.
  if (last !== undefined) {
    header.signal(last.signal, last.z, rows.signalSince(info.interval));
  }
  const quote = current(live, last);
  if (quote !== undefined) {
    header.quote(quote);
  }
  showTitles(live, last);
  if (alertsChanged) {
    alertList.show(alerts.inOrder(), info);
  }
  showState();
  if (performance.now() >= chartsRestUntil) {
    try {
      drawCharts(live);
    } catch (error) {
      // The chart may be inconsistent: redraws all of it, but not in every frame.
      redraw = true;
      chartsRestUntil = performance.now() + RETRY_MILLIS;
      window.setTimeout(schedule, RETRY_MILLIS + 50);
      throw error;
    }
  }
}

function drawCharts(live: Price | undefined): void {
  if (redraw) {
    charts.setPlaces(places);
  }
  if (span === undefined) {
    charts.draw(rows.all(), live, redraw);
  } else if (range !== undefined && redraw) {
    charts.draw(range.rows, undefined, true);
  }
  if (alertsChanged || redraw) {
    const drawn = span === undefined ? rows.all() : (range?.rows ?? []);
    charts.mark(alerts.inOrder(), drawn[0]?.t ?? Infinity);
  }
  redraw = false;
  alertsChanged = false;
}

function current(live: Price | undefined, last: Row | undefined) {
  if (live !== undefined) {
    const change = last === undefined ? null : live.c / last.c - 1;
    return { text: grouped(live.price), value: live.c, change };
  }
  return last && { text: fixed(last.c, places), value: last.c, change: last.ret };
}

function showTitles(live: Price | undefined, last: Row | undefined): void {
  if (info === undefined) {
    return;
  }
  if (span !== undefined) {
    const row = range?.rows.find((each) => each.t === pointed) ?? range?.rows.at(-1);
    const label =
      range === undefined || range.interval === info.interval
        ? info.intervalLabel
        : `${lengthOf(range.interval)} of ${info.intervalLabel}`;
    titles.show({ ...info, intervalLabel: label }, row, row, places, row?.t === pointed);
    return;
  }
  const pointedRow = pointed === undefined ? undefined : rows.at(pointed);
  if (pointedRow !== undefined) {
    titles.show(info, pointedRow, pointedRow, places, true);
  } else {
    titles.show(info, last, live ?? last, places, false);
  }
}

/** Shows the state; also between two messages of the server, because ages grow meanwhile. */
function showState(): void {
  const healthAge = health === undefined ? 0 : performance.now() - health.at;
  const status = statusOf({ link, health: health?.received, healthAge, notice: info?.recording ? "" : notice });
  const nothing = element("nothing");
  nothing.hidden = info !== undefined || link !== "open";
  setText(nothing, notice === "" ? NOTHING_YET : notice);
  header.status(status, health?.received);
  quality.show(
    info?.symbol ?? "",
    link === "open" ? health?.received : undefined,
    link === "open" ? system : undefined, // the state of a lost server is unknown
  );
  charts.setAlive(status.alive);
  document.body.dataset.link = link;
  const last = rows.last();
  const live = forming !== undefined && forming.t > (last?.t ?? 0) ? forming : undefined;
  const quote = current(live, last);
  document.title =
    info === undefined
      ? "Tapekeeper"
      : titleOf(status, info.symbol, quote?.text ?? "", arrow(quote?.change ?? null));
  const newest = live?.tradeTime ?? (last && info && (last.t + info.interval) * 1000);
  setText(element("newest"), newest === undefined ? "" : `${clock(newest)} UTC`);
}

/** Shows the last `seconds` rolled up, or the rows themselves. */
function look(seconds: number | undefined): void {
  span = seconds;
  range = undefined;
  if (info !== undefined) {
    charts.begin(info);
    redraw = true;
    alertsChanged = true;
    schedule();
    void loadRange();
  }
}

/** Reads the chosen time range, and reads it again when its last point has grown. */
async function loadRange(): Promise<void> {
  const newest = rows.last()?.t;
  if (span === undefined || info === undefined || newest === undefined) {
    return;
  }
  const mine = choice;
  const wanted = span;
  rangeAskedAt = performance.now();
  try {
    const told = await fetchRange(info.id, Math.max(0, newest - wanted), RANGE_POINTS, catalogue?.features ?? []);
    if (mine === choice && wanted === span) {
      if (range?.interval !== told.interval) {
        charts.begin({ ...info, interval: told.interval }, told.rows.length);
        alertsChanged = true;
      }
      range = told;
      redraw = true;
      schedule();
    }
  } catch (error) {
    console.warn("range:", error); // the timer asks again
  }
}

async function loadOlder(): Promise<void> {
  const first = rows.first();
  if (span !== undefined || older !== "maybe" || info === undefined || first === undefined || rows.full()) {
    return;
  }
  older = "loading";
  const mine = choice;
  try {
    const history = await fetchHistory(info.id, OLDER_ROWS, first.t);
    if (mine === choice) {
      rows.prepend(history.rows);
      older = history.more ? "maybe" : "none";
      redraw = true;
      schedule();
    }
  } catch (error) {
    console.warn("older history:", error); // the next scroll to the edge asks again
    if (mine === choice) {
      older = "maybe";
    }
  }
}

/** Takes the server's features and rules: the page draws what they list. */
function offer(offered: Catalogue): void {
  catalogue = offered;
  charts.offer(offered.features);
  titles.offer(offered.features);
  alertList.offer(offered.rules);
  redraw = true;
}

async function refreshSeries(): Promise<void> {
  if (!document.hidden) {
    try {
      const [listed, offered] = await Promise.all([fetchSeries(), catalogue ?? fetchCatalogue()]);
      all = listed;
      if (offered !== catalogue) {
        offer(offered);
      }
      const next = chosen(all, wantedOf(location.hash), info?.id);
      if (next !== undefined && (info === undefined || !sameShown(next, info))) {
        void choose(next);
      }
      cards.update(all, info?.id);
      if (!info?.recording) {
        notice = await fetchNotice(); // why nothing arrives, if the server knows
        if (info === undefined) {
          link = "open";
        }
        showState();
      }
    } catch (error) {
      console.warn("series:", error);
      if (info === undefined) {
        link = "lost";
        showState();
      }
    }
  }
}

window.addEventListener("hashchange", () => void refreshSeries());
document.addEventListener("visibilitychange", () => void refreshSeries());
const repaint = () => {
  charts.paint();
  redraw = true;
  schedule();
};
element("theme").addEventListener("click", () => {
  toggleTheme();
  repaint();
});
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
new Spans(look);
element("newest-button").addEventListener("click", () => charts.toNewest());
window.tapekeeper = { rows: () => charts.closedBars(), forming: () => forming };

async function askUntilThereIsSomething(): Promise<void> {
  for (let times = 0; info === undefined && times < SOON_TIMES; times++) {
    await refreshSeries();
    await new Promise((resolve) => setTimeout(resolve, SOON_MILLIS));
  }
}

showState();
void askUntilThereIsSomething();
window.setInterval(() => void refreshSeries(), CARDS_MILLIS);
window.setInterval(showState, AGES_MILLIS);
window.setInterval(() => {
  // Waits until the last point may have grown by a tenth; never asks more often than the eye needs.
  const rest = Math.max(CARDS_MILLIS, (range?.interval ?? 0) * 100);
  if (!document.hidden && performance.now() - rangeAskedAt >= rest) {
    void loadRange();
  }
}, CARDS_MILLIS);
