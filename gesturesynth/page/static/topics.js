// The binary topics, as page/topics.py encodes them.

const POSE = 1;
const SPECTRUM = 2;
const LANDMARKS = 33;

/** [topic, message] of a binary frame; null for one of a kind that this page does not know. */
export function decodeBinary(buffer) {
  const view = new DataView(buffer);
  const kind = view.getUint8(0);
  if (kind === POSE) return ["pose", decodePose(buffer, view)];
  // Each byte is a level below 0 dBFS in half decibels, from the lowest band to the highest.
  if (kind === SPECTRUM) return ["spectrum", { levels: new Uint8Array(buffer, 1) }];
  return null;
}

/** A pose: {width, height, captured, bodies, persons}; each body is a Float32Array of 33 times x, y, z, visibility. */
function decodePose(buffer, view) {
  const [bodies, persons] = [[], []];
  const count = view.getUint8(1);
  for (let n = 0; n < count; n++) {
    bodies.push(new Float32Array(buffer, 16 + n * LANDMARKS * 16, LANDMARKS * 4));
    persons.push(view.getUint32(16 + count * LANDMARKS * 16 + 4 * n, true));
  }
  return { width: view.getUint16(2, true), height: view.getUint16(4, true), captured: view.getFloat64(8, true), bodies, persons };
}
