"""The table of characters that the vendored fonts have, as fonttools reads it: `python -m tests.support.font_table` writes it again."""

from __future__ import annotations

from collections.abc import Iterable

from fontTools.ttLib import TTFont

from reports.filing.render.font_signs import FONTS


def signs_in_the_fonts() -> set[int]:
    """Code points of the characters that any of the fonts has."""
    found: set[int] = set()
    for path in sorted(FONTS.glob("*.otf")):
        with TTFont(path, lazy=True) as font:
            found.update(font.getBestCmap())
    return found


def ranges(numbers: Iterable[int]) -> str:
    """One range of hexadecimal numbers per line, both ends included."""
    lines: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if lines and lines[-1][1] == number - 1:
            lines[-1] = (lines[-1][0], number)
        else:
            lines.append((number, number))
    return "".join(f"{first:04X}-{last:04X}\n" for first, last in lines)


if __name__ == "__main__":
    (FONTS / "signs.txt").write_text(ranges(signs_in_the_fonts()), encoding="ascii")
