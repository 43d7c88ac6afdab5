// What a device shows that is not paired yet: a place for the code.

import { element, setText } from "./elements.js";

/** Shows the form, or hides it. `pair(code)` returns a sentence why not, or nothing. */
export class PairingForm {
  #busy = false;

  constructor(place, words, pair) {
    this.place = place;
    this.note = element("p", { class: "bad", role: "alert" });
    this.input = element("input", {
      id: "code", inputmode: "numeric", autocomplete: "one-time-code", maxlength: "7", pattern: "[0-9 ]*", "aria-describedby": "pair-how",
    });
    const form = element("form", { class: "pairing card" },
      element("h2", {}, words("pair.title")),
      element("p", { id: "pair-how" }, words("pair.how")),
      element("label", { for: "code" }, words("pair.code")),
      this.input,
      element("button", { class: "primary" }, words("pair.button")),
      this.note,
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await this.#send(pair);
    });
    place.append(form);
    place.hidden = true;
  }

  show(shown, code = "") {
    if (this.place.hidden === !shown) return;
    this.place.hidden = !shown;
    if (!shown) return;
    this.input.value = code;
    if (code) this.place.querySelector("form").requestSubmit();
    else this.input.focus();
  }

  async #send(pair) {
    const digits = this.input.value.replace(/\D/g, "");
    if (this.#busy || !digits) return;
    this.#busy = true;
    setText(this.note, await pair(digits));
    this.#busy = false;
  }
}
