// Recording with a countdown or for as long as a button is held, training, undo, and the other ways to teach.

import { button, element, setAttribute, setText } from "../elements.js";

/** Commands without a value, in the order of their buttons; those behind `more` are seldom wanted. */
const NEAR = ["undo", "redo", "save", "nudge", "grab", "play-along"];
const FAR = ["randomise", "audition", "hands-free", "evaluate", "advise", "delete-last", "clear"];
const SWITCHES = { audition: (session) => session.audition, "hands-free": (session) => session.hands_free !== "off" };

export function recorder(page) {
  const { words } = page;
  const count = element("p", { class: "count-down", role: "timer", "aria-live": "assertive" });
  const what = element("p", { class: "what" });
  const record = button("", () => page.command("record"), { class: "primary big" });
  const hold = holdButton(page);
  const cancel = button(words("teach.cancel"), () => page.command("cancel"));
  const train = button(words("teach.train"), () => page.command("train"), { class: "primary" });
  const model = element("p", { class: "soft model" });
  const others = Object.fromEntries([...NEAR, ...FAR].map((name) => [name, button(words(`teach.${name}`), () => page.command(name))]));
  for (const name of Object.keys(SWITCHES)) others[name].setAttribute("aria-pressed", "false");
  const more = element("details", {}, element("summary", {}, words("teach.more")), element("div", { class: "grid" }, ...FAR.map((name) => others[name])));
  explain(page, { ...others, train, cancel, record });

  return {
    element: element("div", { class: "recorder card" },
      element("div", { class: "row" }, what, count),
      element("div", { class: "grid two" }, record, hold.element, train, cancel),
      model,
      element("div", { class: "grid" }, ...NEAR.map((name) => others[name])),
      more,
    ),
    show(status, may) {
      const { session } = status;
      const { phase, target } = session;
      const busy = phase !== "playing";
      setText(what, target ? words(`teach.for.${session.target_kind || "other"}`, { name: target }) : words("teach.choose"));
      setText(count, phase === "countdown" ? String(Math.ceil(session.countdown_s)) : phase === "recording" ? words("teach.left", { s: session.take_left_s.toFixed(1) }) : "");
      setAttribute(count, "aria-live", phase === "recording" ? "off" : "assertive"); // not ten times a second
      count.classList.toggle("recording", phase === "recording");
      setText(record, words(phase === "recording" ? "teach.keep" : phase === "countdown" ? "teach.call-off" : "teach.record"));
      record.disabled = !may || (!target && !busy);
      hold.show(!may || phase === "countdown" || (phase === "recording" && !session.take_held) || (!target && !busy));
      cancel.disabled = !may || !(busy || session.training || session.played_take || session.asking);
      train.disabled = !may || busy;
      setText(train, words(session.training ? "teach.training" : "teach.train"));
      setText(model, session.model_error || [status.model, status.model_note].filter(Boolean).join(". "));
      model.classList.toggle("bad", Boolean(session.model_error));
      for (const [name, one] of Object.entries(others)) {
        one.disabled = !may || (busy && !["audition", "hands-free"].includes(name));
        if (SWITCHES[name]) setAttribute(one, "aria-pressed", SWITCHES[name](session));
      }
      others.undo.disabled ||= !session.can_undo;
      others.redo.disabled ||= !session.can_redo;
    },
  };
}

/** Records while it is down, by finger, mouse or the space bar. What is let go outside of it is let go, too. */
function holdButton(page) {
  const made = element("button", { type: "button", class: "big hold", "aria-pressed": "false" }, page.words("teach.hold"));
  let down = false;
  const press = () => {
    if (down || made.disabled) return;
    down = true;
    setAttribute(made, "aria-pressed", true);
    page.command("hold", true);
  };
  const release = () => {
    if (!down) return;
    down = false;
    setAttribute(made, "aria-pressed", false);
    page.command("hold", false);
  };
  made.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    made.setPointerCapture(event.pointerId);
    press();
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) made.addEventListener(end, release);
  made.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) press();
  });
  made.addEventListener("keyup", (event) => (event.key === " " || event.key === "Enter") && release());
  made.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch is a hold
  document.addEventListener("visibilitychange", () => document.hidden && release());
  return {
    element: made,
    show(disabled) {
      if (!down) made.disabled = disabled;
    },
  };
}

/** What each button does and its key, from the table of commands, as its title. */
async function explain(page, buttons) {
  try {
    for (const command of await page.ask("commands")) {
      const one = buttons[command.name];
      if (one) one.title = command.keys.length ? `${command.help} (${command.keys.join(", ")})` : command.help;
    }
  } catch {
    // Titles are a help, not a need; the connection says by itself that it is lost.
  }
}
