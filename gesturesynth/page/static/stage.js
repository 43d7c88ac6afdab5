// The live picture: the newest pose on a canvas, led smoothly from one to the next at the rate of the screen.

import { Drawing, element, setText, style } from "./elements.js";
import { drawAbove, drawBody, drawHand, placeFrame } from "./skeleton.js";

const GLIDE_MS = 25; // a pose is followed with this time constant; poses are 33 ms apart
const STILL = 0.0005; // of the frame: nearer than this, nothing is left to draw
const OLD_MS = 1500;
const CALM = matchMedia("(prefers-reduced-motion: reduce)");

/** Makes the live picture in a new element. `close()` ends it. */
export class Stage {
  #store;
  #words;
  #pose = null;
  #drawn = [];
  #last = 0;
  #off;

  constructor(page) {
    this.#store = page.store;
    this.#words = page.words;
    this.canvas = element("canvas", { role: "img", "aria-label": page.words("stage.label") });
    this.note = element("p", { class: "note" });
    this.element = element("div", { class: "stage" }, this.canvas, this.note);
    this.drawing = new Drawing(this.canvas, (...all) => this.#draw(...all));
    this.#off = [page.store.on("pose", (pose) => this.#take(pose)), page.store.on("tracker", () => this.#say())];
    this.#timer = setInterval(() => this.#say(), 1000);
  }

  #timer;

  close() {
    clearInterval(this.#timer);
    for (const off of this.#off) off();
  }

  #take(pose) {
    this.#pose = pose;
    // A body follows the same person, also where the order of bodies has changed.
    const before = new Map(this.#drawn.map(({ key, points }) => [key, points]));
    this.#drawn = pose.bodies.map((body, n) => {
      const key = pose.persons[n] || `place ${n}`;
      return { key, person: pose.persons[n], points: (!CALM.matches && before.get(key)) || Float32Array.from(body) };
    });
    this.#say();
    this.drawing.redraw();
  }

  #say() {
    const tracker = this.#store.get("tracker");
    let text = "";
    if (tracker && tracker.state !== "live") text = tracker.detail || this.#words(`camera.${tracker.state}`);
    else if (tracker && tracker.detail) text = tracker.detail;
    else if (this.#store.age("pose") > OLD_MS) text = this.#words("stage.nothing");
    else if (tracker && tracker.view && tracker.view.code) text = this.#words(`view.${tracker.view.code}`);
    else if (this.#pose && !this.#pose.bodies.length) text = this.#words("stage.empty");
    setText(this.note, text);
    if (this.#store.age("pose") > OLD_MS && this.#drawn.length) {
      this.#drawn = [];
      this.drawing.redraw();
    }
  }

  #draw(context, width, height, now) {
    context.clearRect(0, 0, width, height);
    if (!this.#pose) return;
    const { width: w, height: h, bodies, hands } = this.#pose;
    const frame = placeFrame(w || 4, h || 3, width, height);
    context.fillStyle = style("--stage");
    context.fillRect(frame.left, frame.top, frame.width, frame.height);
    context.save();
    context.beginPath();
    context.rect(frame.left, frame.top, frame.width, frame.height);
    context.clip();
    const part = 1 - Math.exp(-Math.min(now - this.#last, 100) / GLIDE_MS);
    this.#last = now;
    let moving = false;
    const people = this.#store.get("conductor")?.people ?? [];
    this.#drawn.forEach(({ person, points: drawn }, n) => {
      const wanted = bodies[n];
      if (!wanted) return;
      for (let i = 0; i < drawn.length; i++) {
        const away = wanted[i] - drawn[i];
        moving ||= Math.abs(away) > STILL;
        drawn[i] += CALM.matches ? away : part * away;
      }
      drawBody(context, drawn, frame);
      const roles = people.length > 1 && people.find((one) => one.person === person)?.roles;
      if (roles) drawAbove(context, drawn, frame, roles.map((role) => this.#words(`role.${role}`)).join(", "));
    });
    for (const hand of hands) drawHand(context, hand, frame);
    context.restore();
    if (moving && !CALM.matches) this.drawing.redraw();
  }
}
