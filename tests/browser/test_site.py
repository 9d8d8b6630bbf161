"""The public site in a browser: every kind of page in every state of a platform, window, scheme and language, by pairs of these.

With SITE_MATRIX=whole every combination is opened; CONTRIBUTING.md says how long that takes.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from glassbook.settings import Settings
from tests.support.pairwise import Combination, pairs, pairwise, whole
from tests.support.served_site import served
from tests.support.site_browser import SCRIPTED, axe, chromium, looks, window
from tests.support.site_clicks import go, text_of, way_to
from tests.support.site_kinds import expected_rows, page_kinds
from tests.support.site_pages import Parsed
from tests.support.site_pictures import TOLERANCE, difference, is_renewed, keep, picture_of
from tests.support.site_sheets import printed, squeezed
from tests.support.site_states import STATES, publish_states

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
WIDTHS, SCHEMES, LANGUAGES = ("320", "390", "768", "1440"), ("light", "dark"), ("zh", "en")
BUDGET = 100_000
"""Bytes over the wire of a page with all that it asks for."""
LEAST_LINES = 8
"""On a sheet behind the first, the number of the sheet among them."""
# Sections of a page as it is shown now in which only the heading is.
HEADINGS_OVER_NOTHING = """() => [...document.querySelectorAll("main section")].filter((section) => {
  const heading = section.querySelector("h2");
  if (!heading || !heading.checkVisibility() || section.querySelector("svg, table")) return false;
  return section.innerText.trim() === heading.innerText.trim();
}).map((section) => section.innerText.trim())"""
CLICKS = 3


@pytest.fixture(scope="module")
def sites(small_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The published site of each state."""
    return publish_states(small_home, tmp_path_factory.mktemp("states"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests; each page has a window that kept nothing of another."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def addresses(sites: dict[str, Path]) -> Iterator[dict[str, str]]:
    """Where each state's site is served."""
    with served(sites) as found:
        yield found


@pytest.fixture(scope="module")
def kinds(sites: dict[str, Path]) -> dict[str, dict[str, str]]:
    """Per state its kinds of pages."""
    found = {state: page_kinds(site) for state, site in sites.items()}
    assert all(found[state] == page_kinds(site, "en") for state, site in sites.items())
    assert len(found["full"]) > 12 and len(found["empty"]) > 8
    return found


@pytest.fixture(scope="module")
def matrix(kinds: dict[str, dict[str, str]]) -> list[Combination]:
    """What is opened."""
    every = sorted({kind for held in kinds.values() for kind in held})
    axes = {"page": every, "state": STATES, "width": WIDTHS, "scheme": SCHEMES, "language": LANGUAGES}

    def exists(one: Combination) -> bool:
        return one["page"] in kinds[one["state"]]

    if os.environ.get("SITE_MATRIX") == "whole":
        return whole(axes, exists)
    chosen = pairwise(axes, exists)
    assert {pair for one in chosen for pair in pairs(one)} == {pair for one in whole(axes, exists) for pair in pairs(one)}
    assert len(chosen) < len(whole(axes, exists)) / 8
    return chosen


@pytest.mark.parametrize("state", STATES)
def test_every_page_can_be_read_in_every_window(
    state: str,
    matrix: list[Combination],
    sites: dict[str, Path],
    kinds: dict[str, dict[str, str]],
    addresses: dict[str, str],
    browser: Browser,
) -> None:
    """Its rows are there, nothing is beyond an edge, too small, without its unit, asked of another host, complained of or found by axe."""
    ours = [one for one in matrix if one["state"] == state]
    assert len(ours) > 8
    problems = []
    for one in ours:
        path = kinds[state][one["page"]]
        found = problems_of(browser, addresses[state], sites[state], path, one)
        problems += [f"{path} {one['width']} {one['scheme']} {one['language']}: {problem}" for problem in found]
    assert problems == []


def problems_of(browser: Browser, address: str, site: Path, path: str, one: Combination) -> list[str]:
    """What is wrong with one page in one window."""
    language = one["language"]
    with window(browser, address, width=int(one["width"]), scheme=one["scheme"]) as (page, watch):
        page.goto(f"{address}/{language}/{path}", wait_until="load")
        found = looks(page, language)
        assert found["texts"] > 10 and found["rows"] > 1, "the page is empty"
        assert found["tableRows"] >= expected_rows(site, path), (path, found)
        problems = [*found["problems"], *axe(page)]
        if not 0 < watch.wire_bytes < BUDGET:
            problems.append(f"{watch.wire_bytes} bytes over the wire")
        return problems + watch.problems


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_printed_is_whole(
    language: str, sites: dict[str, Path], kinds: dict[str, dict[str, str]], addresses: dict[str, str], browser: Browser
) -> None:
    """No column is beyond the paper, no column title is lost, no sheet is almost empty, and no heading is without content."""
    problems = []
    with window(browser, addresses["full"], width=1440) as (page, _):
        for path in kinds["full"].values():
            page.goto(f"{addresses['full']}/{language}/{path}")
            titles = page.eval_on_selector_all("thead th, tbody th", "all => all.map((title) => title.textContent)")
            assert len(titles) >= expected_rows(sites["full"], path)
            sheets = printed(page)
            text = squeezed("".join(sheet.text for sheet in sheets))
            problems += [f"{path} lacks {words!r}" for words in set(titles) if squeezed(words) not in text]
            problems += [f"{path} has text beyond its paper: {sheet.beyond}" for sheet in sheets if sheet.beyond]
            problems += [f"{path} has a sheet of {sheet.text}" for sheet in sheets[1:] if len(sheet.lines) < LEAST_LINES]
            page.emulate_media(media="print")
            problems += [f"{path} has a heading over nothing: {words}" for words in page.evaluate(HEADINGS_OVER_NOTHING)]
            page.emulate_media(media="screen")
    assert problems == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_script_a_page_says_the_same(
    language: str, kinds: dict[str, dict[str, str]], addresses: dict[str, str], browser: Browser
) -> None:
    """Except the search and the verifier, which are missing then."""
    address = addresses["full"]
    with window(browser, address) as (scripted, heard), window(browser, address, java_script_enabled=False) as (plain, unheard):
        for path in kinds["full"].values():
            for page in (scripted, plain):
                page.goto(f"{address}/{language}/{path}")
            parts = [part.inner_text() for part in scripted.locator(SCRIPTED).all()]
            assert not any(part.is_visible() for part in plain.locator(SCRIPTED).all())
            instead = [part.inner_text() for part in plain.locator("noscript").all()]
            said, same = without(scripted.inner_text("body"), parts), without(plain.inner_text("body"), instead)
            assert len(said) > 20 and said == same, path
    assert heard.problems == unheard.problems == []


def without(text: str, parts: list[str]) -> list[str]:
    """The words of a text without some of its parts, each of which must be in it."""
    for part in parts:
        assert part and part in text
        text = text.replace(part, "", 1)
    return text.split()


def test_the_search_finds_a_project_and_leads_to_it(addresses: dict[str, str], browser: Browser) -> None:
    address = addresses["full"]
    with window(browser, address) as (page, watch):
        page.goto(f"{address}/en/projects/index.html")
        number = page.inner_text("tbody tr:last-child th")
        page.fill("#words", number)
        page.click(f"#results a:text-is('{number}')")
        page.wait_for_url(f"**#p{number}")
        assert watch.problems == [] and watch.wire_bytes < BUDGET


# Readers' questions, and the words of the page that answers, in each language.
QUESTIONS = {
    "is it safe, in words": (r"安全吗？.*已逾期未还.*数据无法说明的", r"Is it safe\?.*is overdue\..*What no figure can say"),
    "who borrows": (r"谁在借、谁在出借.*自然人", r"Who borrows and who lends.*Natural person"),
    "how is overdue defined": (r"统计口径 .*逾期.* 公式 .* 依据", r"What it counts .*overdue.* Formula .* Law"),
    "every month since the beginning": (r"2019年3月.*2018年1月 自2018年1月7日起", r"March 2019.*January 2018 from 7 January 2018 on"),
    "what was corrected and why": (r"The bank took a payment back\..*冲销数据", r"The bank took a payment back\..*reversed rows"),
    "who runs it": (r"示例平台网络科技有限公司.*陈静", r"示例平台网络科技有限公司.*陈静"),
    "how do I complain": (r"投诉.*400-", r"[Cc]omplain.*400-"),
    "draft or final": (r"报送 已报送", r"Filing submitted"),
    "when is the next": (r"下次披露 2019年5月9日", r"Next disclosure 9 May 2019"),
    "can I cite it": (r"如何引用 .*figures/", r"How to cite a figure .*figures/"),
    "can I download it": (r"figures\.csv.*projects\.parquet", r"figures\.csv.*projects\.parquet"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_in_three_clicks(question: str, sites: dict[str, Path], addresses: dict[str, str], browser: Browser) -> None:
    for language, words in zip(LANGUAGES, QUESTIONS[question], strict=True):
        way = way_to(sites["full"], f"{language}/index.html", lambda text, words=words: bool(re.search(words, text)), CLICKS)
        assert way is not None, f"no page says {words}"
        with window(browser, addresses["full"], width=320) as (page, _):
            page.goto(f"{addresses['full']}/{language}/index.html")
            go(page, way)
            assert re.search(words, text_of(page.content()))


def test_what_was_filed_stands_as_its_package_says(sites: dict[str, Path]) -> None:
    """Month by month the newest version that left the house, and what it differs from what is known now by."""
    newest: dict[str, Path] = {}
    for document in sorted(sites["full"].glob("data/filings/**/figures.json")):
        newest[json.loads(document.read_text(encoding="utf-8"))["as_of"][:7]] = document
    assert newest
    seen = 0
    for month, document in newest.items():
        filed = {figure["code"]: figure["value"] for figure in json.loads(document.read_text(encoding="utf-8"))["figures"]}
        for language in LANGUAGES:
            parsed = Parsed((sites["full"] / language / "months" / f"{month}.html").read_text(encoding="utf-8"))
            for links, row in zip(parsed.row_links, parsed.rows, strict=True):
                code = next((found[1] for link in links if (found := re.search(r"figures/([^/]+)\.html", link))), None)
                if code is None:
                    continue
                now, then, difference = ([Decimal(value.exact) for value in cell[0]] for cell in row[1:4])
                expected = filed.pop(code) if language == LANGUAGES[-1] else filed[code]
                assert then == ([] if expected is None else [Decimal(expected)]), (month, code)
                assert difference == ([] if now == then or not then or not now else [now[0] - then[0]]), (month, code)
                seen += len(then)
        assert not filed, "every filed figure has its line"
    assert seen > 60


PICTURED = {"first": "index.html", "figure": "figures/CN-A03.html", "month": "months/2019-03.html", "projects": "projects/index.html"}


@pytest.mark.parametrize(("width", "scheme"), [("390", "light"), ("1440", "dark")])
@pytest.mark.parametrize("name", PICTURED)
def test_a_page_looks_as_it_was_looked_at(name: str, width: str, scheme: str, addresses: dict[str, str], browser: Browser) -> None:
    """Chinese pages: their font is the one that the tests install."""
    with window(browser, addresses["full"], width=int(width), scheme=scheme) as (page, _):
        page.goto(f"{addresses['full']}/zh/{PICTURED[name]}")
        picture = picture_of(page)
    reference = f"{name}-{width}-{scheme}"
    if is_renewed():
        keep(picture, reference)
    assert len(picture.getcolors() or ()) > 10, "nothing is drawn"
    assert difference(picture, reference) < TOLERANCE


def test_a_picture_of_something_else_is_told_apart(addresses: dict[str, str], browser: Browser) -> None:
    """The tolerance is not so wide that a page that lost its style, or shows another month, passes."""
    with window(browser, addresses["full"], width=390) as (page, _):
        page.goto(f"{addresses['full']}/zh/{PICTURED['first']}")
        page.evaluate("document.querySelector('link[rel=stylesheet]').remove()")
        assert difference(picture_of(page), "first-390-light") > TOLERANCE
        page.goto(f"{addresses['full']}/zh/months/2018-12.html")
        assert difference(picture_of(page), "month-390-light") > TOLERANCE


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("document.querySelector('main table').style.width = '900px'", "beyond the edge"),
        ("document.querySelector('main p').style.fontSize = '12px'", "text of 12.0 px"),
        ("document.querySelector('main svg.narrow').style.width = '200px'", "text of 7.9 px"),
        ("document.querySelectorAll('.unit').forEach((unit) => unit.remove())", "a value without its unit"),
        ("Object.assign(document.querySelector('main h1').style, {overflow: 'hidden', width: '40px', whiteSpace: 'nowrap'})", "cut off"),
    ],
)  # fmt: skip
def test_a_fault_of_a_page_is_seen(fault: str, said: str, addresses: dict[str, str], browser: Browser) -> None:
    with window(browser, addresses["full"]) as (page, _):
        page.goto(f"{addresses['full']}/en/{PICTURED['figure']}")
        assert looks(page, "en")["problems"] == []
        page.evaluate(fault)
        assert any(said in problem for problem in looks(page, "en")["problems"])
