// An OSCQuery client of others finds the server by zeroconf, reads every address, listens to all, and sets all by UDP.
// Prints one line of JSON. Its packages (oscquery, ws, osc-min) are installed beside it by __main__.py.

import dgram from "node:dgram";
import * as oscMin from "osc-min";
import oscquery from "oscquery";
import WebSocket from "ws";

const SKIPPED = new Set(["/gesturesynth/quit"]); // it would end what is checked; sent last
const result = { found: 0, read: 0, unread: [], values: 0, set: 0, silent: [], refused: [], paths: {} };

const discovery = new oscquery.OSCQueryDiscovery({});
const service = await new Promise((resolve, reject) => {
  discovery.on("up", resolve);
  discovery.start();
  setTimeout(() => reject(new Error("no OSCQuery server was found by zeroconf")), 30000);
});
const { oscPort, name, wsPort } = service.hostInfo;
result.name = name;
result.oscPort = oscPort;
const base = `http://${service.address}:${service.port}`;

const paths = service.flat().map((method) => method.full_path); // as that client understood it
result.found = paths.length;

const described = [];
for (const path of paths) {
  const answer = await fetch(base + encodeURI(path));
  if (answer.status !== 200) {
    result.unread.push(path);
    continue;
  }
  const found = await answer.json();
  result.read += 1;
  if (found.TYPE) described.push(found);
}

const link = new WebSocket(`ws://${service.address}:${wsPort}/`);
await new Promise((resolve, reject) => link.on("open", resolve).on("error", reject));
const heard = new Set();
link.on("message", (data, isBinary) => {
  if (isBinary) heard.add(oscMin.fromBuffer(data).address);
  else result.paths[JSON.parse(data).COMMAND] = true;
});
const readable = described.filter((node) => node.ACCESS & 1).map((node) => node.FULL_PATH);
for (const path of readable) link.send(JSON.stringify({ COMMAND: "LISTEN", DATA: path }));

const socket = dgram.createSocket("udp4");
await new Promise((resolve) => socket.bind(0, service.address, resolve));
const answers = new Map();
const flatten = (packet) => (packet.oscType === "bundle" ? packet.elements.flatMap(flatten) : [packet]);
socket.on("message", (data) => {
  for (const message of flatten(oscMin.fromBuffer(data))) {
    if (/\/(ack|error|report|done)$/.test(message.address)) {
      const [about, text] = message.args.map((one) => one.value);
      if (!answers.has(about)) answers.set(about, { how: message.address, text });
    } else if (message.address === "/gesturesynth/state") answers.set("/gesturesynth/query", { how: "state" });
  }
});
const valueOf = (tag, range, node) => {
  if (range?.VALS) return { s: { type: "string", value: String(range.VALS.at(-1)) } }[tag];
  const low = range?.MIN ?? 1;
  if (tag === "i") return { type: "integer", value: low };
  if (tag === "f") return { type: "float", value: low };
  if (tag === "T" || tag === "F") return { type: "true", value: true };
  return { type: "string", value: node.FULL_PATH.endsWith("subscribe") ? "outputs" : "text" };
};
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const writable = described.filter((node) => node.ACCESS & 2);
const send = async (node) => {
  const args = node.TYPE === "I" ? [] : [...node.TYPE].map((tag, at) => valueOf(tag, node.RANGE?.[at], node));
  socket.send(oscMin.toBuffer({ address: node.FULL_PATH, args }), oscPort, service.address);
  result.set += 1;
  for (let tries = 0; tries < 100 && !answers.has(node.FULL_PATH); tries += 1) await pause(50);
  if (!/cancel|clear|quit/.test(node.FULL_PATH)) {
    // A take that it has begun would stand in the way of the next.
    socket.send(oscMin.toBuffer({ address: "/gesturesynth/cancel", args: [] }), oscPort, service.address);
    await pause(100);
  }
};
for (const node of writable.filter((node) => !SKIPPED.has(node.FULL_PATH))) await send(node);
await pause(1000);
for (const node of writable.filter((node) => SKIPPED.has(node.FULL_PATH))) await send(node);
for (const node of writable) {
  const answer = answers.get(node.FULL_PATH);
  if (!answer) result.silent.push(node.FULL_PATH);
  else if (answer.how.endsWith("error")) result.refused.push([node.FULL_PATH, answer.text]);
}
result.values = heard.size;
result.unheard = readable.filter((path) => !heard.has(path));
console.log(JSON.stringify(result));
process.exit(0);
