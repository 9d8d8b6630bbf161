"""docs/figures.md, docs/checks.md and docs/metrics are what the catalogues say, and hold every code."""

from __future__ import annotations

import pytest

from glassbook.catalogue import load_checks, load_metrics, metric_sets
from glassbook.catalogue.documentation import DOCS, pages
from glassbook.catalogue.guide.pages import FOLDER


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_page_is_not_stale(name: str) -> None:
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == pages()[name], "run `python -m glassbook.catalogue.documentation`"


def test_no_page_of_the_guide_is_left_over() -> None:
    found = {path.relative_to(DOCS).as_posix() for path in (DOCS / FOLDER).rglob("*.md")}
    assert len(found) > 30 and found == {name for name in pages() if name.startswith(f"{FOLDER}/")}


def test_every_code_has_its_place() -> None:
    found = pages()
    assert [m.code for set_name in metric_sets() for m in load_metrics(set_name) if f"| {m.code} | [" not in found["figures.md"]] == []
    assert [c.code for c in load_checks() if f"| {c.code} | `" not in found["checks.md"]] == []
