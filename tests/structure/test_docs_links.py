"""Relative links in the documents lead to files, and their anchors to headings; every document can be reached from the README."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def _pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(p for name in ("docs", "deploy", "benchmarks", "dbt_project") for p in (ROOT / name).rglob("*.md"))]


def _links(page: Path) -> list[tuple[Path, str]]:
    found = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            found.append(((page.parent / path).resolve() if path else page, anchor))
    return found


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def test_relative_links_resolve() -> None:
    broken = [f"{page.relative_to(ROOT)} -> {target}" for page in _pages() for target, _ in _links(page) if not target.exists()]
    assert broken == []


def test_anchors_resolve() -> None:
    broken = [
        f"{page.relative_to(ROOT)} -> {target.name}#{anchor}"
        for page in _pages()
        for target, anchor in _links(page)
        if anchor and target.suffix == ".md" and anchor not in _anchors(target)
    ]
    assert broken == []


def test_every_document_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            waiting += [target for target, _ in _links(page) if target.suffix == ".md" and target.exists()]
    assert sorted(str(p.relative_to(ROOT)) for p in _pages() if p not in reached) == []
