import type { Alert, Rule, SeriesInfo } from "./api";
import { created, element, setText } from "./element";
import { lasted, moment } from "./format";
import { alertRules } from "./status";

const MOST = 200;
const SHOWN = 60;

function keyOf(alert: Alert): string {
  return `${alert.opened} ${alert.rule}`;
}

/** The alerts of one series, each once. A closed alert never opens again. */
export class AlertBook {
  private readonly known = new Map<string, Alert>();

  /** @returns whether anything changed */
  merge(alert: Alert): boolean {
    const key = keyOf(alert);
    const before = this.known.get(key);
    if (before !== undefined && (before.closed === alert.closed || alert.closed === null)) {
      return false;
    }
    this.known.set(key, alert);
    if (this.known.size > MOST) {
      const oldest = this.inOrder().at(-1);
      if (oldest !== undefined) {
        this.known.delete(keyOf(oldest));
      }
    }
    return true;
  }

  /** Forgets all others: an alert that the recorder no longer lists was withdrawn, or never stored. */
  replace(all: readonly Alert[]): void {
    this.known.clear();
    all.forEach((alert) => this.merge(alert));
  }

  /** Firing alerts first, then the newest. */
  inOrder(): Alert[] {
    return [...this.known.values()].sort(
      (a, b) =>
        Number(a.closed !== null) - Number(b.closed !== null) ||
        b.opened - a.opened ||
        a.rule.localeCompare(b.rule),
    );
  }

  clear(): void {
    this.known.clear();
  }
}

/** The list next to the chart. */
export class AlertList {
  private readonly list = element("alert-list");
  private readonly count = element("alert-count");
  private readonly empty = element("alert-empty");
  private titles = new Map<string, string>();

  /** What the rules mean, for who points at one. */
  offer(rules: readonly Rule[]): void {
    this.titles = new Map(rules.map(({ rule, title }) => [rule, title]));
  }

  show(alerts: readonly Alert[], info: SeriesInfo): void {
    const firing = alerts.filter((alert) => alert.closed === null).length;
    setText(this.count, firing === 0 ? "none firing" : `${firing} firing`);
    this.count.className = firing === 0 ? "" : "alarm";
    this.empty.hidden = alerts.length > 0;
    setText(this.empty, `No alerts. ${alertRules(info)}`);
    const newest = Math.max(0, ...alerts.map((alert) => alert.opened));
    this.list.replaceChildren(
      ...alerts.slice(0, SHOWN).map((alert) => item(alert, newest, this.titles.get(alert.rule) ?? "")),
    );
  }
}

function item(alert: Alert, newest: number, title: string): HTMLElement {
  const firing = alert.closed === null;
  const made = created("li", firing ? `alert ${alert.severity}` : "alert ok");
  const time = created("time", "num dim", moment(alert.opened, newest));
  time.setAttribute("datetime", new Date(alert.opened).toISOString());
  const state = firing
    ? `firing · ${alert.severity}`
    : `closed after ${lasted(alert.closed! - alert.opened)}`;
  const rule = created("b", "", alert.rule);
  rule.title = title;
  made.append(
    created("i", ""),
    rule,
    time,
    created("p", "", alert.reason),
    created("p", "life", state),
  );
  return made;
}
