"""Turns a page into HTML: the templates' environment, the links of a page, and the functions for templates.

Belongs here: Jinja. Does not: which pages exist (`pages`), or any computation.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from reports.site.language import Language
from reports.site.policy import POLICY

TEMPLATES = Path(__file__).parent / "templates"
_VERIFIER = Path(__file__).parent / "verifier"


@dataclass(frozen=True)
class Page:
    """One page of one language before rendering. `path` is within the language's folder, `content` is passed to its template."""

    path: str
    template: str
    title: str
    description: str
    content: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""
    """The navigation entry to which it belongs."""


@dataclass(frozen=True)
class PageFrame:
    """The frame of every page of a language. `root` is the folder of the regime's site within the whole site, empty or ending in /.

    `entries` of the navigation are (part, path, words); `assets` are the addresses of style sheet and scripts by plain name.
    """

    language: Language
    root: str
    platform_name: str
    site_title: str
    languages: tuple[Language, ...]
    entries: tuple[tuple[str, str, str], ...]
    assets: Mapping[str, str]
    site_address: str


class Links:
    """Relative addresses from one page: the site works in any folder of any server, and from a disk."""

    def __init__(self, frame: PageFrame, path: str) -> None:
        self._frame = frame
        self.here = f"{frame.root}{frame.language.code}/{path}"
        self._path = path

    def page(self, path: str) -> str:
        """A page of this language."""
        return self._to(f"{self._frame.root}{self._frame.language.code}/{path}")

    def other(self, code: str) -> str:
        """This page in another language."""
        return self._to(f"{self._frame.root}{code}/{self._path}")

    def data(self, path: str) -> str:
        """A data file, shared by all languages."""
        return self._to(f"{self._frame.root}{path}")

    def asset(self, name: str) -> str:
        """The style sheet or a script, under its name with the content's hash."""
        return self._to(self._frame.assets[name])

    def _to(self, target: str) -> str:
        return posixpath.relpath(target, posixpath.dirname(self.here))


def render(page: Page, frame: PageFrame) -> bytes:
    """The page as HTML."""
    template = _environment(frame.language).get_template(page.template)
    links = Links(frame, page.path)
    text = template.render(page=page, frame=frame, language=frame.language, links=links, policy=POLICY, **page.content)
    return text.encode()


@cache
def _environment(language: Language) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([TEMPLATES, _VERIFIER]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(language.words, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    return environment
