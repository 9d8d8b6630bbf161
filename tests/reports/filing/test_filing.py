"""The filing: content, status, determinism, all or nothing, and numbers that a second reader reads back."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from glassbook.errors import InputError
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from reports.filing.acts.writing import FilingResult, write_filing
from reports.filing.package.archive import make_archive
from reports.verifying.package import verify_package

NAMES = {
    "SEAL", "checks.json", "controls.json", "figures.csv", "figures.json", "filing.json", "lineage.json", "报表.xlsx"
}  # fmt: skip


def file_toy(settings: Settings, out: Path, **more: Any) -> FilingResult:
    """The filing of the invented regime for the last month."""
    return write_filing(settings, "toy", "2019-12", out, **more)


def document(result: FilingResult, name: str) -> Any:
    """A JSON document of a package."""
    return json.loads((result.folder / name).read_text(encoding="utf-8"))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_package_holds_every_document(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    result = file_toy(settings, tmp_path / "filing")
    assert set(contents(result.folder)) == NAMES
    assert result.archive == tmp_path / "filing.zip" and result.is_new
    head = document(result, "filing.json")
    assert (head["regime"], head["period"], head["as_of"], head["version"]) == ("toy", "2019-12", "2019-12-31", 1)
    assert head["due_on"] == "2020-01-08", "1 January is a holiday and 4 and 5 are a weekend"
    assert head["snapshot"] == snapshot.snapshot_id and head["known_at"] == "2020-01-03T01:00:00+00:00"
    assert head["status"] == "validated" and not result.is_draft
    edits = {edit["code"]: edit for edit in document(result, "checks.json")["edits"]}
    assert [edits[code]["outcome"] for code in sorted(edits)] == ["passed", "failed", "not_supplied"]
    assert edits["TOY-E02"]["findings"][0]["masked_value"] == "1***"
    assert edits["TOY-E02"]["finding_count"] > 0 and edits["TOY-E02"]["reason"] is None
    lineage = {entry["code"]: entry for entry in document(result, "lineage.json")["figures"]}
    assert lineage["TOY-A01"]["upstream"] == ["lake.loans", "stg_loans"], "and nothing of the fees"
    assert lineage["TOY-A01"]["loads"] == ["load-a", "load-b"]
    controls = document(result, "controls.json")
    assert controls["holds"] and controls["quarantined_rows"] == 1
    assert controls["staging"][0]["new"] == controls["staging"][0]["staging"]
    assert {entry["figure"] for entry in controls["figures"]} == {"TOY-A01", "TOY-A02", "TOY-A03", "TOY-A04"}


def test_same_data_same_bytes(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    first, second = file_toy(settings, tmp_path / "one"), file_toy(settings, tmp_path / "elsewhere" / "two")
    assert contents(first.folder) == contents(second.folder)
    assert first.archive.read_bytes() == second.archive.read_bytes() == make_archive(contents(first.folder))
    assert first.seal == second.seal


def test_same_package_again_is_left_as_it_is(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    first = file_toy(settings, tmp_path / "filing")
    stamps = {path: path.stat().st_mtime_ns for path in [*first.folder.iterdir(), first.archive]}
    again = file_toy(settings, tmp_path / "filing")
    assert not again.is_new and again.seal == first.seal
    assert stamps == {path: path.stat().st_mtime_ns for path in stamps}


def test_other_content_under_the_same_name_is_refused(settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path) -> None:
    publish_snapshot("s-1")
    before = contents(file_toy(settings, tmp_path / "filing").folder)
    publish_snapshot("s-2", also="update rpt_toy_figures set note = 'restated' where code = 'TOY-A02'")
    with pytest.raises(InputError, match=r"differs in SEAL, .*figures\.csv.*never overwritten"):
        file_toy(settings, tmp_path / "filing")
    assert contents(tmp_path / "filing") == before
    (tmp_path / "busy").mkdir()
    (tmp_path / "busy" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="in use for something else"):
        file_toy(settings, tmp_path / "busy")


def test_chain_names_the_seal_before(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    first = file_toy(settings, tmp_path / "one")
    second = file_toy(settings, tmp_path / "two", previous_seal=first.seal)
    verdict = verify_package(second.folder)
    assert verdict.seal is not None and verdict.seal.previous == first.seal != second.seal


@pytest.mark.parametrize("change", [
    {"relation": "chk_toy_overdue"},
    {"relation": "chk_toy_crash"},
    {"relation": "chk_toy_absent"},
    {"relation": None},
    {"relation": "chk_toy_crash", "severity": "warning"},
])  # fmt: skip
def test_open_edit_makes_a_draft(settings: Settings, toy: Any, publish_snapshot: Any, tmp_path: Path, change: dict[str, Any]) -> None:
    toy["checks"][0] = toy["checks"][0] | change
    publish_snapshot()
    result = file_toy(settings, tmp_path / "filing")
    assert result.is_draft and result.open_edits == ("TOY-E01",)
    assert document(result, "filing.json")["status"] == "draft"
    outcome = document(result, "checks.json")["edits"][0]["outcome"]
    assert outcome == ("failed" if change["relation"] == "chk_toy_overdue" else "crashed")
    book = openpyxl.load_workbook(result.folder / "报表.xlsx")
    assert all("草稿" in sheet["A3"].value and "草稿" in (sheet.oddHeader.right.text or "") for sheet in book)


@pytest.mark.parametrize(("sabotage", "broken"), [
    ("update ctl_load_tables set rows_new = rows_new - 1 where load_seq = 1 and table_name = 'loans'", "rows of loans"),
    ("update ctl_load_sums set new_amount = new_amount + 0.01, read_amount = read_amount + 0.01", "staging of loans.amount"),
    ("update ctl_load_sums set read_amount = read_amount + 0.01", "sum of loans.amount"),
    ("update rpt_toy_figures set numerator = numerator - 0.01 where code = 'TOY-A03'", "rows behind TOY-A03"),
    ("update rpt_toy_figures set value = value - 0.01 where code = 'TOY-A04'", "kinds of TOY-A04"),
    ("delete from rpt_toy_figures where code = 'TOY-B02'", "figure TOY-B02"),
])  # fmt: skip
def test_control_totals_that_break_make_a_draft(
    settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path, sabotage: str, broken: str
) -> None:
    publish_snapshot(also=sabotage)
    result = file_toy(settings, tmp_path / "filing")
    assert result.is_draft and "controls" in result.open_edits
    assert broken in document(result, "controls.json")["broken"]


@pytest.mark.parametrize(
    ("period", "known_at", "message"),
    [
        ("2019-13", "2020-01-03T01:00:00+00:00", "a month such as 2019-12"),
        ("2019-12", "2019-12-31T15:59:00+00:00", "before the period had ended"),
        ("2020-01", "2020-02-03T01:00:00+00:00", "before the period began"),
    ],
)
def test_period_that_cannot_be_filed_is_refused(
    settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path, period: str, known_at: str, message: str
) -> None:
    publish_snapshot(known_at=known_at)
    with pytest.raises(InputError, match=message):
        write_filing(settings, "toy", period, tmp_path / "filing")
    assert not (tmp_path / "filing").exists()


def test_snapshot_of_older_models_is_refused(settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path) -> None:
    publish_snapshot(also="drop macro table rpt_toy_fees_as_of")
    with pytest.raises(InputError, match="Build the snapshot again"):
        file_toy(settings, tmp_path / "filing")


def test_workbook_numbers_are_the_figures(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    result = file_toy(settings, tmp_path / "filing")
    figures = {figure["code"]: figure for figure in document(result, "figures.json")["figures"]}
    book = openpyxl.load_workbook(result.folder / "报表.xlsx")
    assert book.sheetnames == ["表A", "表B", "表A04"]
    read = {}
    for sheet in book.worksheets[:2]:
        assert sheet.freeze_panes == "C6" and sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9 and sheet.print_title_rows == "$5:$5"
        for row in sheet.iter_rows(min_row=6, max_col=8):
            if str(row[0].value).startswith("TOY-"):
                read[row[0].value] = row
                assert "的定义" in row[1].comment.text and "rule 1" in row[1].comment.text
    assert set(read) == set(figures)
    for code, row in read.items():
        value = figures[code]["value"]
        if value is None:
            assert row[4].value == "—"
        else:
            assert row[4].data_type == "n" and Decimal(str(row[4].value)) == Decimal(value)
            assert "#,##0" in row[4].number_format
    kinds = {row[0].value: row[2].value for row in book["表A04"].iter_rows(min_row=6, max_col=3)}
    assert Decimal(str(kinds["合计 Total"])) == Decimal(figures["TOY-A04"]["value"])
    assert kinds["提现"] == 5.25


def test_no_text_cell_begins_a_formula(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    result = file_toy(settings, tmp_path / "filing")
    cells = [
        cell
        for sheet in openpyxl.load_workbook(result.folder / "报表.xlsx")
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert all(cell.data_type != "f" for cell in cells)
    texts = [cell.value for cell in cells if cell.data_type == "s"]
    for row in csv.reader(io.StringIO((result.folder / "figures.csv").read_text(encoding="utf-8"))):
        texts += [row[0], *row[4:]]
    assert any("HYPERLINK" in text for text in texts), "the fixture plants one"
    assert not [text for text in texts if text.lstrip()[:1] in tuple("=+-@＝＋－＠") and text]


def test_amounts_beyond_the_digits_of_a_spreadsheet_keep_their_cents(
    settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path
) -> None:
    publish_snapshot(also="update rpt_toy_figures set value = 12345678901234567.89 where code = 'TOY-A03'")
    result = file_toy(settings, tmp_path / "filing")
    sheet = openpyxl.load_workbook(result.folder / "报表.xlsx")["表A"]
    shown = {row[0].value: row[4].value for row in sheet.iter_rows(min_row=5, max_col=8)}
    assert shown["TOY-A03"] == "12,345,678,901,234,567.89"


@pytest.mark.parametrize("point", ["file_between_files", "file_before_rename", "file_after_rename", "file_before_archive"])
def test_killed_while_writing_leaves_nothing_half_done(tmp_path: Path, settings: Settings, point: str) -> None:
    script = (
        "import sys; from pathlib import Path; from reports.filing.package.package import write_package; "
        'head = b\'{"regime": "toy", "period": "2019-12", "version": 1, "status": "draft", "sign_offs": []}\'; '
        "write_package(Path(sys.argv[1]), {'filing.json': head, 'a.csv': b'x'}, None)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "filing")]
    root = Path(__file__).parents[3]
    killed = subprocess.run(command, env=os.environ | {"GLASSBOOK_FAULT_POINT": point}, cwd=root, check=False)
    assert killed.returncode == -signal.SIGKILL
    if (tmp_path / "filing").exists():
        assert verify_package(tmp_path / "filing").is_intact
    assert not (tmp_path / "filing.zip").exists()
    subprocess.run(command, cwd=root, check=True)
    assert verify_package(tmp_path / "filing").is_intact and verify_package(tmp_path / "filing.zip").is_intact
    assert {path.name for path in tmp_path.iterdir() if "filing" in path.name} == {"filing", "filing.zip"}


def test_period_ends(toy: object) -> None:
    from reports.filing.declare.period import parse_period

    assert parse_period("2020-02", "monthly").last_on == date(2020, 2, 29)
    assert parse_period("2019-Q4", "quarterly").first_on == date(2019, 10, 1)
    assert parse_period("2019", "yearly").last_on == date(2019, 12, 31)
