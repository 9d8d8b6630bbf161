"""docs/figures.md and docs/checks.md are what the catalogues say, and hold every code."""

from __future__ import annotations

import pytest

from glassbook.catalogue import load_checks, load_metrics, metric_sets
from glassbook.catalogue.documentation import DOCS, pages


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_page_is_not_stale(name: str) -> None:
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == pages()[name], "run `python -m glassbook.catalogue.documentation`"


def test_every_code_has_its_place() -> None:
    found = pages()
    assert [m.code for set_name in metric_sets() for m in load_metrics(set_name) if f"### {m.code}\n" not in found["figures.md"]] == []
    assert [c.code for c in load_checks() if f"| {c.code} | `" not in found["checks.md"]] == []
