// How good the mapping is, and what to record next, as the program tells it.

import { button, element, setText } from "../elements.js";
import { PoseDrawing } from "./pose_drawing.js";

export function judgement(page) {
  const { words } = page;
  const summary = element("p", {});
  const table = element("table", {});
  const remarks = element("ul", { class: "remarks" });
  const advice = element("p", {});
  const pose = new PoseDrawing(words("map.advised"));
  const evaluate = button(words("map.evaluate"), () => ask(page.commandToEnd("evaluate")));
  const advise = button(words("map.advise"), () => ask(page.command("advise")));
  const place = element("div", { class: "judgement" },
    element("section", { class: "card" }, element("h3", {}, words("map.how-good")), summary, table, remarks, evaluate),
    element("section", { class: "card" }, element("h3", {}, words("map.next")), advice, pose.element, advise),
  );
  let evaluating = false;

  async function ask(answer) {
    await answer;
    load();
  }

  async function load() {
    try {
      const found = await page.ask("judgement");
      evaluating = found.evaluating;
      draw(found);
    } catch {
      // The connection says by itself that it is lost.
    }
  }

  function draw({ evaluation, advice: advised }) {
    setText(summary, evaluating ? words("map.evaluating") : evaluation?.summary ?? words("map.not-evaluated"));
    table.replaceChildren();
    const outputs = (evaluation?.outputs ?? []).filter((one) => one.error !== null);
    table.hidden = !outputs.length;
    if (outputs.length) {
      table.append(element("caption", {}, words("map.errors")));
      for (const one of outputs) {
        table.append(element("tr", {},
          element("th", { scope: "row" }, one.name),
          element("td", {}, `±${Number(one.error.toPrecision(2))} ${one.unit}`),
          element("td", {}, `${Math.round(100 * one.error_of_range)} %`)));
      }
    }
    const sentences = evaluation ? [...evaluation.alike, ...evaluation.too_few, ...evaluation.notes] : [];
    remarks.replaceChildren(...sentences.map((one) => element("li", {}, one)));
    setText(advice, advised?.text ?? words("map.no-advice"));
    if (advised?.landmarks.length) pose.put(advised.landmarks.flatMap(([x, y, sure]) => [x, y, 0, sure]), advised.width, advised.height, advised.words);
    else pose.clear();
  }

  return {
    element: place,
    load,
    show(_status, may) {
      evaluate.disabled = !may || evaluating;
      advise.disabled = !may;
    },
  };
}
