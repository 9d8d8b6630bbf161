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
from ingestion.load import Plan, ingest
from ingestion.mapping import Mapping, read_mapping
from tests.ingestion.lake import a_home, a_platform, refused, rows

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
    with sqlite3.connect(database) as connection:
        connection.execute("update fees set amount = 1234567890123456.78")
    assert "in column amount" in str(refused(a_home(tmp_path / "home"), database))
    with sqlite3.connect(database) as connection:
        connection.execute("update fees set amount = 321")
        connection.execute("insert into fees select 99, fee_kind, user_id, loan_id, -1, charged_at, created_at from fees")
        connection.execute("alter table fees rename column amount to 分")
    tables = {name: {"from": name, "columns": {c: c for c in load_contract().tables[name].column_names}} for name in TABLES}
    tables["fees"]["columns"]["amount"] = {"from": "分", "unit": "cents"}  # type: ignore[index]
    home = a_home(tmp_path / "home")
    load = ingest(home, database, Plan(Mapping.model_validate({"version": 1, "tables": tables})))
    assert rows(home, "fees")[0]["amount"] == Decimal("3.21")
    assert load.tables["fees"].money_sums["amount"]["source"] == "3.20"


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
    ingest(home, source, Plan(read_mapping(tmp_path / "mapping.yml")))
    fee = rows(home, "fees")[0]
    assert (fee["fee_id"], fee["fee_kind"], fee["amount"], str(fee["charged_at"])) == (
        7,
        "borrower_service",
        Decimal("3.21"),
        "2019-01-10 02:00:00",
    )
