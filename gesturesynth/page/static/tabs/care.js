// The tab for those who look after the work: whether all is well, the last hour, the log, and the doctor.

import { button, element, setText } from "../elements.js";
import { graph, histogram } from "../care/graphs.js";
import { findings, lines, processes, trackers } from "../care/lists.js";

const EVERY_MS = 5000;
const DOCTOR_MS = 150000;

export const care = { name: "care", topics: ["conductor", "tracker"], mount };

function mount(place, page) {
  const { words } = page;
  const sentence = element("p", { class: "sentence", role: "status" });
  const reasons = element("ul", { class: "remarks" });
  const view = element("p", { class: "soft" });
  const hours = element("p", { class: "soft" });
  const predicted = element("p", { class: "soft predicted" });
  const fault = element("p", { class: "soft" });
  const open = button("", () => page.command("open"));
  const release = button(words("release"), () => page.command("release"));
  const mute = button("", () => page.command("mute"));
  const list = element("table", { class: "processes", tabindex: "0", "aria-label": words("care.processes") });
  const others = element("table", { class: "processes", tabindex: "0", "aria-label": words("care.trackers") });
  const otherPart = element("section", { class: "card", hidden: "" }, element("h3", {}, words("care.trackers")), others);
  const graphs = [
    graph(words("care.fps"), (one) => one.fps, { low: 0 }),
    graph(words("care.age"), (one) => one.frame_age_s, { low: 0, unit: "s" }),
    graph(words("care.latency"), (one) => one.latency_p99_ms, { low: 0, unit: "ms" }),
    graph(words("care.xruns"), (one) => one.xruns, { low: 0, whole: true }),
    graph(words("care.loudness"), (one) => one.short_term_lufs, { unit: "LUFS", least: -70 }),
    graph(words("care.memory"), (one) => sum(one.rss_mb), { low: 0, unit: "MB" }),
    graph(words("care.restarts"), (one) => sum(one.restarts), { low: 0, whole: true }),
  ];
  const delays = histogram(words("care.delays"));
  const log = element("ol", { class: "log" });
  const logPart = element("details", { class: "card" }, element("summary", {}, words("care.log")), log);
  const doctor = element("ul", { class: "findings" });
  const ask = button(words("care.ask-doctor"), askDoctor);
  place.append(
    element("section", { class: "card staff" }, sentence, reasons, view, hours, predicted, fault, element("div", { class: "row" }, release, mute, open)),
    element("section", { class: "card" }, element("h3", {}, words("care.hour")), element("div", { class: "graphs" }, ...graphs.map((one) => one.element), delays.element)),
    element("section", { class: "card" }, element("h3", {}, words("care.processes")), list),
    otherPart,
    logPart,
    element("section", { class: "card" }, element("h3", {}, words("care.doctor")), ask, doctor),
  );
  logPart.addEventListener("toggle", () => logPart.open && load());
  let timer = 0;
  let asked = false;

  async function load() {
    try {
      const report = await page.ask("care");
      if (report) draw(report);
      if (logPart.open) await loadLog();
    } catch {
      // The connection says by itself that it is lost.
    }
  }

  function draw({ staff, health, history }) {
    const said = ({ code, values }) => words(code.startsWith("view.") ? code : `care.staff.${code}`, values);
    setText(sentence, staff.parts.map(said).join(" "));
    sentence.classList.toggle("bad", !staff.well);
    sentence.classList.toggle("well", staff.well);
    reasons.replaceChildren(...staff.reasons.map((one) => element("li", {}, one)));
    const last = health.last_fault;
    setText(fault, last ? words("care.fault", { process: last.process, time: new Date(last.time).toLocaleString(document.documentElement.lang), text: last.words }) : words("care.no-fault"));
    processes(list, health.processes, words);
    for (const one of graphs) one.put(history);
    delays.put(history.latency_edges_ms, history.latency_counts);
  }

  async function loadLog() {
    if (page.role() === "look") return;
    lines(log, await page.ask("log"));
  }

  async function askDoctor() {
    ask.disabled = true;
    setText(ask, words("care.doctor-runs"));
    try {
      findings(doctor, await page.ask("doctor", {}, DOCTOR_MS), words);
    } catch (error) {
      page.say(error.message, true);
    } finally {
      ask.disabled = false;
      setText(ask, words("care.ask-doctor"));
    }
  }

  page.store.on("tracker", ({ state, view: seen }) => {
    // The sentence for staff, in English, says it already.
    const told = document.documentElement.lang.startsWith("en") || state !== "live" || !seen?.code;
    setText(view, told ? "" : words(`view.${seen.code}`));
  });
  page.store.on("conductor", (status) => {
    if (!asked) load(); // the first message: the connection is open
    asked = true;
    const may = page.role() !== "look";
    setText(hours, status.hours);
    setText(predicted, status.predict_ms ? words("care.predicted", { ms: Math.round(status.predict_ms) }) : "");
    otherPart.hidden = !status.trackers.length;
    if (status.trackers.length) trackers(others, status.trackers, words);
    setText(open, words(status.closed ? "care.open" : "care.close"));
    open.hidden = !status.hours;
    release.hidden = !status.session.panic;
    setText(mute, words(status.session.muted ? "unmute" : "mute"));
    for (const one of [open, release, mute, ask]) one.disabled = !may || (one === ask && ask.textContent === words("care.doctor-runs"));
    logPart.hidden = !may;
  });
  return {
    shown() {
      clearInterval(timer);
      timer = setInterval(() => !document.hidden && load(), EVERY_MS);
      load();
    },
    hidden: () => clearInterval(timer),
  };
}

function sum(values) {
  const all = Object.values(values);
  return all.length ? all.reduce((total, one) => total + one, 0) : null;
}
