// The page that verifies packages of filings in the reader's browser. Nothing is sent anywhere: the files stay on the machine.
// Its parts are package.js (seal, signatures, verdict), archive.js (the files out of a .zip) and bytes.js.

import { chain, readRegister, verdictOf, verify } from "./package.js";

// The order of submission, as the seals tell it.
function inOrder(results) {
  const left = [...results], order = [];
  while (left.length) {
    const next = left.findIndex(({ previous }) => previous && previous === order.at(-1)?.seal);
    const first = left.findIndex(({ previous }) => !left.some(({ seal }) => seal && seal === previous));
    order.push(...left.splice(Math.max(next < 0 ? first : next, 0), 1));
  }
  return order;
}

// Names of files are whatever someone chose: no sign of them may turn or hide the words around it.
const plain = (value) =>
  String(value).replace(/(?! )[\p{C}\p{Z}]/gu, (sign) => `\\u{${sign.codePointAt(0).toString(16)}}`);

function element(tag, text, ...inner) {
  const made = document.createElement(tag);
  made.append(...(text ? [text] : []), ...inner);
  return made;
}

function show({ name, ...result }, say) {
  const { wrong, problems, signOffs = [] } = result, verdict = verdictOf(result);
  const shown = element("section", "", element("h4", plain(name)), element("p", "", element("strong", say(verdict))));
  shown.dataset.verdict = verdict;
  const findings = [...wrong, ...problems].map((finding) => element("li", say(finding.code, finding)));
  if (findings.length) shown.append(element("ul", "", ...findings));
  if (wrong.length) shown.append(element("p", say(problems.some(({ code }) => code !== "unable") ? "files_changed" : "files_as_sealed")));
  const facts = [];
  if (result.filing) facts.push(say("fact_filing", result), say(result.status === "draft" ? "fact_draft" : "fact_status", result));
  if (result.filing && !signOffs.length) facts.push(say("fact_unsigned"));
  facts.push(...signOffs.map((signOff) => say("fact_signed", signOff)));
  if (result.seal) facts.push(say("fact_seal", result), say("fact_previous", result));
  if (facts.length) shown.append(element("ul", "", ...facts.map((fact) => element("li", fact))));
  return shown;
}

function setUp(page) {
  const template = page.querySelector("template").content;
  const words = new Map(Array.from(template.children, (word) => [word.dataset.code, word.textContent]));
  const role = (value) => words.get(`role_${value}`) ?? plain(value);
  const told = (key, value) => (["role", "roles", "wanted"].includes(key) ? [value].flat().map(role).join(", ") : plain(value));
  const say = (code, values) => words.get(code).replace(/\{(\w+)\}/g, (_, key) => told(key, values[key]));
  const output = page.querySelector("[aria-live]"), [packages, keys] = page.querySelectorAll("input");
  const tell = (code) => output.replaceChildren(element("p", say(code)));
  const read = async (file) => new Uint8Array(await file.arrayBuffer());
  if (!globalThis.crypto?.subtle || !globalThis.DecompressionStream) return tell("old_browser");
  const check = async () => {
    let register = null;
    try { if (keys.files.length) register = await readRegister(await read(keys.files[0])); } catch {
      return [element("p", say("no_register"))];
    }
    const results = [];
    for (const file of packages.files) results.push({ name: file.name, ...(await verify(await read(file), register)) });
    const order = inOrder(results), isOpen = !register && results.some(({ signOffs }) => signOffs?.length);
    chain(order);
    return [...order.map((result) => show(result, say)), ...(isOpen ? [element("p", say("without_register"))] : [])];
  };
  let turn = 0;
  page.querySelector("form").hidden = false;
  page.addEventListener("change", async () => {
    const mine = ++turn;
    tell("working");
    // A file that was moved or changed since it was chosen is read no more.
    const shown = await check().catch(() => [element("p", say("no_file"))]);
    // Whoever chose other files in the meantime waits for those.
    if (mine === turn) output.replaceChildren(...shown);
  });
}

const page = globalThis.document?.querySelector("#verifier");
if (page) setUp(page);
