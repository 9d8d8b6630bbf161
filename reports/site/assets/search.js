// Searches the projects under way in a list that is fetched from this site when somebody first types. Without it every project is on a page.
"use strict";
(() => {
  const box = document.querySelector(".search");
  // From a disk nothing can be fetched: the pages are there to be read through.
  if (!box || location.protocol === "file:") return;
  const field = box.querySelector("input"), said = box.querySelector("[role=status]"), list = box.querySelector("ul");
  const MOST = 50;
  let index = null;
  box.hidden = false;

  const load = () => (index ??= fetch(box.dataset.index).then((answer) => {
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }).then((found) => ({ ...found, lower: found.words.map((word) => word.toLowerCase()) })));

  const matches = (held, row, parts) => parts.every((part) =>
    String(row[0]).startsWith(part) || row.slice(1).some((number) => held.lower[number].includes(part)));

  const show = async () => {
    const parts = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.replaceChildren();
    said.textContent = "";
    if (!parts.length) return;
    const held = await load();
    const found = held.rows.map((row, place) => [row, place]).filter(([row]) => matches(held, row, parts));
    said.textContent = `${box.dataset.found}: ${found.length}`;
    for (const [row, place] of found.slice(0, MOST)) {
      const page = Math.floor(place / held.rows_a_page) + 1;
      const link = document.createElement("a");
      link.href = `${box.dataset.pages}${page === 1 ? "index" : page}.html#p${row[0]}`;
      link.textContent = `${row[0]}`;
      const line = document.createElement("li");
      line.append(link, ` ${row.slice(1).map((number) => held.words[number]).join(", ")}`);
      list.append(line);
    }
  };
  field.addEventListener("input", () => show().catch(() => { said.textContent = "–"; }));
})();
