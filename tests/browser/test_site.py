"""The public site in Chromium: every page in every state of a platform, on screens from 320 pixels on, light and dark, in both languages.

A pairwise list of the circumstances is run; TESTS_WHOLE_MATRIX=1 runs all of them.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from glassbook.settings import Settings
from glassbook.snapshots import current_snapshot
from reports.engine.regime import load_regime
from reports.site.publishing import edition_files
from reports.site.reading.edition import read_edition
from tests.support.editions import states
from tests.support.pairwise import pairwise

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
MONEY, RATE = "figures/CN-A03.html", "figures/CN-B02.html"
KINDS = {
    "page": (
        *("index.html", "figures/index.html", MONEY, RATE, "months/index.html", "months/NEWEST.html", "filings/index.html"),
        *("projects/index.html", "platform.html", "data.html", "check.html", "about.html"),
    ),
    "width": ("320", "390", "768", "1440"),
    "scheme": ("light", "dark"),
    "language": ("zh", "en"),
    "state": ("full", "one month", "twenty days", "empty", "stale", "unsigned"),
}
LEAST_TEXT = 11
# What of a page is beyond its edge, too small to read, or a number in a table that has lost its title; and how much was looked at.
LOOK = """(least) => {
  const shown = [...document.querySelectorAll('body *')].filter(e => e.getClientRects().length && !e.closest('.skip, thead'));
  const texts = shown.filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
  const size = e => {
    const own = parseFloat(getComputedStyle(e).fontSize), svg = e.closest('svg');
    return svg ? own * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : own;
  };
  const told = e => e.outerHTML.slice(0, 100);
  const stacked = e => getComputedStyle(e.closest('tr')).display !== 'table-row';
  const cells = [...document.querySelectorAll('tbody td')].filter(e => e.getClientRects().length);
  return {
    count: texts.length,
    charts: document.querySelectorAll('figure > svg').length,
    drawn: [...document.querySelectorAll('figure > svg')].filter(e => e.getClientRects().length).length,
    rows: document.querySelectorAll('tbody tr').length,
    wide: document.documentElement.scrollWidth > innerWidth,
    beyond: shown.filter(e => !e.closest('svg') && e.getBoundingClientRect().right > innerWidth + 1).map(told).slice(0, 5),
    small: texts.filter(e => size(e) < least).map(told).slice(0, 5),
    untitled: cells.filter(e => stacked(e) && !getComputedStyle(e, '::before').content.replace(/["]/g, '').trim()).map(told).slice(0, 5),
  };
}"""


@pytest.fixture(scope="module")
def sites(small_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The site in each state, by its name."""
    edition = read_edition(small_home, current_snapshot(small_home), load_regime("cn"))
    out: Path = tmp_path_factory.mktemp("states")
    found = {}
    for name, state in states(edition).items():
        found[name] = out / name.replace(" ", "-")
        for path, content in edition_files(state):
            place = found[name] / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def cases() -> list[dict[str, str]]:
    """The circumstances that are looked at."""
    if os.environ.get("TESTS_WHOLE_MATRIX"):
        return [dict(zip(KINDS, values, strict=True)) for values in product(*KINDS.values())]
    return pairwise(KINDS)


def there(site: Path, case: dict[str, str]) -> Path | None:
    """The page of a case; None where a platform in that state has none."""
    if "NEWEST" in case["page"]:
        months = sorted((site / case["language"] / "months").glob("20*.html"))
        return months[-1] if months else None
    path = site / case["language"] / case["page"]
    return path if path.is_file() else None


def listen(page: Page, case: dict[str, str], problems: list[str]) -> None:
    """Notes what a page says to the console, and whom it asks for anything."""
    page.on("pageerror", lambda error: problems.append(f"{case}: {error}"))
    page.on("console", lambda said: problems.append(f"{case}: {said.text}"))
    page.on("request", lambda asked: problems.append(f"{case}: {asked.url}") if not asked.url.startswith("file:") else None)


@pytest.mark.browser
def test_every_page_holds_in_every_circumstance(sites: dict[str, Path], browser: Browser) -> None:
    problems: list[str] = []
    looked_at: list[dict[str, Any]] = []
    for case in cases():
        path = there(sites[case["state"]], case)
        if path is None:
            assert (case["state"] == "empty" and "NEWEST" in case["page"]) or case["page"] in (MONEY, RATE), case
            continue
        page = browser.new_page(viewport={"width": int(case["width"]), "height": 900}, color_scheme=case["scheme"])  # type: ignore[arg-type]
        listen(page, case, problems)
        page.goto(path.as_uri())
        found = page.evaluate(LOOK, LEAST_TEXT)
        page.close()
        looked_at.append(found | case)
        problems += [f"{case} {name}: {found[name]}" for name in ("beyond", "small", "untitled") if found[name]]
        problems += [f"{case} is wider than the screen"] if found["wide"] else []
        problems += [f"{case} shows {found['drawn']} of {found['charts']} drawings"] if found["drawn"] * 2 != found["charts"] else []
    assert problems == []
    assert len(looked_at) > 60 and all(found["count"] > 10 for found in looked_at)
    full = [found for found in looked_at if found["state"] == "full" and found["page"] in (MONEY, RATE, "projects/index.html")]
    assert full and all(found["rows"] > 10 for found in full), "the page has its rows"


@pytest.mark.browser
def test_what_is_printed_is_whole(sites: dict[str, Path], browser: Browser) -> None:
    import io

    import pypdf

    for name in ("index.html", MONEY, "months/2019-03.html", "projects/index.html"):
        page = browser.new_page()
        page.goto((sites["full"] / "en" / name).as_uri())
        printed = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        texts = [sheet.extract_text() for sheet in printed.pages]
        titles = page.eval_on_selector_all("thead tr:first-child th", "all => all.map(e => e.textContent.trim())")
        page.close()
        assert all(len(text.split()) > 15 for text in texts), f"{name} has an almost empty sheet"
        # A line of the sheet breaks within a title, and the letters of some fonts come apart.
        whole = "".join(unicodedata.normalize("NFKC", "".join(texts)).split())
        assert [title for title in titles if "".join(title.split()) not in whole] == [], name


@pytest.mark.browser
def test_without_script_every_page_says_the_same(sites: dict[str, Path], browser: Browser) -> None:
    for name in ("index.html", "projects/index.html", MONEY):
        said = []
        for has_script in (True, False):
            context = browser.new_context(java_script_enabled=has_script)
            page = context.new_page()
            page.goto((sites["full"] / "zh" / name).as_uri())
            said.append(page.inner_text("main"))
            context.close()
        assert len(said[0]) > 200 and said[0] == said[1], name


@pytest.mark.browser
def test_the_search_finds_a_project_and_leads_to_it(sites: dict[str, Path], browser: Browser) -> None:
    import functools
    import http.server
    import threading

    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(sites["full"]))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/zh/projects/index.html")
        number = page.inner_text("tbody tr:last-child th")
        page.fill("#words", number)
        page.wait_for_selector("#results a")
        found = page.eval_on_selector_all("#results a", "all => all.map(e => e.textContent)")
        assert number in found and f"找到: {len(found)}" == page.inner_text("#found")
        page.click(f"#results a:text-is('{number}')")
        page.wait_for_url(f"**#p{number}")
        page.close()
        server.shutdown()
