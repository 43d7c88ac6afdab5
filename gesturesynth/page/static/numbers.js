// Numbers for people.

/** Three significant digits, as the live view has them: 440, 3.14, 0.052. */
export function shown(value, unit = "") {
  if (value === null || value === undefined) return "–";
  const text = Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
  return unit ? `${text.replace("-", "−")} ${unit}` : text.replace("-", "−");
}

/** Decibels with one digit. */
export function decibels(value) {
  return value <= -119 ? "−∞ dB" : `${value.toFixed(1).replace("-", "−")} dB`;
}
