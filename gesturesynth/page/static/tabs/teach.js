// The tab for teaching: what takes are recorded for, recording, training, and the list of takes.

import { element } from "../elements.js";
import { watchKeys } from "../teach/keys.js";
import { recorder } from "../teach/recorder.js";
import { takeList } from "../teach/takes.js";
import { targetTiles } from "../teach/targets.js";

export const teach = { name: "teach", topics: ["conductor"], mount };

function mount(place, page) {
  const tiles = targetTiles(page);
  const recording = recorder(page);
  const takes = takeList(page);
  place.append(
    element("div", { class: "showing" }, tiles.element, recording.element),
    takes.element,
  );
  page.store.on("conductor", (status) => {
    const may = page.role() === "teach";
    tiles.show(status, may);
    recording.show(status, may);
    takes.show(status, may);
  });
  const keys = watchKeys(page);
  return { shown: () => keys.start(), hidden: () => keys.stop() };
}
