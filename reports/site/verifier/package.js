// Whether a package is as it was sealed and signed: the verdict of the stand-alone script verify_filing.py, in its order.
// A finding is a code and what it speaks of; the words of each code stand in the page, in the page's language.

import { readPackage } from "./archive.js";
import { decode, encode, fail, parseJson, sha256, sorted, unhex } from "./bytes.js";

const ROLES = ["preparer", "approver", "legal_representative"]; // a package has no say in who signs
const HASH = "[0-9a-f]{64}";
const INSTANT = "[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{6})?\\+00:00";
const FIELDS = {
  filing: "[^\\n]+", version: "[1-9][0-9]*", seal: HASH, role: "[^\\n]+", person: "[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*", key: HASH,
  at: INSTANT, log: `${HASH}|none`, signature: "[0-9a-f]{128}",
};

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const isOf = (pattern, text) => typeof text === "string" && new RegExp(`^(?:${pattern})$`).test(text);

const SEAL = /^(glassbook-seal 1\nprevious (?:[0-9a-f]{64}|none)\n)([^]*)whole ([0-9a-f]{64})\n$/;
const ABOUT_OTHERS = ["SEAL", "SIGNATURES"];

// The name of the seal and of the one before it, or nothing where the seal itself does not hold.
async function checkSeal(files, problems) {
  let head, body, whole, listed;
  try {
    [, head, body, whole] = decode(files.get("SEAL")).match(SEAL);
    listed = new Map(Array.from(body.matchAll(/file ([0-9a-f]{64})  ([^\n]+)\n/g), ([, digest, name]) => [name, digest]));
    if (sorted(listed.keys()).map((name) => `file ${listed.get(name)}  ${name}\n`).join("") !== body) fail("other lines");
    if ((await sha256(encode(head + body))) !== whole) fail("another sum");
  } catch {
    problems.push({ code: files.has("SEAL") ? "malformed" : "missing", file: "SEAL" });
    return {};
  }
  const found = new Set([...files.keys()].filter((name) => !ABOUT_OTHERS.includes(name)));
  const all = sorted(new Set([...listed.keys(), ...found])), isBoth = (name) => listed.has(name) && found.has(name);
  for (const file of all.filter(isBoth)) {
    if ((await sha256(files.get(file))) !== listed.get(file)) problems.push({ code: "changed", file });
  }
  for (const file of all) if (!isBoth(file)) problems.push({ code: found.has(file) ? "added" : "missing", file });
  return { seal: whole, previous: head.split(/\s/)[3] };
}

// What filing.json says of itself, or nothing.
function headOf(files) {
  try {
    const document = parseJson(files.get("filing.json"));
    const [regime, period, version, roles, status] =
      ["regime", "period", "version", "sign_offs", "status"].map((name) => document.get(name));
    const isText = [regime, period, status, ...roles].every((text) => typeof text === "string");
    if (!Array.isArray(roles) || !isText || typeof version !== "bigint") return null;
    return { filing: `${regime}-${period}`, version: String(version), roles, status };
  } catch { return null; }
}

// Of a day that there is.
const isInstant = (at) => isOf(INSTANT, at) && at >= "0001" && new Date(`${at.slice(0, 19)}Z`).toISOString().startsWith(at.slice(0, 19));
const moment = (at) => at.slice(0, 19) + (at.length > 25 ? at.slice(19, 26) : ".000000");

// The sign-offs, each with its public key and the text that was signed. Throws unless they are exactly as Glassbook writes them.
async function parseSignatures(text) {
  const [first, ...blocks] = text.split("\n\n"), last = blocks.pop(), names = Object.keys(FIELDS);
  const shape = new RegExp(`^${names.map((name) => `${name} (${FIELDS[name]})`).join("\n")}$`);
  const signOffs = blocks.map((block) => {
    const [, ...values] = block.match(shape);
    const signOff = Object.fromEntries(names.map((name, n) => [name, values[n]]));
    signOff.message = `glassbook sign-off 1\n${block.slice(0, block.lastIndexOf("\n") + 1)}`;
    return isInstant(signOff.at) ? signOff : fail("no instant");
  });
  const publics = Array.from(last.matchAll(/public-key ([0-9a-f]{64}) /g), ([, key]) => key);
  if (first !== "glassbook-signatures 1" || !signOffs.length || publics.length !== signOffs.length) fail("other lines");
  if (signOffs.map(({ person }, n) => `public-key ${publics[n]} ${person}\n`).join("") !== last) fail("other lines");
  for (const [n, signOff] of signOffs.entries()) {
    signOff.public = publics[n];
    if ((await sha256(unhex(publics[n]))) !== signOff.key) fail("another key");
  }
  return signOffs;
}

// Points of a small order, with which anybody's signature fits, and points written otherwise than RFC 8032 has it: browsers
// differ in whether they refuse them. The highest bit is that of the other coordinate.
const NO_POINT = [
  "0[01](00){31}", "(e[c-f]|f.)(ff){30}7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].join("|");
const isNoPoint = (point) => isOf(NO_POINT, point.slice(0, 62) + (parseInt(point.slice(62), 16) & 127).toString(16).padStart(2, "0"));

async function fits(key, signature, message) {
  if (isNoPoint(key) || isNoPoint(signature.slice(0, 64))) return false;
  try {
    const imported = await crypto.subtle.importKey("raw", unhex(key), "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", imported, unhex(signature), encode(message));
  } catch { return false; }
}

// Whether this browser knows Ed25519: it has to accept the first example of RFC 8032.
const canCheck = () => fits(
  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  "",
);

// The keys of a register. Throws for what is none.
export async function readRegister(bytes) {
  const keys = parseJson(bytes).get("keys").map((key) => Object.fromEntries(key));
  for (const key of keys) {
    const instants = [key.valid_from, key.valid_until, ...(key.revoked_at === null ? [] : [key.revoked_at])];
    if (!isOf(HASH, key.public) || !isOf(FIELDS.person, key.person) || !instants.every(isInstant)) fail("no key");
    key.id = await sha256(unhex(key.public));
    [key.from, ...key.ends] = instants.map(moment);
  }
  return keys;
}

async function checkSignOffs(files, head, seal, register, problems) {
  let signOffs;
  try { signOffs = await parseSignatures(decode(files.get("SIGNATURES"))); } catch {
    problems.push({ code: "malformed", file: "SIGNATURES" });
    return [];
  }
  const isAble = await canCheck();
  for (const signOff of signOffs) {
    const { person, role, key, at } = signOff, add = (code, more) => problems.push({ code, person, role, ...more });
    if (isAble && !(await fits(signOff.public, signOff.signature, signOff.message))) add("misfit");
    if (signOff.filing !== head.filing || signOff.version !== head.version || signOff.seal !== seal) add("other_package");
    const known = register?.find(({ id }) => id === key);
    if (register && !known) add("unknown_key");
    if (known && known.person !== person) add("other_person", { owner: known.person });
    if (known && !(known.from <= moment(at) && known.ends.every((end) => moment(at) < end))) add("not_held");
  }
  const given = signOffs.map(({ role }) => role), people = new Set(signOffs.map(({ person }) => person));
  if (!isSame(given, ROLES)) problems.push({ code: "signed_as", roles: given, wanted: ROLES });
  if (people.size !== signOffs.length) problems.push({ code: "one_person" });
  if (!isAble) problems.push({ code: "unable" });
  return signOffs;
}

async function checkSignatures(files, seal, register, problems) {
  const head = headOf(files), isDraft = head?.status === "draft";
  if (!head) {
    problems.push({ code: "no_filing" });
    return {};
  }
  if (head.roles.length && !isSame(head.roles, ROLES)) problems.push({ code: "other_roles", roles: head.roles, wanted: ROLES });
  // Who has a register receives submissions, and these are signed.
  const isWanted = Boolean(register) || (head.roles.length > 0 && !isDraft);
  if (isWanted && isDraft) problems.push({ code: "draft" });
  let signOffs = [];
  if (!files.has("SIGNATURES")) problems.push(...(isWanted ? [{ code: "unsigned", wanted: ROLES }] : []));
  else if (isWanted) signOffs = await checkSignOffs(files, head, seal, register, problems);
  else problems.push({ code: "added", file: "SIGNATURES" });
  return { ...head, signOffs };
}


// `wrong` is what is not right about the archive alone, `problems` what is about its files. A browser that cannot check
// signatures says of a package without any other fault that it cannot tell.
export function verdictOf({ wrong, problems }) {
  if (!wrong.length && !problems.length) return "holds";
  return wrong.length || problems.some(({ code }) => code !== "unable") ? "does_not_hold" : "cannot_tell";
}

// `bytes` is a Uint8Array; `register` what readRegister gave, or null.
export async function verify(bytes, register = null) {
  const wrong = [], problems = [];
  const files = await readPackage(bytes, wrong, problems), seals = await checkSeal(files, problems);
  const said = seals.seal ? await checkSignatures(files, seals.seal, register, problems) : {};
  return { wrong, problems, ...seals, ...said };
}

// Adds to the results of packages, in the order of their submission, which does not follow the one before it.
export function chain(results) {
  let before;
  for (const { seal, previous, problems } of results.filter((result) => result.seal)) {
    if (before && before !== previous) problems.push({ code: "no_successor", seal: before });
    before = seal;
  }
}
