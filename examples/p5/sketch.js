// A p5 sketch: the skeleton, outputs as bars, and buttons. See gesturesynth.js for all there is.

const BONES = [
  [11, 12], [11, 13], [13, 15], [12, 14], [14, 16], [11, 23], [12, 24], [23, 24], [23, 25], [25, 27], [24, 26], [26, 28],
];
const BUTTONS = [
  ["1", "select", 1], ["2", "select", 2], ["3", "select", 3], ["record", "record"], ["train", "train"], ["undo", "undo"],
  ["next piece", "next"],
];

function setup() {
  createCanvas(900, 560);
  textSize(16);
  for (const [label, command, ...values] of BUTTONS) {
    createButton(label).mousePressed(() => gesture.send(command, ...values));
  }
}

function draw() {
  background(16);
  drawBody(gesture.landmarks);
  noStroke();
  let y = 30;
  for (const [name, value] of Object.entries(gesture.outputs)) y = line_of(name, value, y, 230);
  for (const [name, value] of Object.entries(gesture.features)) y = line_of(name, value, y, 150);
  fill(200);
  const seen = gesture.present ? `class: ${gesture.recognised}` : "no person in view";
  text(gesture.connected ? seen : "the bridge is not there", 20, height - 50);
  text(gesture.answer, 20, height - 20);
}

function drawBody(body) {
  const [wide, high] = gesture.frame;
  const size = Math.min(width / wide, height / high);
  const [left, top] = [(width - size * wide) / 2, (height - size * high) / 2];
  const place = (at) => [left + body[at] * size * wide, top + body[at + 1] * size * high];
  stroke(120, 200, 255);
  strokeWeight(4);
  for (const [a, b] of BONES.map(([from, to]) => [4 * from, 4 * to])) {
    if (Math.min(body[a + 3], body[b + 3]) > 0.5) {
      line(...place(a), ...place(b));
    }
  }
}

function line_of(name, value, y, brightness) {
  fill(brightness);
  text(`${name}  ${value.toFixed(2)}`, 20, y);
  return y + 22;
}

// The keys of the terminal: 1 to 9 choose a snapshot, blank records, t trains.
function keyPressed() {
  if (key >= "1" && key <= "9") gesture.send("select", Number(key));
  else if (key === " ") gesture.send("record");
  else if (key === "t") gesture.send("train");
}
