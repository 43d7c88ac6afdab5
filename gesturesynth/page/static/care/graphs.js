// Small graphs of the last hour, and a histogram.

import { Drawing, element, setText, style } from "../elements.js";

/**
 * A line over time, with its newest value and its greatest.
 * @param value from a sample to a number, or null where it is not known.
 * @param options `low`: the foot of the graph; `least`: what is below it counts as that; `unit`; `whole` numbers.
 */
export function graph(title, value, { low = null, least = -Infinity, unit = "", whole = false } = {}) {
  const canvas = element("canvas", { role: "img" });
  const newest = element("strong", {});
  const place = element("figure", {}, element("figcaption", {}, title, " ", newest), canvas);
  let points = [];
  let span = 1;
  const text = (number) => `${whole ? number : Number(number.toPrecision(3))} ${unit}`.trim().replace("-", "−");
  const drawing = new Drawing(canvas, (context, width, height) => {
    context.clearRect(0, 0, width, height);
    const known = points.filter(([, y]) => y !== null).map(([, y]) => y);
    if (!known.length) return;
    const foot = low ?? Math.min(...known);
    const top = Math.max(...known, foot + (whole ? 1 : 1e-9));
    const at = (y) => height - 2 - ((height - 4) * (y - foot)) / (top - foot);
    context.strokeStyle = style("--accent");
    context.lineWidth = 2;
    context.beginPath();
    let down = false;
    for (const [age, y] of points) {
      if (y === null) {
        down = false;
        continue;
      }
      const x = width * (1 - age / span);
      if (down) context.lineTo(x, at(y));
      else context.moveTo(x - 1, at(y));
      context.lineTo(x, at(y));
      down = true;
    }
    context.stroke();
  });
  return {
    element: place,
    put({ now_s: now, samples }) {
      points = samples.map((one) => {
        const y = value(one);
        return [now - one.time_s, y === null || y === undefined ? null : Math.max(y, least)];
      });
      span = Math.max(3600, ...points.map(([age]) => age));
      const known = points.filter(([, y]) => y !== null).map(([, y]) => y);
      setText(newest, known.length ? text(known.at(-1)) : "–");
      canvas.setAttribute("aria-label", known.length ? `${title}: ${text(Math.min(...known))} … ${text(Math.max(...known))}` : title);
      drawing.redraw();
    },
  };
}

/** How often a value lay in each class. */
export function histogram(title) {
  const canvas = element("canvas", { role: "img" });
  const most = element("strong", {});
  const place = element("figure", {}, element("figcaption", {}, title, " ", most), canvas);
  let counts = [];
  const drawing = new Drawing(canvas, (context, width, height) => {
    context.clearRect(0, 0, width, height);
    const top = Math.max(...counts, 1);
    context.fillStyle = style("--accent");
    counts.forEach((count, n) => {
      const tall = (height * count) / top;
      context.fillRect((n * width) / counts.length + 1, height - tall, width / counts.length - 2, tall);
    });
  });
  return {
    element: place,
    put(edges, newest) {
      counts = newest;
      const total = counts.reduce((a, b) => a + b, 0);
      const n = counts.indexOf(Math.max(...counts));
      const name = n < edges.length ? `≤ ${edges[n]} ms` : `> ${edges.at(-1)} ms`;
      setText(most, total ? name : "–");
      canvas.setAttribute("aria-label", `${title}: ${counts.map((count, m) => `${m < edges.length ? `≤ ${edges[m]}` : `> ${edges.at(-1)}`} ms ${total ? Math.round((100 * count) / total) : 0} %`).join(", ")}`);
      drawing.redraw();
    },
  };
}
