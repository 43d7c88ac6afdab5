// A take played back on its drawing: the skeleton, and what the mapping makes of each pose. Nothing is heard.

import { shown } from "../numbers.js";

/**
 * @param load asked for the poses, once for each play; returns the report or null.
 * @param redraw draws again.
 * @param say gets a line about the outputs of the pose that is shown; an empty one at the end.
 */
export function takeFilm(load, redraw, say) {
  let report = null;
  let begun = 0;
  let at = 0;
  let frame = 0;

  function stop() {
    cancelAnimationFrame(frame);
    report = null;
    say("");
    redraw();
  }

  function step(now) {
    if (!report) return;
    const passed = (now - begun) / 1000;
    const last = report.times_s.length - 1;
    if (passed > report.times_s[last] + 0.3) {
      stop();
      return;
    }
    while (at < last && report.times_s[at + 1] <= passed) at++;
    say(Object.entries(report.outputs)
      .filter(([, values]) => values[at] !== null)
      .map(([name, values]) => `${name} ${shown(values[at], report.units[name])}`).join(", "));
    redraw();
    frame = requestAnimationFrame(step);
  }

  return {
    /** Begins, or ends what runs. */
    async toggle() {
      if (report) {
        stop();
        return;
      }
      const found = await load();
      if (!found?.times_s.length) return;
      report = found;
      at = 0;
      begun = performance.now();
      frame = requestAnimationFrame(step);
    },
    stop,
    get playing() {
      return report !== null;
    },
    /** 33 times x, y, z, visibility of the pose that is shown; empty for a frame without a person; null at rest. */
    get body() {
      return report && report.poses[at].flatMap(([x, y, sure]) => [x, y, 0, sure]);
    },
  };
}
