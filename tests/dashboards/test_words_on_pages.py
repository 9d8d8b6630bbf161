"""Pages show words and round numbers, no codes and no None, have the parts that the guide to the figures names, and compute nothing."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from streamlit.testing.v1 import AppTest

import dashboards
from dashboards.executive.segments import KINDS, MOST_SEGMENTS
from dashboards.marketing.people import SEGMENTS
from glassbook.catalogue.guide import LANGUAGES, Language, load_topics
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from reports.filing.declare.regime import load_regime
from tests.dashboards.test_pages import html, run_page, served

__all__ = ["served"]

# What no cell should show, and why.
WRONG = {
    "a code": re.compile(r"[a-z]+_[a-z_]+"),
    "no value of Python's": re.compile(r"\b(None|nan|NaN|NaT|True|False)\b"),
    "a long decimal": re.compile(r"\d\.\d{4,}"),
    "an amount without its thousands": re.compile(r"(?<![\d,.\-])\d{5,}(?![\d\-])"),
    "a sign of nothing": re.compile(r"(?<![\d.\-])-0(\.0+)?(?![\d.])"),
}
PAGES: dict[Language, dict[str, str]] = {
    "zh": {"营销": "marketing", "经营": "executive"},
    "en": {"Marketing": "marketing", "Business": "executive"},
}
AGGREGATES = re.compile(r"\b(sum|avg|count|median|stddev|quantile\w*)\((?!\))[^)]*\)(?!\s*over)")


def cells(page: AppTest) -> list[str]:
    """Texts of the tables' cells and headings."""
    found = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", html(page))
    return [" ".join(unescape(re.sub(r"<[^>]*>", " ", cell)).split()) for cell in found]


def wrong(page: AppTest) -> list[tuple[str, str]]:
    """Cells that should not be shown, with the reason."""
    assert not page.exception
    told = cells(page)
    assert len(told) > 100
    return [(why, cell) for why, pattern in WRONG.items() for cell in told if pattern.search(cell)]


def test_the_patterns_find_what_they_are_for() -> None:
    for why, cell in zip(WRONG, ("自然搜索 organic_search", "None", "0.33333", "1234567", "-0.00"), strict=True):
        assert WRONG[why].search(cell), why
    assert [why for why, pattern in WRONG.items() if pattern.search("1,234,567.89 -0.05 2019-12-31 0.339")] == []


def test_the_executive_page_shows_words_for_every_kind_of_segment(served: None, small_snapshot: Snapshot, small_home: Settings) -> None:
    with connect(small_snapshot.database) as connection:
        segments = connection.execute(
            "select distinct segment_kind, segment_id from rpt_operations_segments where segment_id <> 'none' "
            "and as_of_on = (select max(as_of_on) from rpt_operations_figures)"
        ).fetchall()
        named = {(kind, code): name for kind, code, name in connection.execute("from dim_segments").fetchall()}
    codes = load_regime(small_home.home_regime).codes
    named |= {(kind, code): words[0] for kind, known in codes.items() for code, words in known.items()}
    page = run_page("executive")
    found = wrong(page)
    for kind in KINDS[1:]:
        found += wrong(page.selectbox(key="gb-kind").set_value(kind).run())
        names = [named[segment] for segment in segments if segment[0] == kind and segment in named]
        if kind in ("product", "branch", "institution", "province", "industry"):
            assert len(names) > 1, kind
            told = [name for name in names if any(cell.startswith(f"{name} ") for cell in cells(page))]
            # The largest are shown; what has no such thing may be one of them.
            assert len(told) >= min(len(names), MOST_SEGMENTS - 1), kind
    assert found == []


def test_the_marketing_page_shows_words_for_every_kind_of_segment(served: None) -> None:
    page = run_page("marketing")
    found = wrong(page)
    for kind in SEGMENTS[1:]:
        found += wrong(page.selectbox(key="gb-funnel-kind").set_value(kind).run())
    assert found == []


def test_the_guide_names_parts_that_are_there(served: None) -> None:
    """What the guide says of where a figure is seen is made of the page's parts and headings, and of nothing else."""
    pages = {name: run_page(name) for name in ("marketing", "executive")}
    for language in LANGUAGES:
        titles = {called: titles_of(pages[name], language) for called, name in PAGES[language].items()}
        assert all(len(found) > 8 for found in titles.values())
        seen = {section.seen.of(language) for topic in load_topics() for section in topic.sections if section.seen is not None}
        told = [place.split(" › ", 1) for place in sorted(seen) if " › " in place]
        assert len(told) > 20
        assert [(page, rest) for page, rest in told if left_of(rest, titles[page])] == []


def titles_of(page: AppTest, language: Language) -> set[str]:
    """Parts and headings of a page, in one language."""
    headings = [
        re.split(r'<span class="gb-en" lang="en">', found) for found in re.findall(r'<h3 class="gb-section">(.*?)</h3>', html(page))
    ]
    parts = [tab.label.split(" ", 1) for tab in page.tabs]
    place = LANGUAGES.index(language)
    return {" ".join(re.sub(r"<[^>]*>", "", said[place]).split()) for said in (*headings, *parts)}


def left_of(text: str, titles: set[str]) -> str:
    """What is in `text` besides titles and punctuation between them."""
    for title in sorted(titles, key=len, reverse=True):
        text = text.replace(title, "")
    return text.strip(" ›,;、；")


def test_pages_compute_nothing() -> None:
    """A figure is computed in a model once; a page reads its rows."""
    sources = list(Path(dashboards.__file__).parent.rglob("*.py"))
    assert len(sources) > 10
    assert AGGREGATES.search("select sum(cost_amount) from x") and not AGGREGATES.search("row_number() over (order by day_on)")
    assert [(path.name, found[0]) for path in sources for found in AGGREGATES.finditer(path.read_text(encoding="utf-8"))] == []
