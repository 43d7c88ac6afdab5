// Reads the JSON Schema of presets: what a value may be, and which control that makes. Pure.

const LOG_RATIO = 20; // a range of so many times is moved by equal ratios

/** The schema of one place in a preset, with references followed and the branch for its value chosen. */
export function resolved(root, node, value, name = "") {
  if (!node) return {};
  if (node.$ref) return resolved(root, { ...node, $ref: undefined, ...root.$defs[node.$ref.split("/").pop()], ...ownWords(node) }, value, name);
  if (node.if) return resolved(root, { ...((isMap(value) && "kind" in value) || !node.else ? node.then : node.else), ...ownWords(node) }, value, name);
  if (node.allOf && isMap(value)) {
    const branch = node.allOf.find((one) => one.if?.properties?.kind?.const === value.kind);
    if (branch) return resolved(root, branch.then, value, name);
  }
  if (node.anyOf) {
    const choices = node.anyOf.map((one) => resolved(root, one, value, name));
    const map = choices.find((one) => one.properties || one.patternProperties);
    if (map && (isMap(value) || !choices.some(isScalar))) return { ...map, ...ownWords(node) };
    return { ...node, anyOf: choices };
  }
  return node;
}

function ownWords({ description, title, default: usual }) {
  return Object.fromEntries(Object.entries({ description, title, default: usual }).filter(([, one]) => one !== undefined));
}

function isScalar(node) {
  return ["string", "number", "integer", "boolean"].includes(node.type) || Boolean(node.enum) || Boolean(node.pattern) || Boolean(node.anyOf);
}

export function isMap(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** The schema of a key below a resolved one; undefined where it may not be there. */
export function child(root, node, key, value) {
  const found = node.properties?.[key]
    ?? Object.entries(node.patternProperties ?? {}).find(([pattern]) => new RegExp(pattern).test(key))?.[1]
    ?? (isMap(node.additionalProperties) ? node.additionalProperties : undefined);
  return found && resolved(root, found, value, key);
}

/** The leaves of a schema with alternatives. */
function leaves(node) {
  return node.anyOf ? node.anyOf.flatMap(leaves) : [node];
}

/**
 * What a value is changed with: `{kind: "choice", choices}`, `{kind: "switch"}`, `{kind: "number", low, high, log}`,
 * `{kind: "map"}` or `{kind: "text"}`.
 */
export function control(node) {
  const all = leaves(node);
  if (node.properties || node.patternProperties || isMap(node.additionalProperties)) return { kind: "map" };
  if (all.some((one) => one.type === "boolean")) return { kind: "switch" };
  const choices = all.flatMap((one) => one.enum ?? (one.const !== undefined ? [one.const] : []));
  const number = all.find((one) => (one.type === "number" || one.type === "integer") && one.minimum !== undefined && one.maximum !== undefined);
  if (number) {
    const { minimum: low, maximum: high } = number;
    return { kind: "number", low, high, log: low > 0 && high / low >= LOG_RATIO, whole: number.type === "integer" };
  }
  const free = all.some((one) => !one.enum && one.const === undefined && one.type !== "null");
  return choices.length && !free ? { kind: "choice", choices } : choices.length ? { kind: "text", choices } : { kind: "text" };
}

/** A value as YAML on one line, as it is shown and sent. Scalars of the report are texts already. */
export function oneLine(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return `[${value.map(inner).join(", ")}]`;
  if (isMap(value)) return `{${Object.entries(value).map(([key, one]) => `${key}: ${inner(one)}`).join(", ")}}`;
  return String(value);
}

function inner(value) {
  const text = oneLine(value);
  return typeof value === "string" && /[,[\]{}:#]|^\s|\s$|^$/.test(text) ? JSON.stringify(text) : text;
}

/** A scalar that a person wrote, as YAML: quoted where it would be read as something else. */
export function scalar(text) {
  return /^[\w.+-][^#:,[\]{}&*!|>'"%@`]*$/.test(text) && !/\s$/.test(text) ? text : JSON.stringify(text);
}

/** The number at the beginning of a text such as `80 ms`, and the rest of it; null without one. */
export function quantity(text) {
  const match = /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([A-Za-z%/]*)\s*$/.exec(String(text));
  return match ? { value: Number(match[1]), unit: match[2] } : null;
}

/** Thousandths of a second for `ms` and so on: how many base units one of a unit is. */
export const UNITS = { ms: 0.001, s: 1, min: 60, kHz: 1000, Hz: 1 };
