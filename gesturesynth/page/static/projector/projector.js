// The stage view: the words of the piece for a projector, full screen, dark, and nothing else.

import { Connection } from "../connection.js";
import { setAttribute, setText } from "../elements.js";
import { Store } from "../store.js";
import { loadWords } from "../words.js";
import { fitType } from "./fitting.js";
import { Shadow } from "./shadow.js";

const AWAKE_MS = 4000; // the buttons and the pointer are seen for so long after the pointer has moved
const SILENT_MS = 4000; // four messages a second come from a conductor that runs

const texts = loadWords();
const store = new Store();
const connection = new Connection(store);
connection.watch(["words"]);
connection.open();
const { words, language } = await texts;
document.documentElement.lang = language;
document.title = words("projector.title");

const [lines, bar, note, full, bodies, shadowPlace] = ["lines", "bar", "note", "full-button", "bodies-button", "shadow"].map(
  (id) => document.getElementById(id),
);
setText(full, words("projector.full"));
setText(bodies, words("projector.bodies"));

// --------------------------------------------------------------------------------------------------------------- words
let shown = null; // the number of the line that is to be read

store.on("words", (message) => {
  setText(document.getElementById("name"), message.preset);
  document.documentElement.style.setProperty("--fade", `${Math.max(message.fade_s, 0)}s`);
  // A conductor that was started again counts from the beginning, with other lines.
  const key = `${message.number} ${message.text}`;
  if (key !== shown) show(message);
  shown = key;
  judge();
});

/** The line that was there goes, then the other comes: two lines over each other cannot be read. */
function show({ text, cause, fade_s: fade }) {
  for (const former of lines.children) {
    former.classList.remove("shown");
    setTimeout(() => former.remove(), fade * 500);
  }
  if (!text) return;
  const line = document.createElement("p");
  line.dir = "auto";
  line.textContent = text;
  line.classList.toggle("idle", cause === "idle");
  lines.append(line);
  fitType(line);
  void line.offsetWidth; // so that the transition begins from where it is
  line.classList.add("shown");
}

addEventListener("resize", () => [...lines.children].forEach(fitType));
document.fonts.ready.then(() => [...lines.children].forEach(fitType));

// ----------------------------------------------------------------------------------------------------- what is missing
/** One sentence for staff, small, where there is nothing else to be seen for long. */
function judge() {
  const message = store.get("words");
  let text = "";
  if (connection.state === "unpaired") text = words("projector.unpaired");
  else if (connection.state === "lost" || store.age("words") > SILENT_MS) text = words("projector.silent");
  else if (message && !message.spoken) text = words("projector.nothing", { piece: message.preset });
  setText(note, text);
  bar.classList.toggle("told", Boolean(text));
}

const begun = performance.now();
setInterval(() => performance.now() - begun > SILENT_MS && judge(), 1000);
connection.onchange = judge;

// ------------------------------------------------------------------------------------------ full screen, bodies, light
let asleep = 0;

function wake() {
  document.body.classList.add("awake");
  clearTimeout(asleep);
  asleep = setTimeout(() => document.body.classList.remove("awake"), AWAKE_MS);
}

for (const event of ["pointermove", "pointerdown", "keydown"]) addEventListener(event, wake);
wake();

function turnFull() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {}); // a browser may refuse it
}

let shadow = null;

function turnBodies(on) {
  shadow ??= on ? new Shadow(shadowPlace, store) : null;
  shadowPlace.hidden = !on;
  setAttribute(bodies, "aria-pressed", on);
  history.replaceState(null, "", on ? "#bodies" : location.pathname);
  connection.watch(on ? ["words", "pose", "played"] : ["words"]);
}

full.addEventListener("click", turnFull);
bodies.addEventListener("click", () => turnBodies(shadowPlace.hidden));
document.querySelector("main").addEventListener("dblclick", turnFull);
addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey }) => {
  if (ctrlKey || metaKey || altKey) return;
  if (key === "f") turnFull();
  if (key === "b") turnBodies(shadowPlace.hidden);
});
if (location.hash === "#bodies") turnBodies(true);

/** The screen stays on; a lock ends whenever the page is not to be seen. */
async function stayLit() {
  if (document.hidden || !navigator.wakeLock) return;
  await navigator.wakeLock.request("screen").catch(() => {}); // refused where the battery is low
}

document.addEventListener("visibilitychange", stayLit);
stayLit();
