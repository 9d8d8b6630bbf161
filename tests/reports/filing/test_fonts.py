"""The fonts of the PDF are in the repository as released, with their licence, and the table of their characters is right."""

from __future__ import annotations

import hashlib

from fontTools.ttLib import TTFont

from reports.filing.render.font_signs import FONTS, drawable, signs_of_fonts
from tests.support.font_table import ranges, signs_in_the_fonts


def test_each_font_is_the_released_one() -> None:
    wanted = {name: digest for digest, name in (line.split() for line in (FONTS / "SHA256SUMS").read_text().splitlines())}
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FONTS.glob("*.otf")} == wanted
    assert set(wanted) == {"NotoSansSC-Regular.otf", "NotoSerifSC-Regular.otf"}


def test_the_licence_lies_beside_the_fonts_with_each_copyright() -> None:
    """As condition 2 of the licence asks: each copy holds the copyright notice and the licence."""
    text = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    for words in ("SIL OPEN FONT LICENSE Version 1.1", "PERMISSION & CONDITIONS", "TERMINATION", "DISCLAIMER"):
        assert words in text
    for path in FONTS.glob("*.otf"):
        with TTFont(path, lazy=True) as font:
            assert str(font["name"].getDebugName(0)) in text
            assert "SIL Open Font License, Version 1.1" in str(font["name"].getDebugName(13))


def test_the_table_of_signs_is_what_fonttools_reads() -> None:
    assert signs_of_fonts() == signs_in_the_fonts()
    assert (FONTS / "signs.txt").read_text(encoding="ascii") == ranges(signs_in_the_fonts())


def test_a_range_of_the_table_holds_both_its_ends() -> None:
    assert ranges([0x41, 0x43, 0x42, 0x20BB7]) == "0041-0043\n20BB7-20BB7\n"
    assert drawable("A中𠮷") == "A中〔U+20BB7〕"
