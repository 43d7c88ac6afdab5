// The list of takes: a drawing of each (its mean pose, and how far each joint moved), and what can be done to it.

import { button, Drawing, element, setText, style } from "../elements.js";
import { drawBody, placeFrame } from "../skeleton.js";
import { takeFilm } from "./take_film.js";

const DRAWN = [11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]; // joints whose range of motion is drawn
const PAUSE_MS = 250;
const SETTLED_MS = 400;
const STEP_S = 0.05; // of the ends of a take

export function takeList(page) {
  const { words } = page;
  const list = element("ul", { class: "takes" });
  const empty = element("p", { class: "soft" });
  const title = element("h3", {});
  const older = button(words("teach.older"), () => turn(1));
  const newer = button(words("teach.newer"), () => turn(-1));
  const place = element("div", { class: "take-list" },
    element("div", { class: "row" }, title, newer, older), empty, list);
  const cards = new Map();
  let number = 1;
  let pages = 1;
  let seen = "";
  let timer = 0;
  let targets = [];

  function turn(step) {
    number = Math.min(Math.max(number + step, 1), pages);
    load();
  }

  async function load() {
    const answer = await page.request("takes", number);
    if (!answer.ok) return;
    const { takes, stored, pages: count } = answer.report;
    pages = Math.max(count, 1);
    if (number > pages) {
      number = pages;
      load();
      return;
    }
    setText(title, words("teach.list", { n: stored }));
    setText(empty, stored ? "" : words("teach.no-takes"));
    newer.disabled = number <= 1;
    older.disabled = number >= pages;
    newer.hidden = older.hidden = pages < 2;
    const shown = new Set(takes.map((take) => take.id));
    for (const [id, card] of cards) {
      if (!shown.has(id)) {
        card.close();
        card.element.remove();
        cards.delete(id);
      }
    }
    takes.forEach((take, n) => {
      if (!cards.has(take.id)) cards.set(take.id, takeCard(page, take.id, () => targets));
      const card = cards.get(take.id);
      card.put(take);
      // Only what is new is put in: an element that is moved loses the focus of the keyboard.
      if (list.children[n] !== card.element) list.insertBefore(card.element, list.children[n] ?? null);
    });
  }

  return {
    element: place,
    show(status, may) {
      targets = status.targets;
      const { session } = status;
      // Whatever changes takes says so; the list is asked for once it has been quiet for a moment.
      const now = JSON.stringify([status.preset, session.takes, session.message, session.can_undo, session.can_redo]);
      if (now !== seen && may) {
        if (!seen.startsWith(`["${status.preset}"`)) number = 1;
        seen = now;
        clearTimeout(timer);
        timer = setTimeout(load, PAUSE_MS);
      }
      if (!may) setText(empty, words("needs-teach"));
      for (const card of cards.values()) card.show(session, may);
    },
  };
}

function takeCard(page, id, targetsNow) {
  const { words } = page;
  let take = null;
  let report = null;
  let asked = "";
  const canvas = element("canvas", { role: "img" });
  const drawing = new Drawing(canvas, draw);
  const name = element("strong", {});
  const facts = element("span", { class: "soft" });
  const outputs = element("p", { class: "soft film" });
  const film = takeFilm(poses, () => drawing.redraw(), told);
  const play = button(words("teach.look"), () => film.toggle(), { "aria-pressed": "false" });
  const listen = button("", () => page.command("listen", id));
  const relabel = element("select", { "aria-label": words("teach.relabel", { id }) });
  relabel.addEventListener("change", () => page.command("relabel", id, relabel.value));
  const on = button("", () => page.command("switch-take", id, !take.on), { "aria-pressed": "true" });
  const remove = button("", () => page.command(take.deleted ? "restore-take" : "delete-take", id));
  const trim = trimmer(page, id);
  const card = element("li", { class: "take card" }, canvas,
    element("div", { class: "about-take" }, name, facts),
    element("div", { class: "acts" }, play, listen, relabel, on, remove), outputs, trim.element);

  async function poses() {
    const answer = await page.request("take-poses", id);
    return answer.ok ? answer.report : null;
  }

  /** What the film says of its pose; at rest nothing. */
  function told(text) {
    setText(outputs, text);
    play.setAttribute("aria-pressed", String(film.playing));
  }

  async function look() {
    const key = JSON.stringify([take.trimmed, take.made]);
    if (asked === key) return;
    asked = key;
    const answer = await page.request("take", id);
    report = answer.ok ? answer.report : null;
    if (!report) asked = "";
    canvas.setAttribute("aria-label", words(report?.mean_pose.length ? "teach.drawing" : "teach.no-drawing", { id }));
    drawing.redraw();
  }

  function draw(context, width, height) {
    context.clearRect(0, 0, width, height);
    if (!report?.mean_pose.length) return;
    const frame = cropped(report, width, height);
    if (film.playing) {
      if (film.body.length) drawBody(context, film.body, frame);
      return;
    }
    const body = report.mean_pose.flatMap(([x, y, seen]) => [x, y, 0, seen]);
    context.fillStyle = style("--accent");
    context.globalAlpha = 0.22;
    for (const n of DRAWN) {
      const [[left, top], [right, bottom]] = [report.motion_low[n], report.motion_high[n]];
      context.beginPath();
      context.ellipse(frame.x((left + right) / 2), frame.y((top + bottom) / 2),
        Math.max((frame.x(right) - frame.x(left)) / 2, 1), Math.max((frame.y(bottom) - frame.y(top)) / 2, 1), 0, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
    drawBody(context, body, frame);
  }

  function targetText(target) {
    const kind = targetsNow().find((one) => one.name === target)?.kind ?? "other";
    return target ? words(`teach.for.${kind}`, { name: target }) : words("teach.no-target");
  }

  return {
    element: card,
    close: () => film.stop(),
    put(newest) {
      take = newest;
      setText(name, words("teach.number", { id, target: targetText(take.target) }));
      setText(facts, `${seconds(take)}  ${when(take.made)}`);
      setText(on, words(take.on ? "teach.on" : "teach.off"));
      on.setAttribute("aria-pressed", String(take.on));
      setText(remove, words(take.deleted ? "teach.restore" : "teach.delete"));
      card.classList.toggle("gone", take.deleted || !take.on);
      trim.put(take);
      look();
    },
    show(session, may) {
      const busy = session.phase !== "playing";
      const playing = session.played_take === id;
      setText(listen, playing ? words("teach.end", { s: session.played_left_s.toFixed(0) }) : words("teach.listen"));
      listen.setAttribute("aria-pressed", String(playing));
      listen.disabled = !may || busy || take.deleted;
      play.disabled = !may || !report?.mean_pose.length;
      relabel.disabled = on.disabled = !may || busy || take.deleted;
      remove.disabled = !may || busy;
      trim.enable(may && !busy && !take.deleted);
      const names = targetsNow().map((target) => target.name);
      if (take.target && !names.includes(take.target)) names.unshift(take.target);
      if (relabel.dataset.names !== names.join("\n")) {
        relabel.dataset.names = names.join("\n");
        relabel.replaceChildren(...names.map((one) => element("option", { value: one }, one)));
      }
      if (document.activeElement !== relabel && relabel.value !== take.target) relabel.value = take.target;
    },
  };
}

/** The part of the frame that the body of a take needs, with its range of motion. */
function cropped(report, width, height) {
  const xs = [...report.motion_low, ...report.motion_high].map(([x]) => x);
  const ys = [...report.motion_low, ...report.motion_high].map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const frame = placeFrame((right - left) * report.width, (bottom - top) * report.height, width, height, 8);
  return { ...frame, x: (x) => frame.x((x - left) / (right - left)), y: (y) => frame.y((y - top) / (bottom - top)) };
}

/** Both ends of the part that counts, to be dragged. */
function trimmer(page, id) {
  const { words } = page;
  const from = element("input", { type: "range", min: 0, step: STEP_S, class: "from", "aria-label": words("teach.from", { id }) });
  const to = element("input", { type: "range", min: 0, step: STEP_S, class: "to", "aria-label": words("teach.to", { id }) });
  const text = element("output", { class: "soft" });
  let length = 0;
  const say = () => setText(text, `${Number(from.value).toFixed(2)} – ${Number(to.value).toFixed(2)} s`);
  const moved = (event) => {
    const least = 2 * STEP_S;
    if (Number(to.value) - Number(from.value) < least) {
      if (event.target === from) from.value = Math.max(Number(to.value) - least, 0);
      else to.value = Math.min(Number(from.value) + least, length);
    }
    say();
  };
  const send = () => page.command("trim", id, Number(from.value), Number(to.value) >= length ? 3600 : Number(to.value));
  let timer = 0;
  for (const end of [from, to]) {
    end.addEventListener("input", moved);
    // Each step of an arrow key is a change: one trim for all of them.
    end.addEventListener("change", () => {
      clearTimeout(timer);
      timer = setTimeout(send, SETTLED_MS);
    });
  }
  const place = element("div", { class: "trim" }, element("div", { class: "ends" }, from, to), text);
  return {
    element: place,
    put(take) {
      // An end that lies beyond what is known so far is the take's own.
      const known = Math.max(length, take.trimmed ? take.trimmed[1] : take.length_s);
      length = Math.ceil(known / STEP_S - 0.001) * STEP_S;
      place.hidden = length <= 0;
      for (const end of [from, to]) end.max = length;
      if (place.contains(document.activeElement) && place.matches(":active")) return;
      from.value = take.trimmed ? take.trimmed[0] : 0;
      to.value = take.trimmed ? take.trimmed[1] : length;
      say();
    },
    enable(may) {
      from.disabled = to.disabled = !may;
    },
  };
}

function seconds(take) {
  return take.length_s ? `${take.length_s.toFixed(1)} s` : "";
}

function when(made) {
  const time = new Date(made);
  return Number.isNaN(time.getTime()) ? "" : time.toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
}
