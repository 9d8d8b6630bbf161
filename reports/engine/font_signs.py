"""Which signs the fonts of a document can draw, and a spelling for those that they cannot.

An archivable PDF wants every sign drawn: one rare surname that no font holds would keep a filing from being made at all.

Belongs here: reading the table of signs of an OpenType font (`cmap`, format 12). Does not: setting a document.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from glassbook.errors import InputError

# Format 12: groups of consecutive code points, all of Unicode.
_SEGMENTED_COVERAGE = 12
_LAYOUT = "\n\t"


def drawable(value: Any, folder: Path) -> Any:
    """`value` (text, lists and objects of text) with every sign that no font in `folder` has spelled by its number, such as 〔U+20BB7〕."""
    if isinstance(value, str):
        return "".join(sign if sign in _LAYOUT or _is_drawn(ord(sign), folder) else f"〔U+{ord(sign):04X}〕" for sign in value)
    if isinstance(value, list):
        return [drawable(one, folder) for one in value]
    return {name: drawable(one, folder) for name, one in value.items()} if isinstance(value, dict) else value


def _is_drawn(sign: int, folder: Path) -> bool:
    starts, ends = _coverage(folder)
    place = bisect_right(starts, sign) - 1
    return place >= 0 and sign <= ends[place]


@cache
def _coverage(folder: Path) -> tuple[list[int], list[int]]:
    """First and last code points of the groups that any font in the folder has, in order and apart."""
    starts: list[int] = []
    ends: list[int] = []
    for first, last in sorted(group for path in sorted(folder.glob("*.otf")) for group in _groups(path)):
        if ends and first <= ends[-1] + 1:
            ends[-1] = max(ends[-1], last)
        else:
            starts.append(first)
            ends.append(last)
    return starts, ends


def _groups(path: Path) -> Iterator[tuple[int, int]]:
    """Groups of code points of one font. Raises InputError for a file that is no such font."""
    content = path.read_bytes()
    try:
        (count,) = struct.unpack_from(">H", content, 4)
        tables = {content[at : at + 4]: struct.unpack_from(">I", content, at + 8)[0] for at in range(12, 12 + 16 * count, 16)}
        cmap = tables[b"cmap"]
        (count,) = struct.unpack_from(">H", content, cmap + 2)
        subtables = {cmap + struct.unpack_from(">I", content, cmap + 4 + 8 * place + 4)[0] for place in range(count)}
        found = [at for at in sorted(subtables) if struct.unpack_from(">H", content, at)[0] == _SEGMENTED_COVERAGE]
        at = found[0]
        (count,) = struct.unpack_from(">I", content, at + 12)
        for place in range(count):
            first, last, glyph = struct.unpack_from(">III", content, at + 16 + 12 * place)
            if glyph:
                yield first, last
    except (struct.error, KeyError, IndexError) as error:
        raise InputError(
            found="a font without a table of its signs",
            where=str(path),
            expected="an OpenType font with a cmap of format 12",
            remedy="Install Glassbook with its requirements.lock.",
        ) from error
