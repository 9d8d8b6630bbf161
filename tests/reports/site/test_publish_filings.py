"""Filings on the public site: a month as it was filed and as it is known now, and which parts of a package the public gets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from glassbook.settings import Settings
from reports.filing.life.states import signed_folder
from reports.site.publishing import publish_site
from tests.reports.filing.test_filing_life import FILING, signed_by_all, submitted
from tests.support.site_pages import Parsed, broken_links

CHANGED = "update rpt_toy_figures set value = 31, numerator = 31 where code = 'TOY-A02' and as_of_on = date '2019-12-31'"


@pytest.fixture
def filed(desk: Callable[..., Result], settings: Settings, toy: Any, publish_snapshot: Any) -> Callable[..., Result]:
    """December is submitted, and then another figure of it becomes known."""
    publish_snapshot("s-1")
    submitted(desk)
    publish_snapshot("s-2", also=CHANGED, known_at="2020-01-05T01:00:00+00:00")
    return desk


def page(site: Path, path: str) -> Parsed:
    """A page in English."""
    return Parsed((site / "en" / path).read_text(encoding="utf-8"))


def row_of(found: Parsed, link: str) -> list[tuple[list[str], str]]:
    """The row of a table that leads to a page: per cell its exact values and its text."""
    [row] = [row for links, row in zip(found.row_links, found.rows, strict=True) if any(link in one for one in links)]
    return [([value.exact for value in values], " ".join(text.split())) for values, text in row]


def test_a_month_stands_as_filed_beside_what_is_known_now(filed: Callable[..., Result], settings: Settings, tmp_path: Path) -> None:
    site = publish_site(settings, tmp_path / "site").page.parent
    assert broken_links(site) == []
    changed = row_of(page(site, "months/2019-12.html"), "TOY-A02")
    assert [exact for exact, _ in changed[1:4]] == [["31"], ["30"], ["1"]] and changed[3][1] == "+1"
    same = row_of(page(site, "months/2019-12.html"), "TOY-A01")
    assert same[1][0] == same[2][0] and same[3] == ([], "=")
    figure = row_of(page(site, "figures/TOY-A02.html"), "2019-12.html")
    assert [exact for exact, _ in figure[1:3]] == [["31"], ["30"]]
    assert "1 filed month is known otherwise by now" in (site / "en" / "figures" / "TOY-A02.html").read_text(encoding="utf-8")
    assert "1 figure known otherwise now" in (site / "en" / "months" / "index.html").read_text(encoding="utf-8")
    document = json.loads((site / "data" / "figures" / "TOY-A02.json").read_text(encoding="utf-8"))
    assert [(v["value"], v["filed_value"]) for v in document["values"]][-1] == ("31", "30")


def test_the_public_gets_figures_and_seal_of_a_filing_and_nothing_else(
    filed: Callable[..., Result], settings: Settings, tmp_path: Path
) -> None:
    site = publish_site(settings, tmp_path / "site").page.parent
    package = signed_folder(settings, "toy", "2019-12", 1)
    folder = site / "data" / "filings" / FILING / "v1"
    assert {path.name for path in folder.iterdir()} == {"figures.json", "figures.csv", "SEAL"}
    assert all(path.read_bytes() == (package / path.name).read_bytes() for path in folder.iterdir())
    seal = (folder / "SEAL").read_text(encoding="utf-8")
    assert f"file {hashlib.sha256((folder / 'figures.json').read_bytes()).hexdigest()}  figures.json" in seal
    shown = (site / "en" / "filings" / "index.html").read_text(encoding="utf-8")
    assert seal.splitlines()[-1].removeprefix("whole ") in shown
    assert "Loan 1 pays on Friday" not in "".join(p.read_text(encoding="utf-8") for p in site.rglob("*.html")), "edits stay inside"


def test_nothing_is_shown_of_a_package_that_is_not_as_it_was_sealed(
    filed: Callable[..., Result], settings: Settings, tmp_path: Path
) -> None:
    package = signed_folder(settings, "toy", "2019-12", 1)
    (package / "figures.json").write_bytes((package / "figures.json").read_bytes().replace(b'"30"', b'"29"'))
    site = publish_site(settings, tmp_path / "site").page.parent
    filings = (site / "en" / "filings" / "index.html").read_text(encoding="utf-8")
    assert "is not as it was sealed" in filings and "figures.json" not in filings
    assert "29" not in [value.exact for value in page(site, "months/2019-12.html").values]
    assert not (site / "data" / "filings").exists()


@pytest.fixture
def slower(desk: Callable[..., Result], settings: Settings, toy: Any, publish_snapshot: Any) -> Callable[..., Result]:
    """December is submitted, and then a figure of it becomes known on which no other depends."""
    publish_snapshot("s-1")
    submitted(desk)
    known = "update rpt_toy_figures set value = 5, numerator = 5, denominator = 1 where code = 'TOY-B02' and as_of_on = date '2019-12-31'"
    publish_snapshot("s-2", also=known, known_at="2020-01-03T01:30:00+00:00")
    return desk


def corrected(desk: Callable[..., Result], reason: str) -> None:
    """The next version, submitted."""
    opened = desk("supersede", FILING, "--reason", reason)
    assert opened.exit_code == 0, opened.output
    signed_by_all(desk)
    assert desk("submit", FILING).exit_code == 0


def test_a_correction_that_was_refused_is_nowhere_told_as_one(slower: Callable[..., Result], settings: Settings, tmp_path: Path) -> None:
    slower("acknowledge", FILING, "--receipt", "2020-17")
    corrected(slower, "A clock was wrong.")

    def told() -> tuple[str, ...]:
        site = publish_site(settings, tmp_path / "site").page.parent / "en"
        assert broken_links(site.parent) == []
        names = ("index.html", "figures/TOY-B02.html", "feed.xml", "filings/index.html")
        return tuple((site / name).read_text(encoding="utf-8") for name in names)

    first, figure, feed, _ = told()
    assert "#restated" in first and "toy-2019-12, version 2" in figure and "Corrects: TOY-B02" in feed, "while it waits for its answer"
    slower("refuse", FILING, "--reason", "Form B is not legible.")
    first, figure, feed, listed = told()
    assert "#restated" not in first and "No filed figure has been corrected by a later version." in first
    assert '<div class="open">\n      <dt>Filing</dt>\n      <dd><b>refused</b>' in first
    assert "toy-2019-12, version 2" not in figure and "Corrects:" not in feed
    assert "1 filed month is known otherwise by now, and no correction is with the regulator" in figure
    assert 'class="state left">refused<' in listed and "What it says otherwise than version 1" in listed
    corrected(slower, "Form B set again.")
    slower("acknowledge", FILING, "--receipt", "2020-18")
    first, figure, feed, listed = told()
    assert "#restated" in first and "toy-2019-12, version 3" in figure and "toy-2019-12, version 2" not in figure
    assert feed.count("Corrects: TOY-B02") == 1
    assert 'class="state left">refused<' in listed and listed.count("What it says otherwise than version 1") == 2


def test_what_replaces_a_refused_first_version_corrects_nothing(slower: Callable[..., Result], settings: Settings, tmp_path: Path) -> None:
    slower("refuse", FILING, "--reason", "Form B is not legible.")
    corrected(slower, "Form B set again.")
    site = publish_site(settings, tmp_path / "site").page.parent / "en"
    assert "What it says otherwise than version 1" in (site / "filings" / "index.html").read_text(encoding="utf-8")
    assert "No filed figure has been corrected by a later version." in (site / "index.html").read_text(encoding="utf-8")
