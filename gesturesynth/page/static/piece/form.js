// The preset as a form: a part for each key of its schema, and in it a field for each value that may be there.

import { button, element } from "../elements.js";
import { field } from "./fields.js";
import { child, control, isMap, resolved, scalar } from "./schema.js";

const DEEPEST = 4;
/** What is seen first, without a part around it. */
const FIRST = ["name", "about", "features"];
/** The order of the parts; those that are not named here follow. */
const ORDER = ["outputs", "instruments", "scale", "tempo", "buses", "idle", "master", "snapshots", "scenes", "classes", "gestures"];
/** The parts that are open at first; all others are closed. */
const OPEN = new Set(["outputs", "instruments"]);

/** The id of an element of the form, by the path in the preset that it is about. */
const idOf = (kind, path) => `${kind}-${path.replaceAll(".", "-")}`;

/**
 * @param schema the JSON Schema of presets.
 * @param change see `field`.
 */
export function form(page, schema, change) {
  const place = element("div", { class: "form" });
  let shape = "";
  let fields = [];
  const opened = new Map(); // by path, what a person has opened or closed

  /** The paths that a text makes: where they change, the form is built again. */
  function outline(values) {
    const parts = [];
    const walk = (value, path) => {
      if (!isMap(value)) return;
      for (const [key, one] of Object.entries(value)) {
        parts.push(`${path}.${key}${key === "kind" ? `=${one}` : isMap(one) ? "{" : ""}`);
        walk(one, `${path}.${key}`);
      }
    };
    walk(values, "");
    return parts.join("\n");
  }

  function build(values) {
    fields = [];
    const focused = document.activeElement?.id;
    place.replaceChildren();
    const simple = element("div", { class: "fields" });
    const rest = element("div", { class: "fields" });
    const parts = new Map();
    for (const [key, node] of Object.entries(schema.properties)) {
      const value = values[key];
      const found = { ...resolved(schema, node, value, key), required: schema.required?.includes(key) };
      if (control(found).kind === "map") parts.set(key, part(key, key, found, value, 1));
      else add(FIRST.includes(key) ? simple : rest, key, found, value);
    }
    const order = [...ORDER.filter((key) => parts.has(key)), ...[...parts.keys()].filter((key) => !ORDER.includes(key))];
    const more = element("details", { class: "part depth-1" }, element("summary", {}, page.words("piece.more")), rest);
    more.open = opened.get("") ?? false;
    more.addEventListener("toggle", () => opened.set("", more.open));
    place.append(simple, ...order.map((key) => parts.get(key)), more);
    if (focused) refocus(focused);
  }

  /** The focus of the keyboard goes where it was; when that is gone, to the nearest part around it. */
  function refocus(id) {
    let near = document.getElementById(id);
    for (let path = id.replace(/^[a-z]+-/, ""); !near && path.includes("-");) {
      path = path.slice(0, path.lastIndexOf("-"));
      near = document.getElementById(`part-${path}`);
    }
    near?.focus();
  }

  function add(into, path, node, value) {
    const made = field(page, path, node, change);
    made.put(value);
    fields.push([path, made]);
    into.append(made.element);
  }

  /** A map: its values, one below the other, and what may be added. */
  function part(path, title, node, value, depth) {
    const details = element("details", { class: `part depth-${depth}` }, element("summary", { id: idOf("part", path) }, title));
    details.open = opened.get(path) ?? (depth === 1 ? OPEN.has(path) : depth === 2);
    details.addEventListener("toggle", () => opened.set(path, details.open));
    if (node.description) details.append(element("p", { class: "soft help" }, node.description));
    const rows = element("div", { class: "fields" });
    details.append(rows);
    const entries = isMap(value) ? value : {};
    const own = node.properties && !isMap(node.additionalProperties) && node.propertyNames === undefined;
    const keys = [...new Set([...(own ? Object.keys(node.properties) : []), ...Object.keys(entries)])];
    for (const key of keys) {
      const found = child(schema, node, key, entries[key]) ?? {};
      const where = `${path}.${key}`;
      if (control(found).kind === "map" && depth < DEEPEST) details.append(part(where, key, found, entries[key], depth + 1));
      else if (key !== "kind" || entries[key] !== undefined) add(rows, where, found, entries[key]);
    }
    if (!own) {
      details.append(adder(path, node, entries));
      for (const [key, inner] of [...details.querySelectorAll(":scope > details")].map((one) => [one.querySelector("summary").textContent, one])) {
        if (key in entries) inner.append(button(page.words("piece.remove", { name: key }), () => change(`${path}.${key}`, undefined), { class: "remove", id: idOf("remove", `${path}.${key}`) }));
      }
    }
    return details;
  }

  /** Adds an entry with a name of one's own, or one of the kinds that there are. */
  function adder(path, node, entries) {
    const kinds = Object.keys(node.properties ?? {}).filter((kind) => !(kind in entries));
    const numbers = (node.propertyNames?.enum ?? []).filter((one) => !(one in entries));
    const choices = kinds.length ? kinds : numbers;
    const name = choices.length
      ? element("select", { "aria-label": page.words("piece.which") }, ...choices.map((one) => element("option", {}, one)))
      : element("input", { type: "text", "aria-label": page.words("piece.name"), placeholder: page.words("piece.name"), autocomplete: "off", spellcheck: "false" });
    const target = path === "outputs" ? element("select", { "aria-label": page.words("piece.to") }, ...targets().map((one) => element("option", {}, one)), element("option", { value: "" }, page.words("piece.to.none"))) : null;
    const scalarNode = isMap(node.additionalProperties) && control(resolved(schema, node.additionalProperties, undefined)).kind !== "map";
    const value = () => (target ? (target.value ? `{to: ${target.value}}` : "{range: [0, 1]}") : scalarNode ? scalar("0") : "{}");
    const act = button(page.words("piece.add"), () => name.value.trim() && change(`${path}.${name.value.trim()}`, value()), { id: idOf("add", path) });
    return element("div", { class: "row adder" }, name, ...(target ? [target] : []), act);
  }

  function targets() {
    const { to } = schema.$defs.OutputEntry.properties;
    return to.anyOf?.[0]?.enum ?? [];
  }

  return {
    element: place,
    put(values, may) {
      if (!isMap(values)) return;
      const now = outline(values);
      if (now !== shape) build(values);
      shape = now;
      for (const [path, one] of fields) {
        one.put(path.split(".").reduce((inside, key) => (isMap(inside) ? inside[key] : undefined), values));
        one.enable(may);
      }
    },
  };
}
