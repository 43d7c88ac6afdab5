// The tab with the map of all examples: where the live pose lies among them, how good the mapping is, what to record next.

import { element, setText } from "../elements.js";
import { ExampleMap } from "../map/example_map.js";
import { judgement } from "../map/judgement.js";
import { PoseDrawing } from "../map/pose_drawing.js";

const PAUSE_MS = 400;

export const map = { name: "map", topics: ["conductor", "place"], mount };

function mount(place, page) {
  const { words } = page;
  const colours = element("select", { "aria-label": words("map.colours") });
  const caption = element("p", { class: "soft" });
  const pose = new PoseDrawing(words("map.pose"));
  const drawn = new ExampleMap(page, choosePoint);
  const judged = judgement(page);
  colours.addEventListener("change", () => drawn.colourBy(colours.value));
  place.append(
    element("div", { class: "map-side" },
      element("div", { class: "row" }, element("label", {}, words("map.colours"), " ", colours)),
      drawn.element, caption),
    element("div", { class: "judged" }, pose.element, judged.element),
  );
  let seen = "";
  let timer = 0;

  /** Asks for the map in a moment; several wishes are one question. */
  function wish() {
    timer ||= setTimeout(load, PAUSE_MS);
  }

  async function load() {
    timer = 0;
    const answer = await page.request("map");
    judged.load();
    if (!answer.ok) {
      drawn.put(null);
      setText(caption, answer.text);
      return;
    }
    const report = answer.report;
    drawn.put(report);
    setText(caption, words("map.caption", { n: report.examples, part: Math.round(100 * (report.spread[0] + report.spread[1])) }));
    const names = ["", ...Object.keys(report.outputs)];
    if (colours.dataset.names !== names.join("\n")) {
      colours.dataset.names = names.join("\n");
      colours.replaceChildren(...names.map((name) => element("option", { value: name }, name || words("map.targets"))));
    }
    drawn.colourBy(colours.value);
  }

  async function choosePoint(row, take) {
    pose.clear();
    const answer = await page.request("map-pose", row);
    if (!answer.ok) {
      pose.say(answer.text);
      return;
    }
    const { width, height, pose: landmarks } = answer.report;
    pose.put(landmarks.flatMap(([x, y, sure]) => [x, y, 0, sure]), width, height, words("map.of-take", { take }));
  }

  page.store.on("conductor", (status) => {
    judged.show(status, page.role() === "teach");
    const now = JSON.stringify([status.preset, status.scene, status.model, status.training, status.session.trained]);
    if (now === seen || status.training) return;
    seen = now;
    wish();
  });
  page.store.on("place", (where) => {
    if (!drawn.follow(where)) wish(); // it belongs to another map: that one is asked for
  });
}

