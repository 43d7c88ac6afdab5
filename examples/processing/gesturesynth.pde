// Gesture Synth in Processing: the skeleton, features and outputs as they are, and commands by key.
// It needs the library oscP5 (Sketch > Import Library > Manage Libraries). Start `gesturesynth run` first.
//
// Keys: 1 to 9 choose a snapshot, blank records, t trains, u takes back, n is the next piece.

import netP5.*;
import oscP5.*;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

static final String ADDRESS = "/gesturesynth/";
static final int OWN_PORT = 9012;
// Pairs of landmarks with a line between them, by index (docs/osc.md, "Order of landmarks").
static final int[][] BONES = {
  {11, 12}, {11, 13}, {13, 15}, {12, 14}, {14, 16}, {11, 23}, {12, 24}, {23, 24}, {23, 25}, {25, 27}, {24, 26}, {26, 28}
};

OscP5 osc;
NetAddress synth;
// Messages come in a thread of their own.
Map<String, Float> outputs = new ConcurrentHashMap<String, Float>();
Map<String, Float> features = new ConcurrentHashMap<String, Float>();
volatile float[] landmarks = new float[132];
volatile int present = 0;
volatile String recognised = "none";
volatile String answer = "";
int subscribed = -10000;

void setup() {
  size(900, 600);
  textSize(16);
  osc = new OscP5(this, OWN_PORT);
  synth = new NetAddress("127.0.0.1", 9000);
}

void draw() {
  if (millis() - subscribed > 4000) { // it is good for ten seconds
    subscribed = millis();
    send("subscribe", OWN_PORT, 30, "outputs features people classes landmarks", 0.05);
  }
  background(16);
  if (present == 1) {
    drawBody();
  }
  fill(230);
  noStroke();
  int y = 30;
  for (Map.Entry<String, Float> one : outputs.entrySet()) {
    text(one.getKey() + "  " + nf(one.getValue(), 0, 2), 20, y);
    y += 22;
  }
  fill(150);
  for (Map.Entry<String, Float> one : features.entrySet()) {
    text(one.getKey() + "  " + nf(one.getValue(), 0, 2), 20, y + 20);
    y += 22;
  }
  text(present == 1 ? "class: " + recognised : "no person in view", 20, height - 50);
  text(answer, 20, height - 20);
}

void drawBody() {
  float[] body = landmarks; // x, y, z and visibility of each of 33
  stroke(120, 200, 255);
  strokeWeight(4);
  for (int[] bone : BONES) {
    int a = 4 * bone[0], b = 4 * bone[1];
    if (min(body[a + 3], body[b + 3]) > 0.5) {
      line(body[a] * width, body[a + 1] * height, body[b] * width, body[b + 1] * height);
    }
  }
}

void keyPressed() {
  if (key >= '1' && key <= '9') {
    send("select", key - '0');
  } else if (key == ' ') {
    send("record");
  } else if (key == 't') {
    send("train");
  } else if (key == 'u') {
    send("undo");
  } else if (key == 'n') {
    send("next");
  }
}

void send(String command, Object... values) {
  OscMessage message = new OscMessage(ADDRESS + command);
  for (Object value : values) {
    if (value instanceof Integer) {
      message.add(((Integer) value).intValue());
    } else if (value instanceof Float) {
      message.add(((Float) value).floatValue());
    } else {
      message.add(value.toString());
    }
  }
  osc.send(message, synth);
}

void oscEvent(OscMessage message) {
  String address = message.addrPattern();
  if (address.startsWith(ADDRESS + "output/")) {
    outputs.put(address.substring((ADDRESS + "output/").length()), message.get(0).floatValue());
  } else if (address.startsWith(ADDRESS + "feature/")) {
    features.put(address.substring((ADDRESS + "feature/").length()), message.get(0).floatValue());
  } else if (address.equals(ADDRESS + "present")) {
    present = message.get(0).intValue();
  } else if (address.equals(ADDRESS + "class")) {
    recognised = message.get(0).stringValue();
  } else if (address.equals(ADDRESS + "landmarks")) {
    float[] body = new float[132];
    for (int index = 0; index < body.length; index++) {
      body[index] = message.get(index).floatValue();
    }
    landmarks = body;
  } else if (address.equals(ADDRESS + "ack") || address.equals(ADDRESS + "done") || address.equals(ADDRESS + "error")) {
    answer = message.get(1).stringValue();
  }
}
