// What takes can be recorded for, as tiles: a tap chooses it, and a snapshot is heard.

import { button, element, setAttribute, setText } from "../elements.js";
import { shown } from "../numbers.js";

const COMMANDS = { snapshot: (name) => ["select", Number(name)], class: (name) => ["label", name], gesture: (name) => ["label", name] };
const KINDS = ["snapshot", "class", "gesture"];

export function targetTiles(page) {
  const { words } = page;
  const place = element("div", { class: "targets" });
  let drawn = "";
  let tiles = new Map(); // by kind and name
  const scenes = sceneButtons(page);

  /** The tiles of these targets; those that were there stay, with the focus that one of them may have. */
  function build(targets) {
    const focused = document.activeElement;
    tiles = new Map(targets.map((target) => [keyOf(target), tiles.get(keyOf(target)) ?? tile(target)]));
    place.replaceChildren(scenes.element);
    for (const kind of KINDS) {
      const some = targets.filter((target) => target.kind === kind);
      if (!some.length) continue;
      const made = some.map((target) => tiles.get(keyOf(target)).made);
      const group = element("div", { class: "tiles", role: "group", "aria-label": words(`teach.kind.${kind}`) }, ...made);
      place.append(element("h3", {}, words(`teach.kind.${kind}`)), group);
    }
    if (!targets.length) place.append(element("p", { class: "soft" }, words("teach.nothing")));
    if (place.contains(focused)) focused.focus();
  }

  function tile(target) {
    const name = element("span", { class: "name" }, target.name);
    const sound = element("span", { class: "sound" });
    const count = element("span", { class: "count" });
    const made = element("button", { type: "button", class: "tile", "aria-pressed": "false" }, name, sound, count);
    made.addEventListener("click", () => page.command(...COMMANDS[target.kind](target.name)));
    return { made, sound, count };
  }

  return {
    element: place,
    show(status, may) {
      const { targets, session, outputs, gestures } = status;
      scenes.show(status, page.role() !== "look");
      const units = Object.fromEntries(outputs.map((output) => [output.name, output.unit]));
      const wanted = JSON.stringify(targets.map(keyOf));
      if (wanted !== drawn) build(targets);
      drawn = wanted;
      for (const target of targets) {
        const { made, sound, count } = tiles.get(keyOf(target));
        const takes = session.takes[target.name] ?? 0;
        const chosen = session.target === target.name && (session.target_kind === target.kind || target.kind === "snapshot");
        setAttribute(made, "aria-pressed", chosen);
        made.disabled = !may;
        made.classList.toggle("now", session.held === target.name || status.recognised === target.name);
        const gesture = gestures.find((one) => one.name === target.name);
        made.style.setProperty("--progress", target.kind === "gesture" && gesture?.followed ? gesture.progress : 0);
        setText(sound, Object.entries(target.values).map(([name, value]) => `${name} ${shown(value, units[name])}`).join(", "));
        setText(count, words(takes === 1 ? "teach.take" : "teach.takes", { n: takes }));
      }
    },
  };
}

function keyOf({ kind, name }) {
  return `${kind} ${name}`;
}

/** The scenes of the preset, one of which plays; what is taught is taught in that one. */
function sceneButtons(page) {
  const place = element("div", { class: "scenes row", role: "group", "aria-label": page.words("teach.scenes") });
  let drawn = "";
  return {
    element: place,
    show({ scenes = [], scene = "" }, may) {
      place.hidden = !scenes.length;
      if (scenes.join("\n") !== drawn) {
        drawn = scenes.join("\n");
        place.replaceChildren(element("h3", {}, page.words("teach.scenes")),
          ...scenes.map((name) => button(name, () => page.command("scene", name))));
      }
      for (const one of place.querySelectorAll("button")) {
        setAttribute(one, "aria-pressed", one.textContent === scene);
        one.disabled = !may;
      }
    },
  };
}
