// What is heard, as a scrolling picture: time to the right, low to high upwards, loud is strong.

import { Drawing, element, style } from "./elements.js";

const BANDS = 64;
const COLUMNS = 300; // 15 s at 20 a second
const LOWEST_HZ = 30;
const HIGHEST_HZ = 16000;
const MARKS_HZ = [100, 1000, 10000];
const QUIET_HALF_DB = 200; // -100 dBFS and below: the colour of silence
const LOUD_HALF_DB = 40; // -20 dBFS in one band of a seventh of an octave is much
const CALM = matchMedia("(prefers-reduced-motion: reduce)");

/** Makes the spectrogram in a new element. `close()` ends it. */
export class Spectrogram {
  #columns = new Uint8Array(COLUMNS * BANDS);
  #at = 0;
  #picture = element("canvas", { width: COLUMNS, height: BANDS });
  #colours = null;
  #off;

  constructor(page) {
    this.canvas = element("canvas", { role: "img", "aria-label": page.words("spectrogram.label") });
    this.element = element("div", { class: "spectrogram" }, this.canvas);
    this.drawing = new Drawing(this.canvas, (...all) => this.#draw(...all));
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => this.#recolour());
    this.#off = page.store.on("spectrum", ({ levels }) => this.#take(levels));
  }

  close() {
    this.#off();
  }

  #take(levels) {
    this.#columns.set(levels, this.#at * BANDS);
    this.#paint(this.#at);
    this.#at = (this.#at + 1) % COLUMNS;
    this.drawing.redraw();
  }

  /** Paints one column of the picture from its levels. */
  #paint(at) {
    this.#colours ??= gradient(["--quiet", "--middle", "--loud"]);
    const context = this.#picture.getContext("2d");
    const column = context.createImageData(1, BANDS);
    for (let band = 0; band < BANDS; band++) {
      const level = this.#columns[at * BANDS + band];
      const part = Math.min(Math.max((QUIET_HALF_DB - level) / (QUIET_HALF_DB - LOUD_HALF_DB), 0), 1);
      column.data.set(this.#colours.subarray(4 * Math.round(255 * part), 4 * Math.round(255 * part) + 4), 4 * (BANDS - 1 - band));
    }
    context.putImageData(column, at, 0);
  }

  #recolour() {
    this.#colours = null;
    for (let at = 0; at < COLUMNS; at++) this.#paint(at);
    this.drawing.redraw();
  }

  #draw(context, width, height) {
    context.clearRect(0, 0, width, height);
    const step = width / COLUMNS;
    const older = COLUMNS - this.#at;
    if (CALM.matches) {
      // Nothing moves but the place that is written to.
      context.drawImage(this.#picture, 0, 0, width, height);
      context.fillStyle = style("--text");
      context.fillRect(this.#at * step, 0, 1, height);
    } else {
      context.drawImage(this.#picture, this.#at, 0, older, BANDS, 0, 0, older * step, height);
      if (this.#at) context.drawImage(this.#picture, 0, 0, this.#at, BANDS, older * step, 0, this.#at * step, height);
    }
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (const hz of MARKS_HZ) {
      const y = height * (1 - Math.log(hz / LOWEST_HZ) / Math.log(HIGHEST_HZ / LOWEST_HZ));
      const text = hz >= 1000 ? `${hz / 1000} kHz` : `${hz} Hz`;
      const room = context.measureText(text).width;
      context.fillStyle = style("--card");
      context.fillRect(0, y - 7, room + 8, 14);
      context.fillStyle = style("--text");
      context.fillText(text, 4, y);
    }
  }
}

/** 256 colours (RGBA) between the CSS variables. */
function gradient(names) {
  const canvas = element("canvas", { width: 256, height: 1 });
  const context = canvas.getContext("2d");
  const colours = context.createLinearGradient(0, 0, 256, 0);
  names.forEach((name, n) => colours.addColorStop(n / (names.length - 1), style(name)));
  context.fillStyle = colours;
  context.fillRect(0, 0, 256, 1);
  return context.getImageData(0, 0, 256, 1).data;
}
