// The beginning of the page: the texts, the connection, the tabs that are built, and what all of them share.

import { connection, store, texts } from "./begin.js";
import { element, setText } from "./elements.js";
import { keepFocus } from "./focus.js";
import { PairingForm } from "./pairing.js";
import { TABS } from "./tabs/all.js";

const WIDE = matchMedia("(min-width: 1000px)"); // two columns: the first tab, and one of the others

const { words, language } = await texts;
document.documentElement.lang = language;

/** What a tab gets; docs/architecture.md tells what tabs are. */
const page = {
  store,
  words,
  role: () => store.get("welcome")?.role ?? "look",
  say,
  /** Sends a command of the table; what is refused is said at the foot of the page. Returns its answer. */
  async command(name, ...values) {
    lastCommand = [name, values];
    return told(await connection.command(name, values));
  },
  /** Likewise for what takes long: returns the answer at its end. */
  async commandToEnd(name, ...values) {
    lastCommand = [name, values];
    const first = told(await connection.command(name, values, true));
    return first.ok && first.atEnd ? told(await first.atEnd) : first;
  },
  /** Asks the conductor about what was taught: changes nothing, and is not what a question of the session is about. */
  request: async (name, ...values) => told(await connection.command(name, values)),
  /** Asks the page's process; returns its report, or throws an Error with a sentence. */
  ask: (question, values = {}, patience) => connection.ask(question, values, patience),
};

let lastCommand = null;

function told(answer) {
  if (!answer.ok) say(answer.text, true);
  return answer;
}

// --------------------------------------------------------------------------------------------------- tabs and columns
const tabs = TABS.filter((tab) => tab.built !== false).map((tab) => {
  const panel = element("section", { class: `panel ${tab.name}`, id: `panel-${tab.name}`, role: "tabpanel", tabindex: "-1" });
  const button = element("button", { type: "button", role: "tab", id: `tab-${tab.name}`, "aria-controls": panel.id }, words(`tab.${tab.name}`));
  panel.setAttribute("aria-labelledby", button.id);
  button.addEventListener("click", () => select(tab.name));
  return { ...tab, panel, button, mounted: null };
});
const [first, ...others] = tabs;
const invitation = location.hash.match(/^#pair=(\d{6})$/)?.[1] ?? "";
if (invitation) history.replaceState(null, "", location.pathname);
let selected = location.hash.slice(1);
if (!tabs.some((tab) => tab.name === selected)) selected = first.name;

const list = document.getElementById("tabs");
list.setAttribute("aria-label", words("tabs"));
list.append(...tabs.map((tab) => tab.button));
list.hidden = tabs.length < 2;
document.getElementById("panels").append(...tabs.map((tab) => tab.panel));

list.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const choices = tabs.filter((tab) => !tab.button.hidden);
  const at = choices.findIndex((tab) => tab.name === selected);
  const next = choices[(at + step + choices.length) % choices.length];
  select(next.name);
  next.button.focus();
});

function select(name) {
  selected = name;
  history.replaceState(null, "", `#${name}`);
  arrange();
}

/** Shows the tabs that are to be seen, and watches what they draw. */
function arrange() {
  const columns = WIDE.matches && others.length > 0;
  if (columns && selected === first.name) selected = others[0].name;
  document.body.classList.toggle("columns", columns);
  const topics = new Set(["conductor"]);
  for (const tab of tabs) {
    const shown = tab.name === selected || (columns && tab === first);
    tab.button.hidden = columns && tab === first;
    tab.button.setAttribute("aria-selected", String(tab.name === selected));
    tab.button.tabIndex = tab.name === selected ? 0 : -1;
    tab.panel.hidden = !shown;
    if (shown && !tab.mounted) tab.mounted = tab.mount(tab.panel, page) ?? {};
    if (shown) tab.topics.forEach((topic) => topics.add(topic));
    tab.mounted?.[shown ? "shown" : "hidden"]?.();
  }
  // A page that is not to be seen needs nothing.
  connection.watch(document.hidden ? [] : [...topics]);
}

WIDE.addEventListener("change", arrange);
document.addEventListener("visibilitychange", arrange);
addEventListener("hashchange", () => {
  if (tabs.some((tab) => tab.name === location.hash.slice(1))) select(location.hash.slice(1));
});

// --------------------------------------------------------------------------------------------- head, foot, connection
const message = document.getElementById("message");
let saidAt = -Infinity;

/** Says a sentence at the foot of the page. */
function say(text, bad = false) {
  saidAt = performance.now();
  setText(message, text);
  message.classList.toggle("bad", bad);
}

let newest = "";
let shownQuestion = "";
store.on("conductor", ({ preset, session }) => {
  setText(document.getElementById("piece"), preset);
  document.title = preset ? `${preset} – Gesture Synth` : "Gesture Synth";
  const text = session.message;
  if (text !== newest && performance.now() - saidAt > 300) {
    setText(message, text);
    message.classList.toggle("bad", session.message_bad);
    newest = text;
  }
  showQuestion(session);
});

/** A command that cannot be undone asks first; the same command again means yes. */
function showQuestion({ asking, last_command: about, last_by: by }) {
  if (asking === shownQuestion) return;
  shownQuestion = asking;
  const place = document.getElementById("question");
  place.replaceChildren();
  if (!asking) return;
  if (page.role() !== "teach") {
    place.append(element("p", {}, asking));
    return;
  }
  // Another device, or a key, may have asked: then the newest command of this page is not the one that it is about.
  const repeated = by === store.get("welcome")?.sender && lastCommand?.[0] === about.split(" ")[0] ? lastCommand : null;
  const yes = element("button", { type: "button", class: "danger" }, words("yes"));
  yes.addEventListener("click", () => page.command(repeated[0], ...repeated[1]));
  const no = element("button", { type: "button" }, words("no"));
  no.addEventListener("click", () => page.command("cancel"));
  place.append(element("p", { role: "alert" }, asking), ...(repeated ? [yes] : []), no);
}

const pairing = new PairingForm(document.getElementById("pairing"), words, (code) => connection.pair(code));
const lost = document.getElementById("lost");
connection.onchange = (state) => {
  document.body.classList.toggle("disconnected", state !== "open");
  pairing.show(state === "unpaired", invitation);
  document.getElementById("panels").hidden = state === "unpaired";
  setText(lost, state === "open" ? "" : words(state === "connecting" ? "connecting" : state));
  lost.hidden = state === "open";
};
store.onsilence = (silent) => {
  if (!connection.isOpen) return;
  setText(lost, silent && !document.hidden ? words("silent") : "");
  lost.hidden = !silent || document.hidden;
};
// Both are older than this script.
connection.onchange(connection.state);
if (store.silent) store.onsilence(true);

arrange();
keepFocus(store);
