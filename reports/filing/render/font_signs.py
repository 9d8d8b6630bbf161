"""Which characters the fonts of a document have, and a replacement for those that they lack.

An archivable PDF (PDF/A) needs a glyph for every character: one rare surname that no font has would make a filing impossible.

Belongs here: which characters fonts have. Does not: typesetting a document.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).resolve().parent / "fonts"
"""Noto Sans SC and Noto Serif SC as released, their licence, and a table of their characters."""

_LAYOUT = "\n\t"


def drawable(value: Any) -> Any:
    """`value` (text, lists and objects of text) with every character that no font has written as its number, such as 〔U+20BB7〕."""
    if isinstance(value, str):
        signs = signs_of_fonts()
        return "".join(sign if sign in _LAYOUT or ord(sign) in signs else f"〔U+{ord(sign):04X}〕" for sign in value)
    if isinstance(value, list):
        return [drawable(one) for one in value]
    return {name: drawable(one) for name, one in value.items()} if isinstance(value, dict) else value


@cache
def signs_of_fonts() -> frozenset[int]:
    """Code points of the characters in any of the fonts, from `signs.txt`: one range of hexadecimal numbers per line, both ends included.

    `python -m tests.support.font_table` writes it from the fonts.
    """
    found: set[int] = set()
    for line in (FONTS / "signs.txt").read_text(encoding="ascii").splitlines():
        first, _, last = line.partition("-")
        found.update(range(int(first, 16), int(last, 16) + 1))
    return frozenset(found)
