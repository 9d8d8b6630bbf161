"""Packed files, workbooks, Chinese encodings and database files: the same rows as Parquet gives, or an error that names the place."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from ingestion.contract import load_contract
from ingestion.loading.load import LoadPlan, ingest
from ingestion.mapping import Mapping, read_mapping
from tests.support.lake import a_home, a_platform, refused, rows

TABLES = ("users", "products", "loans", "investments", "instalments", "repayments", "fees")


def a_source(folder: Path) -> Path:
    p = a_platform()
    p.user(legal_name='林,"明"\n二', id_number=None, birth_date="1931-02-03", registered_at="1969-12-31 23:59:59.123456")
    return p.write(folder)


def as_csv(source: Path, table: str) -> Path:
    target = source / f"{table}.csv"
    pc.write_csv(pq.read_table(source / f"{table}.parquet"), target)
    (source / f"{table}.parquet").unlink()
    return target


def gzipped(source: Path) -> Path:
    for name in ("users", "loans"):
        path = as_csv(source, name)
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    return source


def zipped_each(source: Path) -> Path:
    for path in (as_csv(source, "users"), source / "loans.parquet"):
        with zipfile.ZipFile(path.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(path, f"exported-{path.name}")
        path.unlink()
    return source


def zipped_whole(source: Path) -> Path:
    return Path(shutil.make_archive(str(source) + "-whole", "zip", source.parent, source.name))


def in_gb18030(source: Path) -> Path:
    path = as_csv(source, "users")
    path.write_bytes(path.read_bytes().decode().encode("gb18030"))
    return source


def with_mark(source: Path) -> Path:
    path = as_csv(source, "users")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    return source


def workbooks(source: Path) -> Path:
    for name in ("users", "repayments", "instalments"):
        table = pq.read_table(source / f"{name}.parquet")
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(table.column_names)
        for row in table.to_pylist():
            # Excel's days begin in 1900 and its instants have milliseconds; older and finer ones are typed as text.
            sheet.append([str(v) if hasattr(v, "year") and (v.year < 1970 or getattr(v, "microsecond", 0)) else v for v in row.values()])
        book.save(source / f"{name}.xlsx")
        (source / f"{name}.parquet").unlink()
    return source


def duckdb_file(source: Path) -> Path:
    target = source.with_suffix(".duckdb")
    with duckdb.connect(str(target)) as connection:
        for path in source.glob("*.parquet"):
            connection.execute(f"create table {path.stem} as select * from read_parquet('{path}')")
    return target


def sqlite_file(source: Path) -> Path:
    target = source.with_suffix(".db")
    types = {"id": "integer", "money": "decimal(18,2)", "rate": "decimal(9,6)", "date": "date", "time": "datetime", "bool": "boolean"}
    with sqlite3.connect(target) as connection:
        for table in load_contract().tables.values():
            columns = ", ".join(f'"{c.name}" {types.get(c.type, "text")}' for c in table.columns)
            connection.execute(f'create table "{table.name}" ({columns})')
            values = [
                [str(v) if isinstance(v, Decimal) or hasattr(v, "year") else v for v in row.values()]
                for row in pq.read_table(source / f"{table.name}.parquet").to_pylist()
            ]
            connection.executemany(f'insert into "{table.name}" values ({", ".join("?" * len(table.columns))})', values)
    return target


@pytest.mark.parametrize(
    "change", [gzipped, zipped_each, zipped_whole, in_gb18030, with_mark, workbooks, duckdb_file, sqlite_file], ids=lambda f: f.__name__
)
def test_the_same_rows_in_another_form(change: Callable[[Path], Path], tmp_path: Path) -> None:
    expected, home = a_home(tmp_path / "expected"), a_home(tmp_path / "home")
    ingest(expected, a_source(tmp_path / "good"))
    source = change(a_source(tmp_path / "source"))
    first = ingest(home, source)
    for name in TABLES:
        assert rows(home, name) == rows(expected, name), name
    assert ingest(home, source) == first


def test_a_workbook_with_a_wrong_cell_names_its_row(tmp_path: Path) -> None:
    source = workbooks(a_source(tmp_path / "source"))
    book = openpyxl.load_workbook(source / "users.xlsx")
    assert book.active is not None
    book.active["A3"] = "n/a"
    book.save(source / "users.xlsx")
    assert "users.xlsx, row 3" in str(refused(a_home(tmp_path / "home"), source))


def test_archives_that_are_cut_off_or_hold_something_else(tmp_path: Path) -> None:
    source = gzipped(a_source(tmp_path / "source"))
    whole = (source / "users.csv.gz").read_bytes()
    (source / "users.csv.gz").write_bytes(whole[:-10])
    assert "users.csv.gz" in str(refused(a_home(tmp_path / "home"), source))
    (source / "users.csv.gz").unlink()
    with zipfile.ZipFile(source / "users.zip", "w") as archive:
        archive.writestr("a.csv", "")
        archive.writestr("b.csv", "")
    assert "2 files" in str(refused(a_home(tmp_path / "home"), source))


def test_a_named_encoding_is_used_and_proved(tmp_path: Path) -> None:
    source = a_source(tmp_path / "source")
    path = as_csv(source, "users")
    text = path.read_text(encoding="utf-8").replace("王小明", "臺灣銀").replace("林", "陳")
    path.write_bytes(text.encode("big5"))
    assert "source_encoding" in str(refused(a_home(tmp_path / "home"), source))
    home = a_home(tmp_path / "home").model_copy(update={"source_encoding": "big5"})
    ingest(home, source)
    assert rows(home, "users")[0]["legal_name"] == "臺灣銀"


def test_money_that_sqlite_cannot_hold_is_refused_and_cents_are_mapped(tmp_path: Path) -> None:
    database = sqlite_file(a_source(tmp_path / "source"))
    # The second one's text of 15 digits is a decimal too, and another one.
    for amount in ("1234567890123456.78", "123456789012345.67"):
        with sqlite3.connect(database) as connection:
            connection.execute(f"update fees set amount = {amount}")
        assert "in column amount" in str(refused(a_home(tmp_path / "home"), database))
    with sqlite3.connect(database) as connection:
        connection.execute("update fees set amount = 321")
        connection.execute("insert into fees select 99, fee_kind, user_id, loan_id, -1, charged_at, created_at from fees")
        connection.execute("alter table fees rename column amount to 分")
    tables = {name: {"from": name, "columns": {c: c for c in load_contract().tables[name].column_names}} for name in TABLES}
    tables["fees"]["columns"]["amount"] = {"from": "分", "unit": "cents"}  # type: ignore[index]
    home = a_home(tmp_path / "home")
    load = ingest(home, database, LoadPlan(Mapping.model_validate({"version": 1, "tables": tables})))
    assert rows(home, "fees")[0]["amount"] == Decimal("3.21")
    assert load.tables["fees"].money_sums["amount"]["source"] == "3.20"


@pytest.mark.parametrize("amount", ["1e17", "9e999", "9223372036854775807", "-9e999"])
def test_an_amount_beyond_every_limit_holds_back_its_row_alone(amount: str, tmp_path: Path) -> None:
    """SQLite's own sum of such rows is an error, which refused the whole load."""
    database = sqlite_file(a_source(tmp_path / "source"))
    with sqlite3.connect(database) as connection:
        other = "insert into fees select {}, fee_kind, user_id, loan_id, {}, charged_at, created_at from fees limit 1"
        for number in range(60):
            connection.execute(other.format(1000 + number, 1))
        for number in range(2):
            connection.execute(other.format(2000 + number, amount))
    load = ingest(a_home(tmp_path / "home"), database).tables["fees"]
    assert (load.rows_quarantined, load.rows_new) == (2, load.rows_read - 2) and load.rows_new > 60


def test_a_folder_with_names_of_its_own_is_mapped(tmp_path: Path) -> None:
    source = a_source(tmp_path / "source")
    (source / "费用.csv").write_text("编号,种类,用户,金额,日期\n7,服务费,1,3.21,2019-01-10 10:00\n", encoding="gb18030")
    (source / "fees.parquet").unlink()
    (tmp_path / "mapping.yml").write_text(
        "version: 1\ntables:\n"
        + "".join(
            f"  {name}:\n    from: {name}\n    columns: {{{', '.join(f'{c}: {c}' for c in load_contract().tables[name].column_names)}}}\n"
            for name in TABLES
            if name != "fees"
        )
        + "  fees:\n    query: select *, '2019-01-10' as made from 费用\n    columns:\n      fee_id: 编号\n"
        "      fee_kind: {from: 种类, values: {服务费: borrower_service}}\n      user_id: 用户\n      amount: 金额\n"
        "      charged_at: {from: 日期, timezone: Asia/Shanghai}\n"
        "      created_at: {from: made, timezone: Asia/Shanghai}\n",
        encoding="utf-8",
    )
    home = a_home(tmp_path / "home")
    ingest(home, source, LoadPlan(read_mapping(tmp_path / "mapping.yml")))
    fee = rows(home, "fees")[0]
    assert (fee["fee_id"], fee["fee_kind"], fee["amount"], str(fee["charged_at"])) == (
        7,
        "borrower_service",
        Decimal("3.21"),
        "2019-01-10 02:00:00",
    )


def test_a_workbook_tells_days_and_instants_at_midnight_apart(tmp_path: Path) -> None:
    p = a_platform()
    p.repay(1, 2, "2019-03-11 08:00", "500.00", "5.00")  # 00:00 in UTC
    expected, home = a_home(tmp_path / "expected"), a_home(tmp_path / "home")
    ingest(expected, p.write(tmp_path / "good"))
    ingest(home, workbooks(p.write(tmp_path / "source")))
    assert rows(home, "repayments") == rows(expected, "repayments")


def mapped_fees(source: Path, fees: str) -> LoadPlan:
    """Everything under its own name, and the fees as a mapping says."""
    names = {n: ", ".join(f"{c}: {c}" for c in load_contract().tables[n].column_names) for n in TABLES if n != "fees"}
    tables = "".join(f"  {name}:\n    from: {name}\n    columns: {{{columns}}}\n" for name, columns in names.items())
    path = source.with_suffix(".yml")
    path.write_text(f"version: 1\ntables:\n{tables}  fees:\n    from: fees\n    columns:\n{fees}", encoding="utf-8")
    return LoadPlan(read_mapping(path))


def test_no_line_of_a_mapped_file_is_a_comment(tmp_path: Path) -> None:
    source = a_source(tmp_path / "source")
    (source / "fees.parquet").unlink()
    folder = source / "fees"
    folder.mkdir()
    (folder / "1.csv").write_text("note,nr,at,fen\n#1 A,7,2019-01-10 10:00:00,321\n#2 B,8,2019-01-11 10:00:00,1\n", encoding="utf-8")
    (folder / "2.csv").write_text("fen,nr,at,note\n5,9,2019-01-12 10:00:00,#\n", encoding="utf-8")
    plan = mapped_fees(
        source,
        "      fee_id: nr\n      fee_kind: {constant: borrower_service}\n      user_id: {constant: 1}\n"
        "      amount: {from: fen, unit: cents}\n      charged_at: at\n      created_at: at\n",
    )
    home = a_home(tmp_path / "home")
    ingest(home, source, plan)
    assert [(row["fee_id"], row["amount"]) for row in rows(home, "fees")] == [
        (7, Decimal("3.21")),
        (8, Decimal("0.01")),
        (9, Decimal("0.05")),
    ]


def test_a_form_with_a_zone_is_an_instant_whatever_zone_the_mapping_names(tmp_path: Path) -> None:
    source = a_source(tmp_path / "source")
    (source / "fees.parquet").unlink()
    (source / "fees.csv").write_text("nr,at\n7,2019-01-10 23:30:00 +0100\n", encoding="utf-8")
    form = "format: '%Y-%m-%d %H:%M:%S %z'"
    plan = mapped_fees(
        source,
        "      fee_id: nr\n      fee_kind: {constant: borrower_service}\n      user_id: {constant: 1}\n      amount: {constant: 1}\n"
        f"      charged_at: {{from: at, {form}, timezone: Asia/Shanghai}}\n      created_at: {{from: at, {form}}}\n",
    )
    home = a_home(tmp_path / "home")
    ingest(home, source, plan)
    assert {str(rows(home, "fees")[0][name]) for name in ("charged_at", "created_at")} == {"2019-01-10 22:30:00"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        # An integer column keeps a number that is none.
        ("update users set user_id = 1.6 where user_id = 1", "'1.6' in column user_id"),
        ("update instalments set due_on = '2019-02-10 13:00:00' where instalment_no = 1", "'2019-02-10 13:00:00' in column due_on"),
        ("update fees set charged_at = 'soon'", "'soon' in column charged_at"),
    ],
)
def test_what_sqlite_would_round_or_cut_is_refused(change: str, found: str, tmp_path: Path) -> None:
    database = sqlite_file(a_source(tmp_path / "source"))
    with sqlite3.connect(database) as connection:
        connection.execute(change)
    assert found in str(refused(a_home(tmp_path / "home"), database))


def test_sqlites_instants_may_bear_a_zone(tmp_path: Path) -> None:
    database = sqlite_file(a_source(tmp_path / "source"))
    with sqlite3.connect(database) as connection:
        connection.execute("update fees set charged_at = '2019-01-10T18:00:00+08:00'")
    home = a_home(tmp_path / "home")
    ingest(home, database)
    assert str(rows(home, "fees")[0]["charged_at"]) == "2019-01-10 10:00:00"
