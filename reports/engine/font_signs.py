"""Which signs the fonts of a document can draw, and a spelling for those that they cannot.

An archivable PDF wants every sign drawn: one rare surname that no font holds would keep a filing from being made at all.

Belongs here: which signs fonts have. Does not: setting a document.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from glassbook.errors import InputError

_LAYOUT = "\n\t"


def drawable(value: Any, folder: Path) -> Any:
    """`value` (text, lists and objects of text) with every sign that no font in `folder` has spelled by its number, such as 〔U+20BB7〕."""
    if isinstance(value, str):
        signs = _signs(folder)
        return "".join(sign if sign in _LAYOUT or ord(sign) in signs else f"〔U+{ord(sign):04X}〕" for sign in value)
    if isinstance(value, list):
        return [drawable(one, folder) for one in value]
    return {name: drawable(one, folder) for name, one in value.items()} if isinstance(value, dict) else value


@cache
def _signs(folder: Path) -> frozenset[int]:
    """Numbers of the signs that any font in the folder has. Raises InputError for a file that is no font."""
    from fontTools.ttLib import TTFont, TTLibError

    found: set[int] = set()
    for path in sorted(folder.glob("*.otf")):
        try:
            with TTFont(path, lazy=True) as font:
                found.update(font.getBestCmap() or ())
        except TTLibError as error:
            raise InputError(
                found="a file that is no font",
                where=str(path),
                expected="an OpenType font",
                remedy="Install Glassbook with its requirements.lock.",
            ) from error
    return frozenset(found)
