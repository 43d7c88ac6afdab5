// What Gesture Synth hears and sees, in a page that bridge.mjs serves.
//
//     gesture.outputs.pitch                   the newest value of an output, in its own unit
//     gesture.features["right_wrist.height"]  of a feature
//     gesture.present                         1 while a person plays
//     gesture.recognised                      the class, or "none"
//     gesture.landmarks                       132 floats: x, y, z, visibility of each of 33; only while somebody is there
//     gesture.frame                           width and height of the camera's picture
//     gesture.answer                          the newest sentence about a command
//     gesture.send("select", 2)               a command: see the table in docs/osc.md

const gesture = {
  outputs: {},
  features: {},
  present: 0,
  people: 0,
  recognised: "none",
  landmarks: [],
  frame: [4, 3],
  answer: "",
  connected: false,
  socket: null,

  send(command, ...values) {
    if (this.connected) this.socket.send(JSON.stringify([`/gesturesynth/${command}`, ...values]));
  },

  receive(address, values) {
    const [, , kind, ...rest] = address.split("/");
    const name = rest.join("/");
    if (kind === "output") this.outputs[name] = values[0];
    else if (kind === "feature") this.features[name] = values[0];
    else if (kind === "present") {
      this.present = values[0];
      if (!this.present) this.landmarks = [];
    } else if (kind === "people") this.people = values[0];
    else if (kind === "class" && !name) this.recognised = values[0];
    else if (kind === "frame") this.frame = values;
    else if (kind === "landmarks") this.landmarks = values;
    else if (["ack", "done", "error"].includes(kind) && values[0] !== "/gesturesynth/subscribe") this.answer = values[1];
  },

  connect() {
    this.socket = new WebSocket(`ws://${location.host}`);
    this.socket.onopen = () => (this.connected = true);
    this.socket.onmessage = ({ data }) => {
      for (const [address, ...values] of JSON.parse(data)) this.receive(address, values);
    };
    this.socket.onclose = () => {
      this.connected = false;
      setTimeout(() => this.connect(), 1000);
    };
  },
};
gesture.connect();
