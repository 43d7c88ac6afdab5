// One value of a preset as a control: a slider with a number, a choice, a switch, or a text.

import { element, setAttribute, setText } from "../elements.js";
import { control, oneLine, quantity, scalar, UNITS } from "./schema.js";

const HANDS_OFF_MS = 700;
const SENT_MS = 120; // a slider sends at most eight times a second

/**
 * @param path the way to the value, such as `outputs.pitch.glide`.
 * @param node its schema, resolved.
 * @param change called with a path and YAML on one line, or undefined to take the key out.
 */
export function field(page, path, node, change) {
  const key = path.split(".").pop();
  const id = `field-${path.replaceAll(".", "-")}`;
  const label = element("label", { for: id, title: node.description }, key);
  const error = element("p", { class: "error", id: `${id}-error`, role: "alert" });
  const help = element("p", { class: "help soft", id: `${id}-help` }, node.description ?? "");
  const drop = element("button", { type: "button", class: "drop", "aria-label": page.words("piece.usual", { key }), title: page.words("piece.usual", { key }) }, "×");
  const kind = control(node);
  const input = (kind.kind === "switch" ? choice : kind.kind === "choice" ? choice : kind.kind === "number" ? number : text)(
    id, kind.kind === "switch" ? { choices: [true, false] } : kind, node, (yaml) => send(yaml));
  const row = element("div", { class: `field ${kind.kind}` }, label, ...input.elements, drop, help, error);
  for (const one of input.elements) one.setAttribute("aria-describedby", `${id}-help ${id}-error`);
  drop.addEventListener("click", () => send(undefined));
  let number_ = 0;

  async function send(yaml) {
    const mine = ++number_;
    const answer = await change(path, yaml);
    if (mine !== number_) return;
    setText(error, answer.ok ? "" : answer.text);
    for (const one of input.elements) setAttribute(one, "aria-invalid", !answer.ok);
  }

  return {
    element: row,
    /** Shows a value of the text; undefined where the text has none, so that its default counts. */
    put(value) {
      drop.hidden = value === undefined || node.required;
      row.classList.toggle("unset", value === undefined);
      if (row.contains(document.activeElement) && document.activeElement !== drop && input.busy?.()) return;
      input.put(value === undefined ? undefined : oneLine(value), oneLine(node.default));
    },
    enable(may) {
      for (const one of row.querySelectorAll("input, select, textarea, button")) one.disabled = !may;
    },
  };
}

function text(id, { choices }, _node, send) {
  const list = choices?.length ? element("datalist", { id: `${id}-list` }, ...choices.map((one) => element("option", { value: one }))) : null;
  const input = element("input", { id, type: "text", autocomplete: "off", spellcheck: "false", list: list?.id });
  let shown = "";
  input.addEventListener("change", () => {
    const value = input.value.trim();
    send(value === "" ? undefined : /^[[{]/.test(value) ? value : scalar(value));
  });
  return {
    elements: list ? [input, list] : [input],
    busy: () => input.value !== shown,
    put(value, usual) {
      shown = value ?? "";
      if (input.value !== shown) input.value = shown;
      input.placeholder = usual;
    },
  };
}

function choice(id, { choices }, _node, send) {
  const unset = element("option", { value: "" }, "–");
  const select = element("select", { id }, unset, ...choices.map((one) => element("option", { value: String(one) }, String(one) || '""')));
  select.addEventListener("change", () => send(select.value === "" ? undefined : scalar(select.value)));
  return {
    elements: [select],
    put(value, usual) {
      setText(unset, usual ? `(${usual})` : "–");
      const wanted = value ?? "";
      if (![...select.options].some((one) => one.value === wanted)) select.append(element("option", { value: wanted }, wanted));
      if (select.value !== wanted) select.value = wanted;
    },
  };
}

/** A slider for the range and a text for the exact value, with its unit. */
function number(id, { low, high, log, whole }, _node, send) {
  const slider = element("input", { type: "range", min: 0, max: 1000, step: 1, "aria-label": id.split("-").pop(), tabindex: 0 });
  const input = element("input", { id, type: "text", autocomplete: "off", spellcheck: "false", inputmode: "decimal" });
  let unit = "";
  let shown = "";
  let timer = 0;
  let touched = -Infinity;
  let later = 0;
  const scale = () => UNITS[unit] ?? 1;
  const at = (part) => (log ? low * (high / low) ** part : low + part * (high - low));
  const part = (value) => Math.min(Math.max(log ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low), 0), 1);
  const written = (value) => {
    const scaled = whole ? Math.round(value) : Number((value / scale()).toPrecision(3));
    return unit ? `${scaled} ${unit}` : String(scaled);
  };
  slider.addEventListener("input", () => {
    touched = performance.now();
    input.value = shown = written(at(slider.value / 1000));
    setAttribute(slider, "aria-valuetext", shown);
    timer ||= setTimeout(() => {
      timer = 0;
      send(shown);
    }, SENT_MS);
  });
  input.addEventListener("change", () => send(input.value.trim() === "" ? undefined : scalar(input.value.trim())));
  return {
    elements: [slider, input],
    busy: () => input.value !== shown,
    put(value, usual) {
      // Not while a finger is on it; but what came then is shown afterwards, or it would never be.
      clearTimeout(later);
      if (performance.now() - touched < HANDS_OFF_MS) {
        later = setTimeout(() => this.put(value, usual), HANDS_OFF_MS);
        return;
      }
      shown = value ?? "";
      if (input.value !== shown) input.value = shown;
      input.placeholder = usual;
      const found = quantity(value ?? usual);
      if (!found) return;
      unit = found.unit || unit;
      slider.value = 1000 * part(found.value * (UNITS[found.unit] ?? 1));
      setAttribute(slider, "aria-valuetext", value ?? usual);
    },
  };
}
