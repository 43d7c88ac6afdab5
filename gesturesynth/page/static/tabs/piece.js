// The tab for the preset itself: as a form and as a text. What is changed is heard at once, and kept only when asked to.

import { button, element, setText } from "../elements.js";
import { form } from "../piece/form.js";
import { textView } from "../piece/text.js";

const PAUSE_MS = 250;

export const piece = { name: "piece", topics: ["conductor"], mount };

function mount(place, page) {
  const { words } = page;
  const state = element("p", { class: "edit-state", role: "status" });
  const keep = button(words("piece.keep"), () => page.command("keep"), { class: "primary" });
  const back = button(words("piece.back"), drop);
  const asForm = button(words("piece.form"), () => show("form"), { "aria-pressed": "true" });
  const asText = button(words("piece.text"), () => show("text"), { "aria-pressed": "false" });
  const body = element("div", { class: "piece-body" });
  place.append(
    element("div", { class: "row edit-bar" }, asForm, asText, state, back, keep),
    body,
  );
  const text = textView(page, (whole) => page.command("try", whole));
  text.element.hidden = true;
  body.append(text.element);
  let parts = null;
  let report = null;
  let seen = "";
  let timer = 0;
  let asking = false;
  let again = false;
  const waiting = new Map(); // by path, the newest change that is not sent yet
  let sending = false;

  function show(which) {
    asForm.setAttribute("aria-pressed", String(which === "form"));
    asText.setAttribute("aria-pressed", String(which === "text"));
    text.element.hidden = which !== "text";
    if (parts) parts.element.hidden = which !== "form";
    draw();
  }

  function drop() {
    text.drop();
    return page.command("back");
  }

  /** One change after the other; of several for one value only the newest is sent. */
  function change(path, yaml) {
    return new Promise((resolve) => {
      waiting.get(path)?.resolve({ ok: true, text: "" });
      waiting.set(path, { yaml, resolve });
      send();
    });
  }

  async function send() {
    if (sending) return;
    sending = true;
    while (waiting.size) {
      const [path, { yaml, resolve }] = waiting.entries().next().value;
      waiting.delete(path);
      resolve(await page.command("change", path, ...(yaml === undefined ? [] : [yaml])));
    }
    sending = false;
    load();
  }

  async function load() {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    again = false;
    try {
      if (!parts) {
        const answer = await page.request("preset-schema");
        if (answer.ok && !parts) {
          parts = form(page, answer.report, change);
          parts.element.hidden = !text.element.hidden;
          body.prepend(parts.element);
        }
      }
      const answer = await page.request("preset-text");
      if (answer.ok) report = answer.report;
      draw();
    } finally {
      asking = false;
    }
    if (again) load();
  }

  function draw() {
    if (!report) return;
    const may = page.role() === "teach";
    parts?.put(report.values ?? {}, may);
    text.put(report, may);
    const file = report.shipped ? words("piece.shipped", { file: report.file }) : report.file;
    setText(state, report.file_changed ? words("piece.changed", { file: report.file }) : report.edited ? words("piece.edited", { file }) : file);
    state.classList.toggle("bad", report.file_changed);
    keep.disabled = back.disabled = !may || !report.edited;
  }

  page.store.on("conductor", (status) => {
    const may = page.role() === "teach";
    const now = JSON.stringify([may, status.preset, status.edit, status.session.message, status.preset_error]);
    if (now === seen) return;
    seen = now;
    asForm.disabled = asText.disabled = !may;
    if (!may) {
      setText(state, words("needs-teach"));
      keep.disabled = back.disabled = true;
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(load, PAUSE_MS);
  });
}
