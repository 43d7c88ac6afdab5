// One skeleton in a small picture, with a line below it.

import { Drawing, element, setText } from "../elements.js";
import { drawBody, placeFrame } from "../skeleton.js";

export class PoseDrawing {
  #body = null;
  #size = [4, 3];

  constructor(label) {
    this.canvas = element("canvas", { role: "img", "aria-label": label });
    this.line = element("p", { class: "soft", "aria-live": "polite" });
    this.element = element("div", { class: "pose-drawing" }, this.canvas, this.line);
    this.element.hidden = true;
    this.drawing = new Drawing(this.canvas, (context, width, height) => {
      context.clearRect(0, 0, width, height);
      if (this.#body) drawBody(context, this.#body, placeFrame(...this.#size, width, height, 4));
    });
  }

  /** @param body 33 times x, y, z, visibility; fractions of a frame of this width and height. */
  put(body, width, height, text) {
    this.#body = body;
    this.#size = [width || 4, height || 3];
    this.say(text);
  }

  clear() {
    this.#body = null;
    this.say("");
  }

  say(text) {
    this.element.hidden = !this.#body && !text;
    this.canvas.hidden = !this.#body;
    setText(this.line, text);
    this.drawing.redraw();
  }
}
