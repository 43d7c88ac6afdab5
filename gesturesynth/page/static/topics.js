// The binary topics, as page/topics.py encodes them.

const POSE = 1;
const SPECTRUM = 2;
const PLAYED = 3;
const LANDMARKS = 33;
const HAND_LANDMARKS = 21;
const PLAYED_MS = 1000;
let playedUntil = 0;

/** [topic, message] of a binary frame; null for one of a kind that this page does not know. */
export function decodeBinary(buffer) {
  const view = new DataView(buffer);
  const kind = view.getUint8(0);
  // Poses that are played may be those of another computer's tracker; while they come, this computer's are not shown.
  if (kind === PLAYED) playedUntil = performance.now() + PLAYED_MS;
  if (kind === PLAYED || (kind === POSE && performance.now() > playedUntil)) return ["pose", decodePose(buffer, view)];
  // Each byte is a level below 0 dBFS in half decibels, from the lowest band to the highest.
  if (kind === SPECTRUM) return ["spectrum", { levels: new Uint8Array(buffer, 1) }];
  return null;
}

/**
 * A pose: {width, height, captured, bodies, persons, hands}; each body is a Float32Array of 33 times x, y, z,
 * visibility, each hand one of 21 times x, y, z.
 */
function decodePose(buffer, view) {
  const [bodies, persons, hands] = [[], [], []];
  const count = view.getUint8(1);
  const behind = 16 + count * LANDMARKS * 16;
  for (let n = 0; n < count; n++) {
    bodies.push(new Float32Array(buffer, 16 + n * LANDMARKS * 16, LANDMARKS * 4));
    persons.push(view.getUint32(behind + 4 * n, true));
  }
  for (let n = 0; n < view.getUint8(6); n++) {
    hands.push(new Float32Array(buffer, behind + 4 * count + n * HAND_LANDMARKS * 12, HAND_LANDMARKS * 3));
  }
  const [width, height] = [view.getUint16(2, true), view.getUint16(4, true)];
  return { width, height, captured: view.getFloat64(8, true), bodies, persons, hands };
}
