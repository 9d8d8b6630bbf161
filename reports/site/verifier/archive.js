// The files of a package out of its archive: which it reads, and what of it is not as Glassbook writes it.
// Numbers lie in an archive lowest byte first, of as many bytes as each digit of `widths` says. Reading beyond the end throws.

import { decode, encode, fail, gather, hex, sorted } from "./bytes.js";

const DESKTOP = /(^|\/)(\.DS_Store|__MACOSX|Thumbs\.db|ehthumbs\.db|desktop\.ini|\.directory|\._[^/]*)(\/|$)/i;
// Unpacked, a file of such a name would lie elsewhere than in the package's folder, or over another one.
const OUTSIDE = /(^|\/)\.{0,2}(\/|$)|\\|^[A-Za-z]:/;

const unpack = (view, at, widths) =>
  Array.from(widths, (width) => { at += +width; return view[width > 2 ? "getUint32" : "getUint16"](at - width, true); });
const pack = (widths, ...values) =>
  values.flatMap((value, n) => Array.from({ length: widths[n] }, (_, byte) => (value >>> (8 * byte)) & 255));

const CRC = Int32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});
const crc32 = (bytes) => ~bytes.reduce((crc, byte) => CRC[(crc ^ byte) & 255] ^ (crc >>> 8), -1) >>> 0;

const isAscii = (bytes) => bytes.every((byte) => byte < 128);
// Some programs write names in the signs of their machine, and do not say which these are.
function nameOf({ raw, flags }, wrong) {
  const own = raw.subarray(0, (raw.indexOf(0) + 1 || raw.length + 1) - 1);
  if (flags & 0x800 || isAscii(own)) return decode(own);
  let name;
  try { name = decode(own); } catch {
    name = decode(own, "gb18030");
    // Browsers alone take the byte 80 for this sign.
    if (name.includes("€") && !hex(own).includes("a2e3")) fail("unknown signs");
  }
  wrong.push({ code: "unmarked", file: name });
  return name;
}

function directory(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), entries = [];
  let end = bytes.length - 4;
  while (view.getUint32(end, true) !== 0x06054b50) if (--end < bytes.length - 65558) fail("no archive");
  if (end > bytes.length - 22) fail("cut");
  const [size, start] = unpack(view, end + 12, "44");
  for (let at = end - size; at < end; ) {
    const [mark, , version, flags, method, , , crc, packed, length, named, extra, comment, , , , offset] =
      unpack(view, at, "42222224442222244");
    if (mark !== 0x02014b50 || (version & 255) > 63 || at + 46 > end) fail("no entry");
    const until = at + 46 + named + extra;
    for (let field = at + 46 + named, width; field + 4 <= Math.min(until, end); field += 4 + width) {
      if (field + 4 + (width = view.getUint16(field + 2, true)) > Math.min(until, end)) fail("a field is cut");
    }
    const raw = bytes.subarray(at + 46, Math.min(at + 46 + named, end));
    if (flags & 0x800) decode(raw);
    // Other bytes may stand before the archive.
    entries.push({ raw, flags, method, crc, packed, length, offset: offset + end - size - start });
    at = until + comment;
  }
  return { view, entries };
}

// As many bytes as the entry says and no more, whatever it would unpack to.
async function contentOf(bytes, view, { raw, flags, method, crc, packed, length, offset }) {
  const [mark, , localFlags, , , , , , , named, extra] = unpack(view, offset, "42222244422");
  const name = offset + 30, start = name + named + extra;
  let content = bytes.subarray(start, start + packed);
  if (mark !== 0x04034b50 || hex(bytes.subarray(name, name + named)) !== hex(raw)) fail("two names");
  if ((flags ^ localFlags) & 0x800 && !isAscii(raw)) fail("two names");
  if (flags & 0x61 || ![0, 8].includes(method) || content.length !== packed) fail("encrypted, packed in another way, or cut");
  if (method === 8) {
    const reader = new Blob([content]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader(), parts = [];
    for (let count = 0, part; !(part = await reader.read()).done; parts.push(part.value)) {
      if ((count += part.value.length) > length) await reader.cancel(), fail("longer than it says");
    }
    content = await gather(parts);
  }
  return content.length === length && crc32(content) === crc ? content : fail("damaged");
}

async function readArchive(bytes, wrong) {
  const { view, entries } = directory(bytes), found = [];
  const unpacked = entries.reduce((sum, { length }) => sum + length, 0);
  if (entries.some(({ method }) => method) || unpacked > bytes.length) wrong.push({ code: "packed" });
  if (unpacked > Math.max(64 * 2 ** 20, 50 * bytes.length)) throw { code: "too_big", bytes: unpacked };
  for (const entry of entries) found.push([nameOf(entry, wrong), await contentOf(bytes, view, entry)]);
  return found;
}

// The one archive that Glassbook writes of these files: in order of name, stored, every stamp the same.
function plainArchive(files) {
  const parts = [], listed = [];
  let offset = 0, size = 0;
  for (const name of sorted(files.keys())) {
    const content = files.get(name), raw = encode(name), count = content.length;
    const same = pack("2222244422", 20, raw.length === name.length ? 0 : 0x800, 0, 0, 33, crc32(content), count, count, raw.length, 0);
    parts.push(Uint8Array.from([...pack("4", 0x04034b50), ...same, ...raw]), content);
    listed.push(Uint8Array.from([...pack("42", 0x02014b50, 0x0314), ...same, ...pack("22244", 0, 0, 0, 0o100644 << 16, offset), ...raw]));
    offset += 30 + raw.length + count;
    size += 46 + raw.length;
  }
  const end = pack("42222442", 0x06054b50, 0, 0, files.size, files.size, size, offset, 0);
  return gather([...parts, ...listed, Uint8Array.from(end)]);
}

// The files by name; adds to `wrong` what is not right about the archive alone, to `problems` what is about its files.
export async function readPackage(bytes, wrong, problems) {
  let found = new Map(), folders = [], entries;
  try { entries = await readArchive(bytes, wrong); } catch (error) {
    problems.push(error.code === "too_big" ? error : { code: "unreadable" });
    return found;
  }
  for (const [name, content] of entries) {
    if (DESKTOP.test(name)) wrong.push({ code: "desktop", file: name });
    else if (name.endsWith("/")) folders.push(name);
    else if (OUTSIDE.test(name) || found.has(name)) problems.push({ code: found.has(name) ? "twice" : "outside", file: name });
    else found.set(name, content);
  }
  const names = [...found.keys()], top = `${sorted(names)[0]?.split("/")[0]}/`;
  if (!found.has("SEAL") && found.has(`${top}SEAL`) && names.every((name) => name.startsWith(top))) {
    wrong.push({ code: "around", file: top });
    found = new Map(names.map((name) => [name.slice(top.length), found.get(name)]));
    folders = folders.filter((name) => name !== top);
  }
  wrong.push(...folders.map((file) => ({ code: "folder", file })));
  if (!problems.length && !wrong.length) {
    const plain = await plainArchive(found);
    if (plain.length !== bytes.length || plain.some((byte, at) => byte !== bytes[at])) wrong.push({ code: "rewritten" });
  }
  return found;
}
