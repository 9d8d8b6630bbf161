"""Debian's Chromium on a served site: a page's requests, its errors, its invisible parts, and the findings of axe.

Belongs here: looking. Does not: which pages are opened, or in which window.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glassbook.catalogue import MONEY, load_metrics
from reports.site.language import load_language
from reports.site.public_data import load_public_data

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
LOOKS = Path(__file__).with_suffix("").with_name("site_looks.js").read_text(encoding="utf-8")
LEAST_TEXT, LEAST_CHART_TEXT = 14, 11
"""Pixels on the screen."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Elements that need a script, and are missing without it.
SCRIPTED = ".search, #verifier form"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, for as long as the block lasts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--font-render-hinting=none"])
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a new window of the browser, without cache or state, recorded of the pages that it opened."""

    origin: str
    problems: list[str] = field(default_factory=list)
    wire_bytes: int = 0
    """Of answers with their headers, compressed as they came."""

    def begin(self, page: Page) -> None:
        """From now on."""
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("console", lambda said: self.problems.append(f"{said.type}: {said.text}") if said.type in ("error", "warning") else None)
        page.on("request", lambda asked: self.problems.append(f"asks {asked.url}") if not asked.url.startswith(f"{self.origin}/") else None)
        page.on("response", lambda answer: self.problems.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", self._count)

    def _count(self, finished: dict[str, Any]) -> None:
        self.wire_bytes += int(finished["encodedDataLength"])


@contextmanager
def window(browser: Browser, origin: str, *, width: int = 390, scheme: str = "light", **options: Any) -> Iterator[tuple[Page, Watch]]:
    """A page in a new window of that width, and what is recorded in it."""
    height = 844 if width < 768 else 900
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)  # type: ignore[arg-type]
    watch = Watch(origin)
    page = context.new_page()
    watch.begin(page)
    try:
        yield page, watch
    finally:
        context.close()


def looks(page: Page, language: str) -> dict[str, Any]:
    """What the script beside this module finds."""
    given = {"units": units(language), "counted": counted(language), "leastText": LEAST_TEXT, "leastChartText": LEAST_CHART_TEXT}
    found: dict[str, Any] = page.evaluate(LOOKS, given)
    return found


def axe(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA. The debugger injects it, so that the page's own policy stays in force."""
    from axe_playwright_python.sync_playwright import Axe

    answer = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}).response
    assert len(answer["passes"]) > 5, "it looked at nothing"
    return [
        f"axe {found['id']}: {node['html'][:140]} {node['failureSummary'][:200]}"
        for found in answer["violations"]
        for node in found["nodes"]
    ][:12]


def units(language: str) -> list[str]:
    """The words for the units of the regime's figures, of amounts and of public data, as pages of that language write them."""
    spoken = load_language(language)
    stored = sorted({"CNY" if metric.unit == MONEY else metric.unit for metric in load_metrics("cn")})
    titles = [re.search(r"[(（]([^()（）]+)[)）]$", title) for title in _titles(language)]
    of_public_data = [found[1] for found in titles if found]
    assert len(set(of_public_data)) > 1
    money = [spoken.money_unit("CNY", [10**size]).name for size in (2, 6, 13)]
    return _longest_first(["%", *map(spoken.unit, stored), *money, *of_public_data])


def counted(language: str) -> list[str]:
    """Titles of columns that name what is counted, such as people or loans."""
    return [title.lower() for title in _titles(language, of="_count")]


def _titles(language: str, of: str = "") -> list[str]:
    columns = load_public_data("cn", "CNY", "元").columns
    found = [column.zh if language == "zh" else column.en for name, column in columns.items() if name.endswith(of)]
    assert found
    return found


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(set(words), key=len, reverse=True)
