// The text of the preset: its lines have numbers, and what is wrong is said at its line.

import { button, element, setText } from "../elements.js";

const QUIET_MS = 500;

/** @param tried called with the text when it is to be heard; returns the answer. */
export function textView(page, tried) {
  const { words } = page;
  const area = element("textarea", { class: "yaml", spellcheck: "false", autocomplete: "off", wrap: "off", "aria-label": words("piece.text"), "aria-describedby": "problems" });
  const numbers = element("div", { class: "numbers", "aria-hidden": "true" });
  const problems = element("ul", { class: "problems", id: "problems", role: "status" });
  const hear = button(words("piece.hear"), act, { class: "primary" });
  const place = element("div", { class: "text-view" },
    element("div", { class: "editor" }, numbers, area), problems, element("div", { class: "row" }, hear));
  let shown = "";
  let wrong = new Set();
  let timer = 0;

  area.addEventListener("input", () => {
    count();
    clearTimeout(timer);
    timer = setTimeout(check, QUIET_MS);
  });
  area.addEventListener("scroll", () => (numbers.scrollTop = area.scrollTop));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) act();
  });

  async function act() {
    const { ok } = await tried(area.value);
    if (ok) shown = area.value;
    else check();
  }

  async function check() {
    const text = area.value;
    const answer = await page.request("check-text", text);
    if (answer.ok && area.value === text) say(answer.report.problems);
  }

  function say(found) {
    wrong = new Set(found.map((one) => one.line));
    problems.replaceChildren(...found.map((one) => element("li", {},
      button(words("piece.line", { line: one.line, column: one.column }), () => go(one)), element("span", {}, `${one.where ? `${one.where}: ` : ""}${one.message}`))));
    hear.disabled = found.length > 0;
    count();
  }

  function go({ line, column }) {
    const before = area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(before + column - 1, before + column);
    const height = area.scrollHeight / Math.max(area.value.split("\n").length, 1);
    area.scrollTop = Math.max((line - 4) * height, 0);
  }

  function count() {
    const lines = area.value.split("\n").length;
    if (numbers.childElementCount !== lines) numbers.replaceChildren(...Array.from({ length: lines }, (_, n) => element("div", {}, String(n + 1))));
    [...numbers.children].forEach((one, n) => one.classList.toggle("wrong", wrong.has(n + 1)));
    numbers.scrollTop = area.scrollTop;
  }

  return {
    element: place,
    /** Shows a report, unless a person has written something that is not heard yet. */
    put(report, may) {
      area.readOnly = !may;
      if (area.value !== shown && area.value !== report.text) return;
      if (area.value !== report.text) area.value = report.text;
      shown = report.text;
      say(report.problems);
      hear.disabled ||= !may;
      setText(hear, words("piece.hear"));
    },
    /** Forgets what was written and not heard. */
    drop() {
      shown = area.value;
    },
  };
}
