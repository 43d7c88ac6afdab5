// The one WebSocket: topics come in, commands and questions go out. It comes back by itself.

import { decodeBinary } from "./topics.js";

const PAUSES_MS = [200, 400, 800, 1500, 3000];
const ANSWER_MS = 6000;

export class Connection {
  #store;
  #socket = null;
  #topics = [];
  #waiting = new Map();
  #number = 0;
  #attempt = 0;
  #timer = 0;
  #opened = false; // this socket was open

  /** `connecting`, `open`, `lost` or `unpaired`. */
  state = "connecting";
  /** Called with each new state. */
  onchange = () => {};

  constructor(store) {
    this.#store = store;
    addEventListener("online", () => this.#again(0));
    document.addEventListener("visibilitychange", () => !document.hidden && this.#again(0));
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  open() {
    clearTimeout(this.#timer);
    const address = new URL("live", document.baseURI);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    address.hash = "";
    const socket = (this.#socket = new WebSocket(address));
    this.#opened = false;
    socket.binaryType = "arraybuffer";
    if (this.#attempt === 0) this.#become("connecting");
    socket.onopen = () => {
      this.#attempt = 0;
      this.#opened = true;
      this.#store.restart();
      this.#send({ watch: this.#topics });
      this.#become("open");
    };
    socket.onmessage = ({ data }) => (typeof data === "string" ? this.#text(JSON.parse(data)) : this.#binary(data));
    socket.onclose = () => {
      if (socket !== this.#socket) return;
      for (const { resolve } of this.#waiting.values()) resolve({ ok: false, text: "" });
      this.#waiting.clear();
      this.#explain();
      this.#again(PAUSES_MS[Math.min(this.#attempt++, PAUSES_MS.length - 1)]);
    };
  }

  /** Lost, or not let in: a browser does not tell a script which. */
  async #explain() {
    if (!this.#opened) {
      try {
        const { role } = await (await fetch("me")).json();
        if (role === null) {
          this.#become("unpaired");
          return;
        }
      } catch {
        // the server is not there
      }
    }
    if (!this.isOpen) this.#become("lost");
  }

  /** Sends the code that pairs this device; returns a sentence why not, or nothing when it is paired. */
  async pair(code) {
    const name = navigator.userAgentData?.platform || navigator.platform || "";
    try {
      const answer = await fetch("pair", { method: "POST", body: JSON.stringify({ code, name }) });
      if (answer.ok) {
        this.#attempt = 0;
        this.#again(0);
        return "";
      }
      return answer.status === 403 ? (await answer.json()).text : await answer.text();
    } catch (error) {
      return String(error.message);
    }
  }

  #again(pause) {
    if (this.#socket === null || this.#socket.readyState < WebSocket.CLOSING) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open(), pause);
  }

  #become(state) {
    this.state = state;
    this.onchange(state);
  }

  /** From now on these topics are wanted, and no others. */
  watch(topics) {
    if (topics.join() === this.#topics.join()) return;
    this.#topics = topics;
    if (topics.includes("conductor")) this.#store.restart();
    this.#send({ watch: topics });
  }

  /** Sends a command; the answer `{ok, text, report}`. With `wait`, `atEnd` of it is the promise of the second answer. */
  command(command, values, wait = false) {
    return this.#ask({ command, values, wait });
  }

  /** Asks the page's process; its report, or an Error with its sentence. */
  async ask(question, values, patience) {
    const answer = await this.#ask({ question, values }, patience);
    if (!answer.ok) throw new Error(answer.text);
    return answer.report;
  }

  #ask(request, patience = ANSWER_MS) {
    const id = ++this.#number;
    return new Promise((resolve) => {
      if (!this.#send({ id, ...request })) {
        resolve({ ok: false, text: "" });
        return;
      }
      const timer = setTimeout(() => this.#waiting.delete(id) && resolve({ ok: false, text: "" }), patience);
      this.#waiting.set(id, {
        resolve: (answer) => {
          clearTimeout(timer);
          if (request.wait && answer.ok && !answer.ended) {
            answer.atEnd = new Promise((atEnd) => this.#waiting.set(id, { resolve: atEnd }));
          }
          resolve(answer);
        },
      });
    });
  }

  #send(message) {
    if (!this.isOpen) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #text(data) {
    if (data.topic) {
      this.#store.put(data.topic, data.message);
      return;
    }
    const waiting = this.#waiting.get(data.id);
    this.#waiting.delete(data.id);
    waiting?.resolve(data);
  }

  #binary(data) {
    const decoded = decodeBinary(data);
    if (decoded) this.#store.put(...decoded);
  }
}
