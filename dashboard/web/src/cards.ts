import type { SeriesInfo } from "./api";
import { created, element, setText } from "./element";
import { NONE, grouped, signed } from "./format";
import { sparkline } from "./header";

/** From this many series on, the page offers a field to find one by its name. */
const FILTER_FROM = 9;

interface Card {
  link: HTMLAnchorElement;
  dot: HTMLElement;
  price: HTMLElement;
  spark: HTMLElement;
  z: HTMLElement;
  sparkKey: string;
}

/** The choice of symbol: one card per series. */
export class Cards {
  private readonly box = element("cards");
  private readonly filter = element("filter") as HTMLInputElement;
  private readonly cards = new Map<string, Card>();

  constructor() {
    this.filter.addEventListener("input", () => this.applyFilter());
  }

  update(all: readonly SeriesInfo[], chosen: string | undefined): void {
    const ids = new Set(all.map((info) => info.id));
    for (const [id, card] of this.cards) {
      if (!ids.has(id)) {
        card.link.remove();
        this.cards.delete(id);
      }
    }
    const symbols = all.map((info) => info.symbol);
    for (const info of all) {
      const ambiguous = symbols.indexOf(info.symbol) !== symbols.lastIndexOf(info.symbol);
      this.show(info, info.id === chosen, ambiguous);
    }
    this.filter.hidden = all.length < FILTER_FROM;
    this.filter.placeholder = `find in ${all.length}`;
    this.applyFilter();
  }

  private show(info: SeriesInfo, chosen: boolean, ambiguous: boolean): void {
    const card = this.cards.get(info.id) ?? this.make(info, ambiguous);
    if (chosen !== card.link.classList.contains("on")) {
      card.link.classList.toggle("on", chosen);
      card.link.ariaCurrent = chosen ? "true" : null;
      if (chosen) {
        card.link.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    }
    card.dot.dataset.state = info.state;
    card.dot.title = info.state.replace("-", " ");
    setText(card.price, info.price === null ? NONE : grouped(info.price));
    setText(card.z, `z ${signed(info.z, 2)}`);
    const limit = info.settings?.zAlert ?? Infinity;
    card.z.className = Math.abs(info.z ?? 0) > limit ? "num alarm" : "num dim";
    const key = info.spark.join();
    if (key !== card.sparkKey) {
      card.sparkKey = key;
      card.spark.replaceChildren(sparkline(info.spark));
    }
  }

  private make(info: SeriesInfo, ambiguous: boolean): Card {
    const link = created("a", "card") as HTMLAnchorElement;
    link.href = `#${encodeURIComponent(info.id)}`;
    link.title = info.id;
    const card = {
      link,
      dot: created("i", "dot"),
      price: created("span", "num"),
      spark: created("span", "spark"),
      z: created("span", "num dim"),
      sparkKey: "",
    };
    const name = created("b", "", info.symbol);
    link.append(card.dot, name);
    if (ambiguous) {
      const what = [info.kind, info.simulated ? "simulated" : ""].filter((word) => word !== "");
      link.append(created("span", "dim", what.join(" ")));
    }
    link.append(card.price, card.spark, card.z);
    this.box.append(link);
    this.cards.set(info.id, card);
    return card;
  }

  private applyFilter(): void {
    const wanted = this.filter.value.trim().toUpperCase();
    for (const [id, card] of this.cards) {
      card.link.hidden = !this.filter.hidden && !id.toUpperCase().includes(wanted);
    }
  }
}
