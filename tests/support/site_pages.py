"""The pages of a published site as a reader sees them: their links, and the values that they show.

Belongs here: reading HTML. Does not: what any test expects to find.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Value:
    """A value in a page: exact, and as people read it."""

    exact: str
    shown: str


class Parsed(HTMLParser):
    """What a page consists of. `rows` are the table rows, each a list of cells, a cell its values and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.names: set[str] = set()
        self.values: list[Value] = []
        self.rows: list[list[tuple[list[Value], str]]] = []
        self.row_links: list[list[str]] = []
        self._exact: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Links, names, values, rows and cells."""
        held = dict(attrs)
        if held.get("id"):
            self.names.add(str(held["id"]))
        for name in ("href", "src", "data-index"):
            if held.get(name):
                self.links.append(str(held[name]))
                if self.row_links and name == "href":
                    self.row_links[-1].append(str(held[name]))
        if tag == "tr":
            self.rows.append([])
            self.row_links.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append(([], ""))
        if tag == "data":
            self._exact = str(held["value"])

    def handle_endtag(self, tag: str) -> None:
        """A value ends."""
        if tag == "data":
            self._exact = None

    def handle_data(self, data: str) -> None:
        """Text of a cell, or of a value."""
        if self._exact is not None:
            self.values.append(Value(self._exact, data))
            if self.rows and self.rows[-1]:
                self.rows[-1][-1][0].append(self.values[-1])
        if self.rows and self.rows[-1]:
            values, text = self.rows[-1][-1]
            self.rows[-1][-1] = (values, text + data)


def pages(site: Path) -> Iterator[tuple[Path, Parsed]]:
    """Every page of a site."""
    for path in sorted(site.rglob("*.html")):
        yield path, Parsed(path.read_text(encoding="utf-8"))


def broken_links(site: Path) -> list[str]:
    """Links of any page to missing pages of the site, and to missing anchors within pages."""
    parsed = dict(pages(site))
    assert parsed, "there is no page"
    found = []
    for path, page in parsed.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                found.append(f"{path.relative_to(site)}: {link} leaves the site")
                continue
            base = site if parts.path.startswith("/") else path.parent
            target = Path(os.path.normpath(base / unquote(parts.path).lstrip("/"))) if parts.path else path
            if not target.is_file():
                found.append(f"{path.relative_to(site)}: {link}")
            elif parts.fragment and target in parsed and parts.fragment not in parsed[target].names:
                found.append(f"{path.relative_to(site)}: {link} names what is not there")
    return found
