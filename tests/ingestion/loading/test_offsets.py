"""An instant with an offset that no clock shows is refused on every path by which it arrives; one that a clock shows is that instant."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassbook.errors import InputError
from ingestion.contract import load_contract
from ingestion.loading.load import ingest
from ingestion.mapping import ColumnMapping
from ingestion.mapping.conversion import _instant, literal
from tests.ingestion.sources.test_other_files import a_source, as_csv, mapped_fees, sqlite_file, workbooks
from tests.support.lake import a_home, refused, rows

IMPOSSIBLE = ["+25:00", "+2500", "+14:30", "+15", "-12:01", "-13:00", "+08:60", "+08:75", "+99", "-99:99"]
POSSIBLE = {"+14:00": -14, "+1400": -14, "-12": 12, "-12:00": 12, "+08": -8, "+0530": -5.5, "+05:45": -5.75, "Z": 0, "-00:00": 0}
CHARGED = next(column for column in load_contract().tables["fees"].columns if column.name == "charged_at")
FORMS = ["format: '%Y-%m-%d %H:%M:%S%z'", "format: '%d/%b/%Y:%H:%M:%S %z'", "format: '%z %Y-%m-%dT%H:%M:%S'", "timezone: Asia/Shanghai"]
WRITTEN = ["2019-01-10 12:00:00{0}", "10/Jan/2019:12:00:00 {0}", "{0} 2019-01-10T12:00:00", "2019-01-10 12:00:00{0}"]


def with_fees(tmp_path: Path, at: str) -> Path:
    source = a_source(tmp_path / "source")
    (source / "fees.parquet").unlink()
    (source / "fees.csv").write_text(f"nr,at\n7,{at}\n", encoding="utf-8")
    return source


def fee(tmp_path: Path, at: str, rule: str) -> Any:
    return mapped_fees(
        with_fees(tmp_path, at),
        "      fee_id: nr\n      fee_kind: {constant: borrower_service}\n      user_id: {constant: 1}\n      amount: {constant: 1}\n"
        f"      charged_at: {rule}\n      created_at: {{constant: '2019-01-10 00:00:00'}}\n",
    )


@pytest.mark.parametrize("offset", ["+25:00", "+08:75", "-12:30"])
@pytest.mark.parametrize("number", range(len(FORMS)))
def test_a_mapped_instant_with_an_impossible_offset_is_refused(number: int, offset: str, tmp_path: Path) -> None:
    plan = fee(tmp_path, WRITTEN[number].format(offset), f"{{from: at, {FORMS[number]}}}")
    assert f"'{WRITTEN[number].format(offset)}' in column charged_at" in str(refused(a_home(tmp_path / "home"), tmp_path / "source", plan))


@pytest.mark.parametrize("number", range(len(FORMS)))
def test_a_mapped_instant_with_an_offset_is_that_instant(number: int, tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    ingest(home, tmp_path / "source", fee(tmp_path, WRITTEN[number].format("+05:45"), f"{{from: at, {FORMS[number]}}}"))
    assert str(rows(home, "fees")[0]["charged_at"]) == "2019-01-10 06:15:00"


@pytest.mark.parametrize(
    "rule", ["constant", "stand_in", "from: nothing, if_null", "from: at, values: {x: '2019-01-10 12:00:00+25:00'}, if_null"]
)
def test_the_constants_of_a_mapping_are_instants_too(rule: str, tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=re.escape("charged_at." + rule.split()[-1] + ": '2019-01-10 12:00:00+25:00'; expected an instant")
    ):
        fee(tmp_path, "x", f"{{{rule.replace('nothing', 'at')}: '2019-01-10 12:00:00+25:00'}}")


def test_a_constant_keeps_its_offset(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    ingest(home, tmp_path / "source", fee(tmp_path, "x", "{constant: '2019-01-10T12:00:00+08:00'}"))
    assert str(rows(home, "fees")[0]["charged_at"]) == "2019-01-10 04:00:00"


@pytest.mark.parametrize("offset", IMPOSSIBLE)
def test_an_impossible_offset_in_a_file_is_refused_with_its_line(offset: str, tmp_path: Path) -> None:
    source = a_source(tmp_path / "source")
    path = as_csv(source, "fees")
    path.write_text(
        path.read_text(encoding="utf-8").replace("2019-01-10 02:00:00.000000", f"2019-01-10 02:00:00{offset}"), encoding="utf-8"
    )
    assert "fees.csv, line 2" in str(refused(a_home(tmp_path / "home"), source))


def test_an_impossible_offset_in_a_sheet_or_a_database_is_refused(tmp_path: Path) -> None:
    source = workbooks(a_source(tmp_path / "source"))
    book = openpyxl.load_workbook(source / "repayments.xlsx")
    assert book.active is not None
    book.active["D2"] = "2019-01-10 02:00:00+25:00"
    book.save(source / "repayments.xlsx")
    assert "repayments.xlsx, row 2" in str(refused(a_home(tmp_path / "home"), source))
    database = sqlite_file(a_source(tmp_path / "other"))
    with sqlite3.connect(database) as connection:
        connection.execute("update fees set charged_at = '2019-01-10T18:00:00-13:00'")
    assert "'2019-01-10T18:00:00-13:00' in column charged_at" in str(refused(a_home(tmp_path / "home"), database))


@pytest.mark.parametrize("day", ["2019-02-29 00:00:00", "2019-04-31", "2019-00-10 00:00:00", "2019-01-10 24:01:00", "2019-01-10 23:60:00"])
def test_days_and_times_that_no_calendar_has_are_refused(day: str, tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    assert "in column charged_at" in str(refused(home, tmp_path / "source", fee(tmp_path, day, "{from: at, timezone: UTC}")))
    with pytest.raises((InputError, duckdb.Error)):
        duckdb.connect().execute(f"select {literal(CHARGED, day)}")


@pytest.mark.parametrize(
    ("table", "column", "told"),
    [
        ("fees", "amount", "1.234"),
        ("loans", "term_months", "3.5"),
        ("loans", "annual_rate", "0.1234567"),
        ("instalments", "due_on", "2019-02-30"),
    ],
)
def test_a_constant_that_its_column_cannot_hold_is_refused(table: str, column: str, told: str) -> None:
    [declared] = [found for found in load_contract().tables[table].columns if found.name == column]
    with pytest.raises(InputError, match=re.escape(f"{told!r} for {column}")):
        literal(declared, told)


@settings(max_examples=200, deadline=None)
@given(
    sign=st.sampled_from("+-"), hours=st.integers(0, 30), minutes=st.none() | st.integers(0, 99), colon=st.sampled_from(["", ":"]),
    form=st.sampled_from([None, "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M:%S %z"]),
)  # fmt: skip
def test_any_offset_is_read_as_python_reads_it_or_refused(sign: str, hours: int, minutes: int | None, colon: str, form: str | None) -> None:
    offset = f"{sign}{hours:02d}" + ("" if minutes is None else f"{colon}{minutes:02d}")
    text = "2019-01-10 12:00:00" + (" " if form and form.endswith(" %z") else "") + offset
    value, held = _instant("text", ColumnMapping(source="at", format=form), '"at"', "UTC")
    with duckdb.connect() as engine:
        engine.execute("set TimeZone = 'UTC'")
        condition = held if held != "it is not null" else "true"
        row = engine.execute(f'select case when {condition} then {value} end from (select ? as "at")', [text]).fetchone()
    shift = timedelta(hours=hours, minutes=minutes or 0) * (-1 if sign == "-" else 1)
    is_shown = (minutes or 0) < 60 and timedelta(hours=-12) <= shift <= timedelta(hours=14)
    expected = datetime(2019, 1, 10, 12, tzinfo=timezone(shift)).astimezone(UTC).replace(tzinfo=None) if is_shown else None
    assert row == (expected,)


@pytest.mark.parametrize("offset", POSSIBLE)
def test_offsets_that_clocks_show_are_read(offset: str) -> None:
    value, held = _instant("text", ColumnMapping(source="at"), '"at"', "UTC")
    with duckdb.connect() as engine:
        row = engine.execute(
            f'select case when {held} then {value} end from (select ? as "at")', ["2019-01-10 12:00:00" + offset]
        ).fetchone()
    assert row == (datetime(2019, 1, 10, 12) + timedelta(hours=POSSIBLE[offset]),)  # noqa: DTZ001
