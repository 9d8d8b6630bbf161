"""Shortest paths of links from page to page, and following one in a browser.

Belongs here: links. Does not: what a reader looks for.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tests.support.site_pages import Parsed

if TYPE_CHECKING:
    from playwright.sync_api import Page


def way_to(site: Path, first: str, answers: Callable[[str], bool], most: int) -> list[str] | None:
    """The links to click from the page `first` to the nearest page whose text matches, at most so many; None if there is none."""
    ways: list[tuple[str, list[str]]] = [(first, [])]
    seen = {first}
    for path, way in ways:
        markup = (site / path).read_text(encoding="utf-8")
        if answers(text_of(markup)):
            return way
        for link in Parsed(markup).links if len(way) < most else ():
            target = os.path.normpath(Path(path).parent / unquote(urlsplit(link).path)) if urlsplit(link).path else path
            # A reader stays in one language.
            if target.endswith(".html") and target.startswith(f"{Path(first).parts[0]}/") and target not in seen:
                seen.add(target)
                ways.append((target, [*way, link]))
    return None


def text_of(markup: str) -> str:
    """The text of the main part of a page."""
    main = markup[markup.index("<main") : markup.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def go(page: Page, way: list[str]) -> None:
    """Clicks links that a reader sees, one after another."""
    for link in way:
        page.locator(f'a[href="{link}"]:visible').first.click()
        page.wait_for_load_state("load")
