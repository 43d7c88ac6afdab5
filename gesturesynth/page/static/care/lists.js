// What is told in rows: the processes, the log, and what the doctor has found.

import { element } from "../elements.js";

export function processes(table, all, words) {
  table.replaceChildren(
    element("tr", {}, ...["name", "state", "uptime", "restarts", "rss"].map((one) => element("th", { scope: "col" }, words(`care.${one}`)))),
    ...Object.entries(all).map(([name, one]) => element("tr", { class: one.state === "ok" ? "" : "bad" },
      element("th", { scope: "row" }, name),
      element("td", {}, words(`care.state.${one.state}`)),
      element("td", {}, duration(one.uptime_s)),
      element("td", {}, String(one.restarts)),
      element("td", {}, one.rss_mb ? `${Math.round(one.rss_mb)} MB` : ""))),
  );
}

/** The trackers that are played with, where there are others than that of this computer. */
export function trackers(table, all, words) {
  table.replaceChildren(
    element("tr", {}, ...["name", "room", "state", "age-now", "clock", "dropped"].map((one) => element("th", { scope: "col" }, words(`care.${one}`)))),
    ...all.map((one) => element("tr", { class: one.state === "live" ? "" : "bad" },
      element("th", { scope: "row" }, one.used ? `${one.name} ✓` : one.name),
      element("td", {}, one.room),
      element("td", {}, words(`care.tracker.${one.state}`)),
      element("td", {}, one.age_ms === null ? "" : one.age_ms < 10000 ? `${Math.round(one.age_ms)} ms` : duration(one.age_ms / 1000)),
      element("td", {}, one.offset_ms === null ? "" : `± ${one.error_ms.toFixed(1)} ms`),
      element("td", {}, String(Object.values(one.dropped).reduce((sum, count) => sum + count, 0))))),
  );
}

function duration(seconds) {
  if (!seconds) return "";
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  return days ? `${days} d ${hours} h` : hours ? `${hours} h ${minutes} min` : `${minutes} min`;
}

const KNOWN = new Set(["time", "level", "process", "event", "message"]);

/** The newest line first. */
export function lines(list, all) {
  list.replaceChildren(...all.reverse().map((line) => {
    const others = Object.entries(line).filter(([name]) => !KNOWN.has(name)).map(([name, value]) => `${name}=${value}`).join("  ");
    return element("li", { class: line.level },
      element("time", { datetime: line.time }, new Date(line.time).toLocaleTimeString(document.documentElement.lang)), " ",
      element("b", {}, line.process ?? ""), " ", line.message ? `${line.event}: ${line.message}` : line.event, " ", element("span", { class: "soft" }, others));
  }));
}

export function findings(list, report, words) {
  const order = { fail: 0, warn: 1, pass: 2 };
  const all = [...report.checks].sort((a, b) => order[a.grade] - order[b.grade]);
  const whole = all.some((one) => one.check === "camera"); // a service has no devices to look at
  list.replaceChildren(...all.map((one) => element("li", { class: one.grade },
    element("b", {}, `${words(`care.grade.${one.grade}`)}  ${one.check}`), element("span", {}, one.found), ...(one.advice ? [element("em", {}, one.advice)] : []))),
  ...(whole ? [] : [element("li", { class: "soft" }, words("care.left-out"))]));
}
