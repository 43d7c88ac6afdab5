// Draws bodies of 33 landmarks: how sure the tracker is as brightness, joints out of sight hollow.

import { style } from "./elements.js";

/** Pairs of landmarks that are joined (the BlazePose topology), without those of the face. */
export const LIMBS = [
  [11, 12], [11, 13], [13, 15], [12, 14], [14, 16], [11, 23], [12, 24], [23, 24],
  [23, 25], [25, 27], [24, 26], [26, 28], [27, 29], [29, 31], [27, 31], [28, 30], [30, 32], [28, 32],
  [15, 17], [15, 19], [15, 21], [17, 19], [16, 18], [16, 20], [16, 22], [18, 20], [9, 10],
];
const SEEN = 0.5; // visibility below it: out of sight
const FINE = new Set([1, 2, 3, 4, 5, 6, 17, 18, 19, 20, 21, 22, 29, 30, 31, 32]);

/** How a frame lies in a place: the largest size that keeps its shape. Returns functions from fractions to pixels. */
export function placeFrame(frameWidth, frameHeight, width, height, margin = 0) {
  const scale = Math.min((width - 2 * margin) / frameWidth, (height - 2 * margin) / frameHeight);
  const [w, h] = [frameWidth * scale, frameHeight * scale];
  const [left, top] = [(width - w) / 2, (height - h) / 2];
  return { x: (part) => left + part * w, y: (part) => top + part * h, left, top, width: w, height: h };
}

/** The joints of a hand, from the wrist to each tip. */
const FINGERS = [[0, 1, 2, 3, 4], [0, 5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16], [0, 17, 18, 19, 20], [5, 9, 13, 17]];

/**
 * Draws one hand.
 * @param hand 21 times x, y, z (fractions of the frame).
 * @param frame of `placeFrame`.
 */
export function drawHand(context, hand, frame, colour = style("--body")) {
  context.strokeStyle = colour;
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = Math.max(frame.height / 260, 1.2);
  for (const finger of FINGERS) {
    context.beginPath();
    for (const n of finger) context.lineTo(frame.x(hand[3 * n]), frame.y(hand[3 * n + 1]));
    context.stroke();
  }
}

/**
 * Draws one body.
 * @param context of a canvas.
 * @param body 33 times x, y, z, visibility (fractions of the frame).
 * @param frame of `placeFrame`.
 * @param colour a CSS colour.
 */
export function drawBody(context, body, frame, colour = style("--body")) {
  if (!body.some((value, n) => n % 4 === 3 && value > 0)) return; // hands alone are seen
  const size = Math.max(frame.height / 130, 1.6);
  const seen = (n) => body[4 * n + 3];
  const x = (n) => frame.x(body[4 * n]);
  const y = (n) => frame.y(body[4 * n + 1]);
  context.strokeStyle = context.fillStyle = colour;
  context.lineCap = "round";
  for (const [from, to] of LIMBS) {
    const sure = Math.min(seen(from), seen(to));
    context.globalAlpha = 0.18 + 0.82 * sure;
    context.lineWidth = sure < SEEN ? size * 0.7 : size * 1.5;
    context.setLineDash(sure < SEEN ? [size * 2, size * 2.5] : []);
    context.beginPath();
    context.moveTo(x(from), y(from));
    context.lineTo(x(to), y(to));
    context.stroke();
  }
  context.setLineDash([]);
  for (let n = 0; n < 33; n++) {
    const radius = size * (FINE.has(n) ? 1 : 1.9);
    context.globalAlpha = 0.25 + 0.75 * seen(n);
    context.beginPath();
    context.arc(x(n), y(n), radius, 0, 2 * Math.PI);
    if (seen(n) >= SEEN) {
      context.fill();
    } else {
      context.lineWidth = Math.max(size * 0.6, 1);
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}

/** Writes a text above the head of a body. */
export function drawAbove(context, body, frame, text) {
  const top = Math.min(...[0, 7, 8, 11, 12].map((n) => body[4 * n + 1]));
  const size = Math.max(frame.height / 24, 11);
  context.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  context.textAlign = "center";
  context.fillStyle = style("--body");
  const half = context.measureText(text).width / 2;
  const x = Math.min(Math.max(frame.x(body[0]), frame.left + half), frame.left + frame.width - half);
  context.fillText(text, x, Math.max(frame.y(top) - size, frame.top + size));
}
