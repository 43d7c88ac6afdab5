// The newest message of each topic, and the listeners of each. The page holds no other state of the piece.

const SILENT_MS = 2500; // ten statuses a second come from a conductor that runs

export class Store {
  #messages = new Map();
  #listeners = new Map();
  #arrived = new Map();
  #silent = false;

  /** Called with true when no status of the conductor has come for long, and with false when one comes again. */
  onsilence = () => {};

  constructor() {
    setInterval(() => this.#judge(), 500);
  }

  /** The newest message of a topic; undefined before the first. */
  get(topic) {
    return this.#messages.get(topic);
  }

  /** Whether no status of the conductor has come for long. */
  get silent() {
    return this.#silent;
  }

  /** How long ago it came, in milliseconds. */
  age(topic) {
    return performance.now() - (this.#arrived.get(topic) ?? -Infinity);
  }

  /** Calls `listener` with each message of a topic, the one that is there already included. Returns a function that ends it. */
  on(topic, listener) {
    if (!this.#listeners.has(topic)) this.#listeners.set(topic, new Set());
    this.#listeners.get(topic).add(listener);
    if (this.#messages.has(topic)) listener(this.#messages.get(topic));
    return () => this.#listeners.get(topic).delete(listener);
  }

  /** A message has come. */
  put(topic, message) {
    this.#messages.set(topic, message);
    this.#arrived.set(topic, performance.now());
    for (const listener of this.#listeners.get(topic) ?? []) listener(message);
    if (topic === "conductor" && this.#silent) this.#judge();
  }

  /** A new connection: the time until its first message counts from now. */
  restart() {
    this.#arrived.set("conductor", performance.now());
    this.#judge();
  }

  #judge() {
    const silent = this.age("conductor") > SILENT_MS;
    if (silent !== this.#silent) this.onsilence(silent);
    this.#silent = silent;
  }
}
