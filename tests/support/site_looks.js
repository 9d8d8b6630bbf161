// What a reader of a page cannot see, cannot read or is not told: run within a page, it says what it looked at and what is wrong.
// Belongs here: measuring what the browser has laid out. Does not: which page it is, nor what accessibility checks find.
({ units, counted, leastText, leastChartText }) => {
  const problems = [];
  const say = (what, element) => problems.push(`${what}: ${element.outerHTML.slice(0, 140).replace(/\s+/g, " ")}`);
  const root = document.documentElement;
  const edge = root.clientWidth;
  // For readers that speak alone, or shown when it has the focus.
  const isForEars = (element) => element.closest(".skip") || element.closest("thead")?.offsetWidth === 1;
  const isScrolled = (element) => {
    for (let at = element; at && at !== document.body; at = at.parentElement)
      if (["auto", "scroll"].includes(getComputedStyle(at).overflowX)) return true;
    return false;
  };
  const shown = [...document.body.querySelectorAll("*")].filter(
    (element) => element.getClientRects().length && element.checkVisibility({ visibilityProperty: true }) && !isForEars(element));
  const seen = new Set(shown);

  if (root.scrollWidth > edge) problems.push(`the page is ${root.scrollWidth} wide in a window of ${edge}`);
  for (const element of shown) {
    const box = element.getBoundingClientRect();
    if ((box.right > edge + 1 || box.left < -1) && !element.closest("svg") && !isScrolled(element)) say("beyond the edge", element);
    const style = getComputedStyle(element);
    if (["hidden", "clip"].includes(style.overflowX) && !element.closest("svg") && element.scrollWidth > element.clientWidth + 1)
      say("cut off", element);
  }

  let texts = 0;
  const range = document.createRange();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.data.trim() || !seen.has(element)) continue;
    texts += 1;
    const drawing = element.closest("svg");
    const scale = drawing ? element.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(element).fontSize) * scale;
    if (size < (drawing ? leastChartText : leastText) - 0.01) say(`text of ${size.toFixed(1)} px`, element);
    range.selectNodeContents(node);
    const lines = new Set([...range.getClientRects()].map((line) => line.top));
    if (units.includes(node.data.trim()) && lines.size > 1) say("a unit over two lines", element);
    const holder = drawing ?? element.closest("td, th, p, li, dd, dt, h1, h2, h3, caption, div, section");
    const inner = range.getBoundingClientRect();
    const outer = holder?.getBoundingClientRect();
    if (outer && (inner.right > outer.right + 1.5 || inner.left < outer.left - 1.5)) say("text beyond its box", element);
  }

  // Labels of an axis that stand over one another.
  for (const drawing of shown.filter((element) => element.matches("svg[role=img]"))) {
    const boxes = [...drawing.querySelectorAll("text")].map((text) => [text, text.getBoundingClientRect()]);
    boxes.forEach(([text, a], place) => {
      if (boxes.slice(place + 1).some(([, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom))
        say("label over another", text);
    });
    if (!boxes.length) say("a chart without a label", drawing);
  }

  // Of what a value is: behind it, in the row's own column, or in the words over it.
  const words = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const isUnit = (text) => units.includes(words(text));
  const named = units.map((unit) => new RegExp(`[(（:：] ?${unit}( ?[)）;；,，]|$)`));
  const names = (text) => counted.includes(words(text).toLowerCase()) || named.some((pattern) => pattern.test(words(text)));
  // What the parts of a ratio count is in its formula, which stands beside them.
  const values = shown.filter((element) => element.matches("main data") && !element.closest(".part"));
  for (const value of values) {
    const holder = value.closest("tr, li, dd, .leads > div") ?? value.closest("p");
    const after = document.createRange();
    after.setStartAfter(value);
    after.setEndAfter(holder.lastChild);
    const follows = words(after.toString());
    const cell = value.closest("td");
    const table = value.closest("table");
    const said = [words(table?.caption?.innerText)];
    if (cell && getComputedStyle(cell, "::before").content !== "none") said.push(cell.dataset.label);
    const head = table?.tHead;
    if (cell && head && !isForEars(head)) said.push(head.rows[0].cells[cell.cellIndex]?.innerText);
    const beside = [...holder.querySelectorAll("td, .unit")].filter((other) => seen.has(other));
    if (!(units.some((unit) => follows.startsWith(unit)) || beside.some((other) => isUnit(other.innerText)) || said.some(names)))
      say("a value without its unit", holder);
  }

  const rows = shown.filter((element) => element.matches("main tr, main li, main p, main dd, main h1, main svg[role=img]"));
  return {
    problems: [...new Set(problems)].slice(0, 12),
    texts,
    values: values.length,
    tableRows: rows.filter((row) => row.matches("tbody tr")).length,
    rows: rows.length,
    charts: rows.filter((row) => row.matches("svg")).length,
  };
}
