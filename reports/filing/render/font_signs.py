"""Which signs the fonts of a document can draw, and a spelling for those that they cannot.

An archivable PDF wants every sign drawn: one rare surname that no font holds would keep a filing from being made at all.

Belongs here: which signs fonts have. Does not: setting a document.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).resolve().parent / "fonts"
"""Noto Sans SC and Noto Serif SC as released, their licence, and a table of the signs that they have."""

_LAYOUT = "\n\t"


def drawable(value: Any) -> Any:
    """`value` (text, lists and objects of text) with every sign that no font has spelled by its number, such as 〔U+20BB7〕."""
    if isinstance(value, str):
        signs = signs_of_fonts()
        return "".join(sign if sign in _LAYOUT or ord(sign) in signs else f"〔U+{ord(sign):04X}〕" for sign in value)
    if isinstance(value, list):
        return [drawable(one) for one in value]
    return {name: drawable(one) for name, one in value.items()} if isinstance(value, dict) else value


@cache
def signs_of_fonts() -> frozenset[int]:
    """Numbers of the signs that any of the fonts has, from `signs.txt`: a range of hexadecimal numbers a line, both ends included.

    `python -m tests.support.font_table` writes it from the fonts.
    """
    found: set[int] = set()
    for line in (FONTS / "signs.txt").read_text(encoding="ascii").splitlines():
        first, _, last = line.partition("-")
        found.update(range(int(first, 16), int(last, 16) + 1))
    return frozenset(found)
