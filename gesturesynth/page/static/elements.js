// Small helpers for making and changing elements.

/** An element with attributes and children (elements or texts). An attribute that is false, null or undefined is left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** A button with a text that does something. */
export function button(text, act, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}

/** Changes a text, and nothing when it is the same: a screen reader would say it again. */
export function setText(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** Changes an attribute, and nothing when it is the same. */
export function setAttribute(place, name, value) {
  if (place.getAttribute(name) !== String(value)) place.setAttribute(name, value);
}

/** A canvas in the size of its place, in the pixels of the screen. Calls `draw(context, width, height)` in CSS pixels. */
export class Drawing {
  #draw;
  #wanted = false;

  constructor(canvas, draw) {
    this.canvas = canvas;
    this.#draw = draw;
    new ResizeObserver(() => this.redraw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  /** Draws at the next frame of the screen; several wishes in one frame are one drawing. */
  redraw() {
    if (this.#wanted) return;
    this.#wanted = true;
    requestAnimationFrame((now) => {
      this.#wanted = false;
      const { clientWidth: width, clientHeight: height } = this.canvas;
      if (!width || !height) return;
      const scale = Math.min(devicePixelRatio || 1, 2);
      const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
      if (this.canvas.width !== w || this.canvas.height !== h) Object.assign(this.canvas, { width: w, height: h });
      const context = this.canvas.getContext("2d");
      context.setTransform(scale, 0, 0, scale, 0, 0);
      this.#draw(context, width, height, now);
    });
  }
}

/** The value of a CSS variable, such as a colour. */
export function style(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
