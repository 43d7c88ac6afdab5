// OSC 1.0 messages and bundles of the types that Gesture Synth sends and reads: i, f, s, d, h, T, F.

/** The messages of a datagram, bundles flattened: [{address, values}]. Throws for what is no OSC. */
export function decode(buffer) {
  if (buffer.subarray(0, 8).toString("latin1") === "#bundle\0") {
    const messages = [];
    for (let at = 16; at < buffer.length; ) {
      const size = buffer.readInt32BE(at);
      if (size <= 0 || at + 4 + size > buffer.length) throw new RangeError("a bundle is cut off");
      messages.push(...decode(buffer.subarray(at + 4, at + 4 + size)));
      at += 4 + size;
    }
    return messages;
  }
  const [address, behind] = text(buffer, 0);
  const [tags, begin] = text(buffer, behind);
  const values = [];
  let at = begin;
  for (const tag of tags.slice(1)) {
    if (tag === "i") values.push(buffer.readInt32BE(at));
    else if (tag === "f") values.push(buffer.readFloatBE(at));
    else if (tag === "d") values.push(buffer.readDoubleBE(at));
    else if (tag === "h") values.push(Number(buffer.readBigInt64BE(at)));
    else if (tag === "T" || tag === "F") values.push(tag === "T");
    else if (tag === "s") {
      const [value, next] = text(buffer, at);
      values.push(value);
      at = next;
    } else throw new RangeError(`a value has the type ${tag}`);
    at += { i: 4, f: 4, d: 8, h: 8 }[tag] ?? 0;
  }
  return [{ address, values }];
}

/** One message. Whole numbers are sent as i, other numbers as f, texts as s. */
export function encode(address, values = []) {
  const parts = [padded(address)];
  let tags = ",";
  const bodies = values.map((value) => {
    if (typeof value === "string") {
      tags += "s";
      return padded(value);
    }
    const body = Buffer.alloc(4);
    const whole = Number.isInteger(value) && Math.abs(value) < 2 ** 31;
    tags += whole ? "i" : "f";
    if (whole) body.writeInt32BE(value);
    else body.writeFloatBE(Number(value));
    return body;
  });
  return Buffer.concat([...parts, padded(tags), ...bodies]);
}

function padded(value) {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([bytes, Buffer.alloc(4 - (bytes.length % 4))]);
}

function text(buffer, begin) {
  const end = buffer.indexOf(0, begin);
  if (end < 0) throw new RangeError("a text is cut off");
  return [buffer.toString("utf8", begin, end), begin + (Math.floor((end - begin) / 4) + 1) * 4];
}
