import { expect, test } from "vitest";
import { AlertBook } from "./alerts";
import type { Alert } from "./api";

function alert(rule: string, opened: number, closed: number | null = null): Alert {
  return { rule, severity: "critical", opened, closed, value: 4, threshold: 3, reason: "" };
}

test("a duplicate of an alert changes nothing", () => {
  const book = new AlertBook();
  expect(book.merge(alert("z-high", 1))).toBe(true);
  expect(book.merge(alert("z-high", 1))).toBe(false);
  expect(book.inOrder().length).toBe(1);
});

test("a closed alert does not open again, whatever order the messages arrive in", () => {
  const book = new AlertBook();
  book.merge(alert("z-high", 1, 5));
  expect(book.merge(alert("z-high", 1))).toBe(false);
  expect(book.inOrder()).toEqual([alert("z-high", 1, 5)]);
});

test("firing alerts come first, then the newest", () => {
  const book = new AlertBook();
  [alert("a", 1), alert("b", 9, 10), alert("c", 3), alert("d", 5, 6)].forEach((a) => book.merge(a));
  expect(book.inOrder().map((each) => each.rule)).toEqual(["c", "a", "b", "d"]);
});

test("two hundred alerts are kept, and the oldest closed ones are dropped first", () => {
  const book = new AlertBook();
  book.merge(alert("open", 0));
  for (let opened = 1; opened <= 250; opened++) {
    book.merge(alert("closed", opened, opened + 1));
  }
  const all = book.inOrder();
  expect([all.length, all[0]?.rule, all.at(-1)?.opened]).toEqual([200, "open", 52]);
});

test("an alert that is missing from a full list is forgotten, firing or not", () => {
  const book = new AlertBook();
  [alert("lost", 1), alert("withdrawn", 2, 3), alert("kept", 4)].forEach((a) => book.merge(a));
  book.replace([alert("kept", 4, 6), alert("new", 5)]);
  expect(book.inOrder().map((each) => [each.rule, each.closed])).toEqual([
    ["new", null],
    ["kept", 6],
  ]);
});
