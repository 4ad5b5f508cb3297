/** Dark or light: the system's theme until the reader chooses one; the page remembers the choice. */

const KEY = "tapekeeper.theme";

export interface Colours {
  background: string;
  line: string;
  text: string;
  dim: string;
  faint: string;
  up: string;
  down: string;
  accent: string;
  warn: string;
  alarm: string;
}

/** Sets the theme that the reader chose earlier. */
export function restoreTheme(): void {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "dark" || chosen === "light") {
    document.documentElement.dataset.theme = chosen;
  }
}

export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen === undefined
    ? window.matchMedia("(prefers-color-scheme: dark)").matches
    : chosen === "dark";
}

export function toggleTheme(): void {
  const chosen = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = chosen;
  localStorage.setItem(KEY, chosen);
}

/** The style sheet's current colours, for drawing on a canvas. */
export function colours(): Colours {
  const probe = document.createElement("i");
  document.body.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const found = {
    background: read("bg"),
    line: read("line"),
    text: read("text"),
    dim: read("dim"),
    faint: read("faint"),
    up: read("up"),
    down: read("down"),
    accent: read("accent"),
    warn: read("warn"),
    alarm: read("alarm"),
  };
  probe.remove();
  return found;
}

/** "rgb(1, 2, 3)" with an opacity. */
export function faded(colour: string, opacity: number): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${opacity})`);
}
