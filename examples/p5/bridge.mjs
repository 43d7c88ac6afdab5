// Brings Gesture Synth to a browser: OSC over UDP on one side, a web page and a WebSocket on the other.
//
//     node bridge.mjs [--port 8090] [--osc 127.0.0.1:9000] [--what "outputs features people classes landmarks"]
//
// It serves the files of this folder at http://127.0.0.1:8090, to this computer only, and refuses pages of other
// origins. What comes over OSC goes to every page as JSON, [[address, values...], ...]; what a page sends, as
// [address, values...], goes to Gesture Synth. Node 18 or newer; nothing is to be installed for it.

import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { decode, encode } from "./osc.mjs";

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "8090" },
    osc: { type: "string", default: "127.0.0.1:9000" },
    rate: { type: "string", default: "30" },
    what: { type: "string", default: "outputs features people classes landmarks" },
  },
});
const [, host, port] = options.osc.match(/^(127\.[0-9.]+|localhost):([0-9]{1,5})$/) ?? [];
if (!(port > 0 && port < 65536)) {
  console.error(`--osc: '${options.osc}' must be this computer and a UDP port, such as 127.0.0.1:9000`);
  process.exit(2);
}
const folder = dirname(fileURLToPath(import.meta.url));
const FILES = {
  "/": ["index.html", "text/html"],
  "/gesturesynth.js": ["gesturesynth.js", "text/javascript"],
  "/sketch.js": ["sketch.js", "text/javascript"],
  "/p5.js": ["node_modules/p5/lib/p5.min.js", "text/javascript"],
};
const MOST_OCTETS = 4096; // of one message of a page

const pages = new Set();
const osc = createSocket("udp4");
const send = (address, values) => osc.send(encode(address, values), Number(port), host);

osc.on("message", (datagram) => {
  let messages;
  try {
    messages = decode(datagram);
  } catch {
    return; // another program's datagram
  }
  const frame = textFrame(JSON.stringify(messages.map(({ address, values }) => [address, ...values])));
  for (const page of pages) if (page.writableLength < 1 << 20) page.write(frame); // a slow page skips some
});
osc.on("error", (error) => console.error(`OSC: ${error.message}`));
osc.bind(0, "127.0.0.1", () => {
  const subscribe = () => {
    if (pages.size) send("/gesturesynth/subscribe", [0, Number(options.rate), options.what]);
  };
  setInterval(subscribe, 4000);
  server.on("page", subscribe);
});

const server = createServer(async (request, response) => {
  try {
    if (!isOwn(request.headers.host)) throw new Error("this is for another server");
    const [name, type] = FILES[request.url.split("?")[0]]; // throws where there is none
    const body = await readFile(join(folder, name));
    response.writeHead(200, { "Content-Type": `${type}; charset=utf-8`, "Cache-Control": "no-store", "X-Frame-Options": "DENY" });
    response.end(body);
  } catch {
    response.writeHead(404).end("There is nothing here. For /p5.js: run `npm install` in this folder.");
  }
});

server.on("upgrade", (request, socket) => {
  const origin = (request.headers.origin ?? "").replace("http://", "");
  const key = request.headers["sec-websocket-key"];
  socket.on("error", () => socket.destroy());
  if (!isOwn(request.headers.host) || !isOwn(origin) || !key) {
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    return;
  }
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64"); // RFC 6455
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let waiting = Buffer.alloc(0);
  socket.on("data", (data) => {
    waiting = Buffer.concat([waiting, data]);
    for (let frame; (frame = takeFrame(waiting)); waiting = frame.rest) {
      if (frame.kind === "end") socket.end();
      else if (frame.kind === "text") fromPage(frame.text);
    }
    if (waiting.length > 2 * MOST_OCTETS) socket.destroy();
  });
  socket.on("close", () => pages.delete(socket));
  pages.add(socket);
  server.emit("page");
});

server.on("error", (error) => {
  console.error(`port ${options.port} cannot be had (${error.code}): choose another one with --port`);
  process.exit(1);
});
server.listen(Number(options.port), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port} shows Gesture Synth at ${host}:${port}. Ctrl-C ends it.`);
});

function isOwn(name) {
  return name === `127.0.0.1:${server.address().port}` || name === `localhost:${server.address().port}`;
}

function fromPage(message) {
  let sent;
  try {
    sent = JSON.parse(message);
  } catch {
    return;
  }
  const plain = Array.isArray(sent) && sent.slice(1).every((value) => ["string", "number"].includes(typeof value));
  if (plain && /^\/gesturesynth\/[a-z-]+$/.test(String(sent[0]))) send(sent[0], sent.slice(1));
}

/** The first frame of what a page has sent (RFC 6455, section 5.2), or undefined while it is not complete. */
function takeFrame(data) {
  if (data.length < 6) return undefined;
  const short = data[1] & 127;
  const begin = short === 126 ? 8 : 6;
  if (!(data[1] & 128) || short === 127 || data.length < begin) {
    return short === 127 || !(data[1] & 128) ? { kind: "end", rest: Buffer.alloc(0) } : undefined;
  }
  const size = short === 126 ? data.readUInt16BE(2) : short;
  if (size > MOST_OCTETS) return { kind: "end", rest: Buffer.alloc(0) };
  if (data.length < begin + size) return undefined;
  const mask = data.subarray(begin - 4, begin);
  const body = Buffer.from(data.subarray(begin, begin + size)).map((octet, at) => octet ^ mask[at % 4]);
  const kind = { 1: "text", 8: "end" }[data[0] & 15] ?? "other";
  return { kind, text: body.toString("utf8"), rest: data.subarray(begin + size) };
}

function textFrame(text) {
  const body = Buffer.from(text, "utf8");
  const size = body.length;
  const head = size < 126 ? Buffer.from([129, size]) : size < 65536 ? Buffer.alloc(4) : Buffer.alloc(10);
  if (size >= 126) {
    head.writeUInt8(129, 0);
    head.writeUInt8(size < 65536 ? 126 : 127, 1);
    if (size < 65536) head.writeUInt16BE(size, 2);
    else head.writeBigUInt64BE(BigInt(size), 2);
  }
  return Buffer.concat([head, body]);
}
