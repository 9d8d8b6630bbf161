"""The PDF for signature draws whatever people are called and write: markup is text, and a sign that no font has is told all the same."""

from __future__ import annotations

import io
from datetime import date

import pypdf
import pytest

from reports.engine.pdf import build_pdf
from reports.engine.regime import load_regime
from reports.engine.sheets import Sheet

EDITS = ("代码", "级别", "校验规则", "Rule", "依据", "结果", "发现数", "说明")
NAMES = (
    "title_zh",
    "title_en",
    "platform_name",
    "due_on",
    "due_basis",
    "basis",
    "known_at",
    "snapshot",
    "rule_set_version",
    "code_version",
)


def drawn(reason: str, platform: str = "示例平台", **more: object) -> str:
    """The text of a filing whose edit form quotes a reason."""
    regime = load_regime("cn")
    assert regime.pdf is not None
    head = dict.fromkeys(NAMES, "x") | {"platform_name": platform, "period": "2019-12", "version": 1, "status": "validated"}
    head |= {"as_of": "2019-12-31", "period_first_on": "2019-12-01", "period_last_on": "2019-12-31"}
    head |= more
    sheet = Sheet("E", "E", "校验", "Edits", "", EDITS, [["CN-E08", "w", "r", "r", "s", "x", "1", reason]], layout="edits")
    made = build_pdf(regime, regime.pdf, head, "0" * 64, [sheet], date(2019, 12, 31))
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("王𠮷签字", "王〔U+20BB7〕签字"),
        ("王𬭎签字", "王𬭎签字"),
        ("好😀", "好〔U+1F600〕"),
        ("一\x07二", "一〔U+0007〕二"),
    ],
)
def test_a_sign_that_no_font_has_is_spelled_by_its_number(written: str, read: str) -> None:
    said = drawn(written, platform=written)
    assert said.replace("\n", "").count(read) >= 2, "on the cover, and in the form"


def test_markup_is_text() -> None:
    written = '#eval("1+1") *b* _i_ $x$ @cite <lab> = h #pagebreak() \\'
    assert written.replace(" ", "") in drawn(written).replace("\n", "").replace(" ", "")


def test_a_due_day_that_may_still_move_is_marked() -> None:
    assert "暂定" in drawn("fine", due_on_is_provisional=True) and "暂定" not in drawn("fine")
