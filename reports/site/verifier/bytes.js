// Bytes and texts, read as strictly as the stand-alone script reads them.

export const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
export const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
export const encode = (text) => new TextEncoder().encode(text);
// Fatal, and with a byte order mark kept: else other bytes would give the same text.
export const decode = (bytes, signs = "utf-8") => new TextDecoder(signs, { fatal: true, ignoreBOM: true }).decode(bytes);
export const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));
export const gather = async (parts) => new Uint8Array(await new Blob(parts).arrayBuffer());
export const fail = (why) => { throw new Error(why); };
// By code points, as the script sorts; JavaScript by itself compares halves of surrogate pairs.
const rank = (text) => Array.from(text, (sign) => sign.codePointAt(0).toString(16).padStart(6, "0")).join();
export const sorted = (names) => [...names].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));

// JSON.parse lets the last of two equal keys win, takes 1.0 for 1 and rounds long integers. Here it judges the grammar;
// the values are read again, objects as Map, integers as BigInt.
export function parseJson(bytes) {
  const text = decode(bytes);
  JSON.parse(text);
  const tokens = text.match(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]|[^\s{}[\]",:]+/g).values();
  const next = () => tokens.next().value;
  const read = (token, depth) => {
    if (/^-?[0-9]+$/.test(token)) return token.length > 100 ? fail("too long a number") : BigInt(token);
    if (token !== "{" && token !== "[") return JSON.parse(token);
    if (depth === 100) fail("nested too deeply");
    const list = [], map = new Map();
    for (let inner = next(); inner !== "]" && inner !== "}"; inner = next()) {
      if (token === "[") list.push(read(inner, depth + 1));
      else if (map.has(JSON.parse(inner))) fail("a key stands twice");
      else map.set(JSON.parse(inner), read(next(), depth + 1));
    }
    return token === "[" ? list : map;
  };
  return read(next(), 0);
}
