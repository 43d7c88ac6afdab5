// Draws the map: confidence as shading, examples as points, the live pose as a dot with a trail.

import { Drawing, element, style } from "../elements.js";

const TRAIL = 60; // places, three seconds
const NEAR_PX = 24; // a tap chooses the nearest point within
const MARGIN = 14;
/** Colours that differ in brightness too, for eyes that tell few colours apart; beginning with the first target. */
const TARGET_COLOURS = ["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195", "#8c6d31", "#6b6b6b"];
const LOW = [44, 62, 140];
const HIGH = [240, 170, 40];

export class ExampleMap {
  #report = null;
  #trail = [];
  #output = "";
  #order = [];
  #at = -1; // the point that the keys have chosen
  #shading = null;

  /** @param choose called with the row and the take of a point that is tapped. */
  constructor(page, choose) {
    this.canvas = element("canvas", { role: "img", tabindex: "0", "aria-label": page.words("map.label") });
    this.legend = element("ul", { class: "legend" });
    this.element = element("div", { class: "example-map" }, this.canvas, this.legend);
    this.drawing = new Drawing(this.canvas, (...all) => this.#draw(...all));
    this.choose = choose;
    this.canvas.addEventListener("click", (event) => this.#tapped(event));
    this.canvas.addEventListener("keydown", (event) => this.#stepped(event));
  }

  put(report) {
    this.#report = report;
    this.#trail = [];
    this.#at = -1;
    this.#shading = report && shading(report);
    this.#order = report ? [...new Set(report.targets)].sort() : [];
    this.drawing.redraw();
  }

  /** Colours points by the value of an output; an empty name by what they are for. */
  colourBy(output) {
    this.#output = output;
    const report = this.#report;
    this.legend.replaceChildren();
    if (report && !output) {
      this.#order.forEach((target, n) => this.legend.append(element("li", {}, dot(targetColour(n)), target || "·")));
    } else if (report?.outputs[output]) {
      const values = report.outputs[output].filter((value) => value !== null);
      const unit = report.units[output];
      for (const [value, part] of [[Math.min(...values), 0], [Math.max(...values), 1]]) {
        this.legend.append(element("li", {}, dot(mixed(part)), `${Number(value.toPrecision(3))} ${unit}`));
      }
    }
    this.drawing.redraw();
  }

  /** The live pose; returns whether it belongs to this map. */
  follow(where) {
    if (!this.#report || where.number !== this.#report.number) return false;
    this.#trail.push(where);
    if (this.#trail.length > TRAIL) this.#trail.shift();
    this.drawing.redraw();
    return true;
  }

  #frame(width, height) {
    const { low, high } = this.#report;
    const scale = Math.min((width - 2 * MARGIN) / (high[0] - low[0] || 1), (height - 2 * MARGIN) / (high[1] - low[1] || 1));
    const left = (width - scale * (high[0] - low[0])) / 2;
    const bottom = (height + scale * (high[1] - low[1])) / 2;
    return { x: (x) => left + (x - low[0]) * scale, y: (y) => bottom - (y - low[1]) * scale };
  }

  #colour(n) {
    const values = this.#report.outputs[this.#output];
    if (!values) return targetColour(this.#order.indexOf(this.#report.targets[n]));
    if (values[n] === null) return style("--soft");
    const known = values.filter((value) => value !== null);
    const [least, most] = [Math.min(...known), Math.max(...known)];
    return mixed((values[n] - least) / (most - least || 1));
  }

  #draw(context, width, height) {
    context.clearRect(0, 0, width, height);
    const report = this.#report;
    if (!report) return;
    const frame = this.#frame(width, height);
    context.imageSmoothingEnabled = true;
    if (this.#shading) {
      const [left, right] = [frame.x(report.low[0]), frame.x(report.high[0])];
      const [bottom, top] = [frame.y(report.low[1]), frame.y(report.high[1])];
      context.drawImage(this.#shading, left, top, right - left, bottom - top);
    }
    report.x.forEach((x, n) => {
      context.fillStyle = this.#colour(n);
      context.globalAlpha = 0.85;
      context.beginPath();
      context.arc(frame.x(x), frame.y(report.y[n]), n === this.#at ? 7 : 4, 0, 2 * Math.PI);
      context.fill();
    });
    this.#trail.forEach(({ x, y, present, confidence }, n) => {
      const last = n === this.#trail.length - 1;
      context.globalAlpha = last ? 1 : 0.35 * (n / TRAIL);
      context.strokeStyle = context.fillStyle = style("--text");
      context.lineWidth = 3;
      context.beginPath();
      context.arc(frame.x(x), frame.y(y), last ? 9 : 2.5, 0, 2 * Math.PI);
      if (!last || (present && confidence >= 0.5)) context.fill();
      else context.stroke();
    });
    context.globalAlpha = 1;
  }

  #tapped(event) {
    if (!this.#report) return;
    const frame = this.#frame(this.canvas.clientWidth, this.canvas.clientHeight);
    let [best, nearest] = [-1, NEAR_PX];
    this.#report.x.forEach((x, n) => {
      const away = Math.hypot(frame.x(x) - event.offsetX, frame.y(this.#report.y[n]) - event.offsetY);
      if (away < nearest) [best, nearest] = [n, away];
    });
    if (best >= 0) this.#choose(best);
  }

  #stepped(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const count = this.#report?.x.length;
    if (!step || !count) return;
    event.preventDefault();
    this.#choose((this.#at + step + count) % count);
  }

  #choose(n) {
    this.#at = n;
    this.drawing.redraw();
    this.choose(this.#report.rows[n], this.#report.takes[n]);
  }
}

function targetColour(n) {
  return TARGET_COLOURS[Math.max(n, 0) % TARGET_COLOURS.length];
}

function mixed(part) {
  return `rgb(${LOW.map((low, n) => Math.round(low + part * (HIGH[n] - low))).join(" ")})`;
}

function dot(colour) {
  const canvas = element("canvas", { width: 12, height: 12, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  context.fillStyle = colour;
  context.beginPath();
  context.arc(6, 6, 5, 0, 2 * Math.PI);
  context.fill();
  return canvas;
}

/** The shading as a small picture: the more confident, the more of the green of what is well. */
function shading({ confidence }) {
  const [height, width] = [confidence.length, confidence[0]?.length ?? 0];
  if (!width) return null;
  const canvas = element("canvas", { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  confidence.forEach((line, n) => line.forEach((value, m) => {
    const at = 4 * ((height - 1 - n) * width + m); // rows go upwards
    image.data.set([60, 150, 90, Math.round(150 * value)], at);
  }));
  context.putImageData(image, 0, 0);
  return canvas;
}
