import { element } from "./element";

const HOUR = 3_600;

/** The time ranges on offer, in seconds; undefined = the live rows, one by one. */
const SPANS: readonly [string, number | undefined][] = [
  ["live", undefined],
  ["6h", 6 * HOUR],
  ["1d", 24 * HOUR],
  ["1w", 7 * 24 * HOUR],
  ["1mo", 30 * 24 * HOUR],
  ["all", Infinity],
];

/** The buttons that choose the time range of the charts. */
export class Spans {
  private readonly buttons: HTMLButtonElement[];

  constructor(onChoice: (seconds: number | undefined) => void) {
    this.buttons = SPANS.map(([label, seconds]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => {
        this.press(seconds);
        onChoice(seconds);
      });
      return button;
    });
    element("spans").append(...this.buttons);
    this.press(undefined);
  }

  private press(seconds: number | undefined): void {
    this.buttons.forEach((button, i) =>
      button.setAttribute("aria-pressed", String(SPANS[i]![1] === seconds)),
    );
  }
}
