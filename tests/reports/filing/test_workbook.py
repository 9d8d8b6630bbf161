"""The workbook holds what people write, however long: nothing is left out unseen, nothing asked of spreadsheets that they do not take."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from reports.filing.declare.regime import load_regime
from reports.filing.render.sheets import Sheet
from reports.filing.render.workbook import WorkbookHead, build_workbook

HEADINGS = ("代码", "说明")


@pytest.mark.filterwarnings("error")
def test_long_texts_are_cut_where_the_format_ends_and_say_so() -> None:
    head = WorkbookHead("示例&平台" * 80, "cn-2019-12", "2019-12", date(2019, 12, 31), 1, "0" * 64, is_draft=True)
    texts = ["=" + "长" * 40_000, "x" * 32_767, "_x0041_\0\x07\ufffe𠮷"]
    sheet = Sheet("E", "表E", "校验", "Edits", "e.csv", HEADINGS, [[str(place), text] for place, text in enumerate(texts)])
    (drawn,) = openpyxl.load_workbook(io.BytesIO(build_workbook(load_regime("cn"), head, [sheet]))).worksheets
    told = [str(drawn.cell(6 + row, 2).value) for row in range(3)]
    assert told[0].startswith("'=长") and told[0].endswith("see the CSV of this form）") and len(told[0]) == 32_767
    assert told[1] == texts[1] and told[2].endswith("𠮷")
    assert "草稿 DRAFT" in str(drawn.oddHeader.right.text) and str(drawn.oddHeader.left.text).startswith("示例&&平台")
    assert all(drawn.row_dimensions[6 + row].height <= 409 for row in range(3))
