// The tab for playing: the body, what it moves, what is heard, and the buttons that staff need.

import { button, element, setAttribute, setText } from "../elements.js";
import { decibels, shown } from "../numbers.js";
import { Spectrogram } from "../spectrogram.js";
import { Stage } from "../stage.js";

const FLOOR_DB = -60;
const FADER_MS = 50; // a fader sends at most twenty times a second

export const play = { name: "play", topics: ["pose", "played", "tracker", "conductor", "engine", "spectrum"], mount };

function mount(place, page) {
  const { store, words } = page;
  const name = element("h2", { class: "piece-name" });
  const about = element("p", { class: "about" });
  const line = element("p", { class: "spoken", dir: "auto" });
  const projector = element("a", { class: "projector", href: "stage", target: "_blank", title: words("projector.about") }, words("projector.link"));
  const state = element("p", { class: "state" });
  const stage = new Stage(page);
  const spectrogram = new Spectrogram(page);
  const outputs = element("ul", { class: "outputs", "aria-label": words("outputs") });
  const meter = levelMeter(words);
  const controls = buttons(page);
  place.append(
    stage.element,
    element("div", { class: "beside" }, element("div", { class: "headline" }, name, about, line, state, projector), controls.element, meter.element, outputs, spectrogram.element),
  );
  store.on("conductor", (status) => {
    setText(name, status.preset || "–");
    setText(about, status.about ?? "");
    setText(line, status.words ?? "");
    setText(state, stateText(status, words));
    state.classList.toggle("bad", Boolean(status.preset_error));
    showOutputs(outputs, status, words);
    controls.show(status.session);
  });
  store.on("engine", meter.show);
}

/** One line about what is unusual: an error of the preset, opening hours, a take that plays. */
function stateText(status, words) {
  const { session } = status;
  if (status.preset_error) return status.preset_error;
  if (session.panic) return words("state.panic");
  if (status.closed) return status.hours || words("state.closed");
  if (session.muted) return words("state.muted");
  if (session.played_take) return words("state.take", { take: session.played_take });
  if (session.held) return words("state.held", { what: session.held });
  if (!status.present) return words("state.idle");
  const playing = (status.voices ?? []).filter((voice) => voice.present).length || (status.people ?? []).length;
  if (playing > 1 && !status.recognised) return words("state.several", { count: playing });
  return status.recognised ? words("state.recognised", { name: status.recognised }) : words("state.playing");
}

/** The rows of outputs: of the only voice, or of each voice that is heard, under its name. */
function rowsOf(status, words) {
  const heard = (status.voices ?? []).filter((voice) => voice.share > 0);
  if (!heard.length) return status.outputs.map((output) => ({ label: output.name, output }));
  return heard.flatMap((voice) => [
    { heading: words(voice.person ? "voice.person" : "voice", { voice: voice.voice, person: voice.person }) },
    ...voice.outputs.map((output) => ({ label: output.name, output, voice: voice.voice })),
  ]);
}

/** The bars of outputs, kept as long as their names stay the same. */
function showOutputs(list, status, words) {
  const rows = rowsOf(status, words);
  const names = rows.map((row) => row.heading ?? `${row.voice ?? ""}/${row.label}`).join();
  if (list.dataset.names !== names) {
    list.dataset.names = names;
    list.replaceChildren(...rows.map(({ heading, label, voice }) => {
      if (heading) return element("li", { class: "voice" }, heading);
      const name = voice ? `${label}, ${words("voice", { voice })}` : label;
      return element("li", {},
        element("span", { class: "label" }, label),
        element("span", { class: "bar", role: "meter", "aria-label": name, "aria-valuemin": 0, "aria-valuemax": 1 }, element("i")),
        element("span", { class: "value" }),
      );
    }));
  }
  rows.forEach(({ heading, output }, n) => {
    if (heading) return;
    const [, bar, value] = list.children[n].children;
    const text = output.note ? `${output.note}  ${shown(output.value, output.unit)}` : shown(output.value, output.unit);
    setText(value, text);
    setAttribute(bar, "aria-valuenow", (output.position ?? 0).toFixed(2));
    setAttribute(bar, "aria-valuetext", text);
    bar.firstChild.style.setProperty("--part", Math.min(Math.max(output.position ?? 0, 0), 1));
    const off = status.session.off.run.includes(output.name);
    list.children[n].classList.toggle("off", off);
    list.children[n].title = off ? words("output.off") : "";
  });
}

function levelMeter(words) {
  const bar = element("span", { class: "bar level", role: "meter", "aria-label": words("level"), "aria-valuemin": FLOOR_DB, "aria-valuemax": 0 }, element("i"), element("b"));
  const value = element("span", { class: "value" });
  const unheard = element("p", { class: "state bad" });
  const part = (db) => Math.min(Math.max(1 - db / FLOOR_DB, 0), 1);
  return {
    element: element("div", { class: "meter" }, element("span", { class: "label" }, words("level")), bar, value, unheard),
    show(status) {
      bar.children[0].style.setProperty("--part", part(status.level_db));
      bar.children[1].style.setProperty("--part", part(status.peak_db));
      bar.classList.toggle("hot", status.peak_db > -3.5);
      setAttribute(bar, "aria-valuenow", Math.max(status.level_db, FLOOR_DB).toFixed(0));
      setText(value, decibels(status.level_db));
      setText(unheard, status.unheard);
    },
  };
}

function buttons(page) {
  const { words } = page;
  const send = (...all) => () => page.command(...all);
  const previous = button(words("previous"), send("previous"), { class: "wide" });
  const next = button(words("next"), send("next"), { class: "wide" });
  const mute = button(words("mute"), send("mute"), { "aria-pressed": "false" });
  let panicked = false;
  const panic = button(words("panic"), () => page.command(panicked ? "release" : "panic"), { class: "danger" });
  const volume = fader(page);
  const element_ = element("div", { class: "controls" }, previous, next, volume.element, mute, panic);
  return {
    element: element_,
    show(session) {
      const may = page.role() !== "look";
      for (const one of element_.querySelectorAll("button, input")) one.disabled = !may;
      panicked = session.panic;
      setText(panic, words(session.panic ? "release" : "panic"));
      const muted = session.muted && !session.panic;
      setAttribute(mute, "aria-pressed", muted);
      setText(mute, words(muted ? "unmute" : "mute"));
      volume.show(session.volume_db);
    },
  };
}

/** The volume: sent while it moves, and not moved by what comes back while a finger is on it. */
function fader(page) {
  const input = element("input", { type: "range", min: FLOOR_DB, max: 0, step: 0.5, id: "volume" });
  const value = element("output", { for: "volume" });
  let touched = -Infinity;
  let timer = 0;
  input.addEventListener("input", () => {
    touched = performance.now();
    setText(value, decibels(Number(input.value)));
    timer ||= setTimeout(() => {
      timer = 0;
      page.command("volume", Number(input.value));
    }, FADER_MS);
  });
  return {
    element: element("div", { class: "fader" }, element("label", { for: "volume" }, page.words("volume")), input, value),
    show(db) {
      if (performance.now() - touched < 600) return;
      if (Number(input.value) !== db) input.value = db;
      setAttribute(input, "aria-valuetext", decibels(db));
      setText(value, decibels(db));
    },
  };
}
