"""The PDF for signature shows any name and text of people: markup is text, and a character that no font has is shown by its number."""

from __future__ import annotations

import io
import re
from datetime import date

import pypdf
import pytest

from reports.filing.declare.regime import load_regime
from reports.filing.render.pdf import _form, build_pdf
from reports.filing.render.sheets import Sheet
from reports.filing.render.tables import _written

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
    head |= {"known_at": "2020-01-02T18:05:09+00:00", "timezone": "Asia/Shanghai", "due_on": "2020-01-08"}
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


@pytest.mark.parametrize(
    ("head", "read"),
    [
        ({}, "北京时间2020年1月3日02:05"),
        ({"timezone": "Asia/Urumqi"}, "Asia/Urumqi时间2020年1月3日00:05"),
        ({"timezone": "UTC"}, "UTC时间2020年1月2日18:05"),
        ({"known_at": "2020-01-03T02:00:00.123456+00:00"}, "北京时间2020年1月3日10:00"),
    ],
)
def test_days_and_instants_are_written_as_people_write_them(head: dict[str, object], read: str) -> None:
    said = re.sub(r"\s", "", drawn("x", **head))
    cover = said[: said.index("本文件的数字")]
    assert read in cover and "2019年12月1日至2019年12月31日" in cover and "2020年1月8日（" in cover and "报告期2019年12月" in cover
    assert not re.search(r"\d{4}-\d{2}-\d{2}|T\d{2}:|\+00:00", cover.replace("cn-2019-12", ""))


@pytest.mark.parametrize(("rows", "limit"), [(0, 1000), (2, 1000), (1001, 1000), (3, 0)])
def test_a_form_of_many_rows_does_not_say_that_it_lists_any(rows: int, limit: int) -> None:
    import pyarrow as pa

    regime = load_regime("cn")
    form = regime.table_forms[0].model_copy(update={"workbook_rows": limit})
    columns = {column.name: pa.array([None] * rows, pa.string()) for column in form.columns}
    made = _written(form, pa.table(columns).to_reader())
    assert regime.pdf is not None
    shown = _form(made.sheet)
    assert shown["rows"] == [] and shown["remark"] == f"本报告不逐行列示，全部{rows:,}行见{form.csv}与{form.parquet}"
    # The workbook has the first rows, and says so where that is not all.
    assert ("本表列示前" in made.sheet.remark) == (rows > limit)
