// The bodies behind the words, as an option: dim, and led smoothly from pose to pose.

import { Drawing } from "../elements.js";
import { drawBody, drawHand, placeFrame } from "../skeleton.js";

const GLIDE_MS = 40;
const OLD_MS = 1500;
const CALM = matchMedia("(prefers-reduced-motion: reduce)");

export class Shadow {
  #pose = null;
  #drawn = [];
  #last = 0;
  #drawing;

  constructor(canvas, store) {
    this.#drawing = new Drawing(canvas, (...all) => this.#draw(...all));
    store.on("pose", (pose) => {
      const before = this.#drawn;
      this.#pose = pose;
      this.#drawn = pose.bodies.map((body, n) => (!CALM.matches && before[n]) || Float32Array.from(body));
      this.#drawing.redraw();
    });
    setInterval(() => {
      if (!this.#drawn.length || store.age("pose") < OLD_MS) return;
      this.#drawn = [];
      this.#drawing.redraw();
    }, 500);
  }

  #draw(context, width, height, now) {
    context.clearRect(0, 0, width, height);
    if (!this.#pose || !this.#drawn.length) return;
    const { width: w, height: h, bodies, hands } = this.#pose;
    const frame = placeFrame(w || 4, h || 3, width, height);
    const part = CALM.matches ? 1 : 1 - Math.exp(-Math.min(now - this.#last, 100) / GLIDE_MS);
    this.#last = now;
    let moving = false;
    this.#drawn.forEach((drawn, n) => {
      for (let i = 0; i < drawn.length; i++) {
        const away = bodies[n][i] - drawn[i];
        moving ||= Math.abs(away) > 0.0005;
        drawn[i] += part * away;
      }
      drawBody(context, drawn, frame);
    });
    for (const hand of hands) drawHand(context, hand, frame);
    if (moving && !CALM.matches) this.#drawing.redraw();
  }
}
