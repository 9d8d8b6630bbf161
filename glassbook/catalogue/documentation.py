"""Writes docs/figures.md, docs/checks.md and docs/metrics from the catalogues: `python -m glassbook.catalogue.documentation`.

Belongs here: the Markdown of the list of figures and of the checks, and which files there are. Does not: how the guide looks
(`guide.pages`), any text about a figure or a check; those are in the catalogue.
"""

from __future__ import annotations

import csv
from pathlib import Path

from glassbook.catalogue import RULE_SET_VERSION, Check, Metric, dated_seeds, load_checks, load_metrics, metric_sets
from glassbook.catalogue.guide import Language
from glassbook.catalogue.guide.pages import FOLDER, NOTE, guide_pages, page_of

DOCS = Path(__file__).resolve().parents[2] / "docs"
SEEDS = DOCS.parent / "dbt_project" / "seeds"
# Seeds whose rows decide the result of an edit or a figure of a regime, by what they hold.
ANY = "—"


def figures_page() -> str:
    """The list of every figure of every set, in the order of the forms, as Markdown; what each means is in the guide."""
    lines = [NOTE, "", "# Figures", "", *_FIGURES_INTRODUCTION]
    for name in metric_sets():
        metrics = load_metrics(name)
        lines += ["", f"## {name}", ""]
        lines += [f"{len(metrics)} figures, sections {', '.join(sorted({m.section for m in metrics}))}.", ""]
        lines += ["| code | 中文 | English | unit | decimals | period |", "| --- | --- | --- | --- | --- | --- |"]
        lines += [f"| {m.code} | {_told(m, 'zh')} | {_told(m, 'en')} | {m.unit} | {m.decimals} | {_cell(m.period)} |" for m in metrics]
    return "\n".join(lines) + "\n"


def checks_page() -> str:
    """The page of every check as Markdown."""
    checks = load_checks()
    lines = [NOTE, "", "# Checks", "", *_CHECKS_INTRODUCTION, "", f"Rule set {RULE_SET_VERSION}: {len(checks)} checks.", ""]
    lines += ["| code | name | severity | holds back | rule | source |", "| --- | --- | --- | --- | --- | --- |"]
    lines += [
        f"| {c.code} | `{c.name}` | {c.severity} | {_holds_back(c)} | {_cell(c.rule_en)}<br>{_cell(c.rule_zh)} | {_cell(c.source)} |"
        for c in checks
    ]
    lines += ["", "## Where each is", ""]
    lines += ["| code | scope | phase | regime | findings come from | about |", "| --- | --- | --- | --- | --- | --- |"]
    for check in checks:
        origin = f"`{check.relation}(day)`" if check.relation else "ingestion: rows in quarantine"
        about = ", ".join(f"`{name}`" for name in check.about)
        lines.append(f"| {check.code} | {check.scope} | {check.phase} | {check.regime or ANY} | {origin} | {about} |")
    lines += ["", "## Dated parameters", "", *_SEEDS_INTRODUCTION]
    for name, what in dated_seeds().items():
        lines += _seed(name, what)
    return "\n".join(lines) + "\n"


_FIGURES_INTRODUCTION = [
    "Every figure that Glassbook publishes, by code. A name leads to its one definition in the guide ([metrics](metrics/README.md)), which",
    "also tells of what the marts hold beside them. Pages, workbooks and apps take their words from the same records.",
    "`glassbook explain CODE --regime R --as-of D` shows the rows behind one; figures of the house (OP-…, MK-…) need no regime. Those",
    "that are told by a key, as by month of disbursement, are listed with their values, and the rows add up to all of these. A ratio",
    "whose denominator is 0 has no value (—). Values are rounded half up once, to the decimals named; numerator and denominator are kept",
    "beside them exactly.",
    "",
    "Operating figures take the readings of the regime that the setting `home_regime` names; what they count under each is said with them.",
    "A figure of a law that is the *same as* an operating one is the same number out of the same rows, in the words of the law.",
]
_CHECKS_INTRODUCTION = [
    "Every rule that a build or a filing is held to. A check returns its findings as rows; none means that it holds. One that crashes has",
    "failed. *Blocking* checks hold back a snapshot: readers keep the one before. Edits of a regime with severity `error` hold back a",
    "sign-off: `glassbook file` writes a package marked draft and exits 1. A warning needs a reason of its own, an info needs nothing.",
    "What some of them find cannot be true of any book: `glassbook publish` marks figures as *provisional* on the page then, and exits 1.",
]
_SEEDS_INTRODUCTION = [
    "Rows of the seeds in `dbt_project/seeds`. One holds from its day until the next of its name; a change of law is one more row.",
]


def _seed(name: str, what: str) -> list[str]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    lines = ["", f"### {name}", "", f"{what}.", ""]
    lines += [f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}"]
    return lines + [f"| {' | '.join(_cell(value) for value in row)} |" for row in rows]


def _told(metric: Metric, language: Language) -> str:
    """The name of a figure, as a link to its place in the guide."""
    name = metric.name_zh if language == "zh" else metric.name_en
    return f"[{_cell(name)}]({FOLDER}/{language}/{page_of(metric.code)}.md#{metric.code.lower()})"


def _holds_back(check: Check) -> str:
    if check.is_blocking:
        return "the snapshot"
    held_back = "the sign-off" if check.regime and check.severity == "error" else ANY
    return f"{held_back}; the page is provisional" if check.refutes_figures else held_back


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def pages() -> dict[str, str]:
    """Path in docs/ and content of each generated page."""
    return {"figures.md": figures_page(), "checks.md": checks_page()} | guide_pages()


def write_pages() -> None:
    """Writes every page, and removes pages of the guide that no longer exist."""
    found = pages()
    for path in sorted((DOCS / FOLDER).rglob("*.md")):
        if path.relative_to(DOCS).as_posix() not in found:
            path.unlink()
    for name, content in found.items():
        (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / name).write_text(content, encoding="utf-8")
        print(f"wrote {DOCS / name}")


if __name__ == "__main__":
    write_pages()
