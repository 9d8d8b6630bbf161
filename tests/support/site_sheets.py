"""A page as paper: what its PDF has on each sheet.

Belongs here: printing, and reading the PDF with a separate library. Does not: what must be on a sheet.
"""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pypdf

if TYPE_CHECKING:
    from playwright.sync_api import Page


# Characters that a PDF names by a similar radical, which Unicode does not map, or maps to an older one.
_RADICALS = str.maketrans("⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻤⻥⻦⻨⻩⻬⻮⻰⼾⾭", "见角贝车长门青韦页风飞食马鬼鱼鸟麦黄齐齿龙户青")


@dataclass(frozen=True)
class Sheet:
    """One sheet. `lines` are the heights of text, from 0 at the bottom to 1 at the top; `beyond` is text outside the paper."""

    text: str
    lines: tuple[float, ...]
    beyond: tuple[str, ...]


def printed(page: Page) -> list[Sheet]:
    """The sheets of a page, on the paper that its style asks for."""
    return [_sheet(sheet) for sheet in pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages]


def squeezed(text: str) -> str:
    """The letters and digits of a text, each in one form: lines break within words, fonts have ligatures, and a PDF need not say
    which character it draws when a font has a form of it for each language, as for a dash."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text.translate(_RADICALS)) if sign.isalnum())


def _sheet(page: pypdf.PageObject) -> Sheet:
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    lines: set[float] = set()
    beyond: list[str] = []

    def visit(text: str, around: Any, matrix: Any, *_: Any) -> None:
        if text.strip():
            x = matrix[4] * around[0] + matrix[5] * around[2] + around[4]
            y = matrix[4] * around[1] + matrix[5] * around[3] + around[5]
            lines.add(round(y / height, 3))
            if not (0 <= x <= width and 0 <= y <= height):
                beyond.append(text.strip())

    text = page.extract_text(visitor_text=visit)
    return Sheet(text, tuple(sorted(lines)), tuple(beyond))
