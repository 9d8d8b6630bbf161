"""A file that cannot be loaded gets an error that says what, where, what was expected and what to do; nothing of its load is visible."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pcompute
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from glassbook.errors import InputError
from glassbook.lake.loads import visible_loads
from ingestion.loading.load import ingest
from tests.support.lake import a_home, a_platform, content, stray_files


def as_csv(source: Path, table: str) -> Path:
    """Turns one table of a source into CSV; returns its file."""
    parquet = source / f"{table}.parquet"
    pc.write_csv(pq.read_table(parquet), source / f"{table}.csv")
    parquet.unlink()
    return source / f"{table}.csv"


def edit(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def retype(path: Path, column: str, kind: pa.DataType) -> None:
    table = pq.read_table(path)
    at = table.schema.get_field_index(column)
    pq.write_table(table.set_column(at, column, pcompute.cast(table[column], kind, safe=False)), path)


def missing_required(source: Path) -> None:
    (source / "loans.parquet").unlink()


def truncated(source: Path) -> None:
    path = source / "repayments.parquet"
    path.write_bytes(path.read_bytes()[:-20])


def damaged_inside(source: Path) -> None:
    path = source / "repayments.parquet"
    data = bytearray(path.read_bytes())
    data[4:200] = bytes(196)
    path.write_bytes(bytes(data))


def empty_file(source: Path) -> None:
    (source / "repayments.parquet").write_bytes(b"")


def floating_money(source: Path) -> None:
    retype(source / "repayments.parquet", "principal", pa.float64())


def too_large_money(source: Path) -> None:
    path = source / "repayments.parquet"
    retype(path, "principal", pa.decimal128(30, 2))
    table = pq.read_table(path)
    at = table.schema.get_field_index("principal")
    value = pa.array(["12345678901234567890.00"]).cast(pa.decimal128(30, 2))
    pq.write_table(table.set_column(at, "principal", value), path)


def text_for_a_number(source: Path) -> None:
    retype(source / "repayments.parquet", "loan_id", pa.string())


def wrong_header(source: Path) -> None:
    edit(as_csv(source, "repayments"), lambda text: text.replace('"principal"', '"capital"', 1))


def semicolons(source: Path) -> None:
    edit(as_csv(source, "repayments"), lambda text: text.replace(",", ";"))


def no_lines(source: Path) -> None:
    edit(as_csv(source, "repayments"), lambda _: "")


def wrong_encoding(source: Path) -> None:
    path = as_csv(source, "users")
    path.write_bytes(path.read_bytes().decode("utf-8").replace("王小明", "Zoé Müller").encode("cp1252"))


def decimal_comma(source: Path) -> None:
    edit(as_csv(source, "repayments"), lambda text: text.replace("500.00", '"500,00"', 1))


def third_decimal(source: Path) -> None:
    edit(as_csv(source, "repayments"), lambda text: text.replace("500.00", "500.001", 1))


def no_such_day(source: Path) -> None:
    edit(as_csv(source, "instalments"), lambda text: text.replace("2019-03-10", "2019-02-30", 1))


def no_such_instant(source: Path) -> None:
    edit(as_csv(source, "repayments"), lambda text: text.replace("2019-02-10 04", "2019-13-10 04"))


def cut_line(source: Path) -> None:
    edit(as_csv(source, "repayments"), lambda text: text.rstrip("\n").rsplit(",", 3)[0] + "\n")


def line_ends_of_two_kinds(source: Path) -> None:
    path = as_csv(source, "instalments")
    lines = path.read_bytes().replace(b"\r\n", b"\n").split(b"\n")
    path.write_bytes(lines[0] + b"\r\n" + b"\n".join(lines[1:]))


def empty_lines_first(source: Path) -> None:
    edit(as_csv(source, "repayments"), lambda text: "\n\n" + text)


def offered_twice(source: Path) -> None:
    (source / "repayments.csv").write_text("x\n", encoding="utf-8")


CASES: list[tuple[Callable[[Path], None], str, list[str]]] = [
    (missing_required, "required table loans", ["loans.csv", "Export the table"]),
    (truncated, "not whole Parquet", ["repayments.parquet", "table repayments", "again"]),
    (damaged_inside, "cannot be read", ["repayments.parquet", "table repayments", "again"]),
    (empty_file, "not whole Parquet", ["repayments.parquet"]),
    (floating_money, "column principal of type DOUBLE", ["repayments.parquet", "never floating point", "DECIMAL(18,2)"]),
    (too_large_money, "12345678901234567890.00 in column principal", ["repayments.parquet, row 1", "DECIMAL(18,2)"]),
    (text_for_a_number, "column loan_id of type VARCHAR", ["repayments.parquet", "BIGINT"]),
    (wrong_header, "no column principal", ["repayments.csv", "capital", "correct the header"]),
    (semicolons, "no column", ["repayments.csv", "the columns repayment_id, loan_id"]),
    (no_lines, "an empty file", ["repayments.csv", "header"]),
    (wrong_encoding, "not UTF-8", ["users.csv, line 2", "source_encoding"]),
    (decimal_comma, "'500,00' in column principal", ["repayments.csv, line 2", "1234.50", "decimal point"]),
    (third_decimal, "'500.001' in column principal", ["repayments.csv, line 2", "1234.50"]),
    (no_such_day, "'2019-02-30' in column due_on", ["instalments.csv, line 3", "2019-12-31"]),
    (no_such_instant, "in column paid_at", ["repayments.csv, line 2", "2019-12-31T16:00:00Z"]),
    (cut_line, "", ["repayments.csv", "fields a line"]),
    (line_ends_of_two_kinds, "a line that ends in LF, after lines that end in CR LF", ["instalments.csv, line 2", "one kind of line end"]),
    (empty_lines_first, "an empty line in the place of the header", ["repayments.csv", "Delete the empty lines"]),
    (offered_twice, "repayments offered twice", ["one form per table", "Remove"]),
]


@pytest.mark.parametrize(("spoil", "found", "said"), CASES, ids=[case[0].__name__ for case in CASES])
def test_error_names_what_is_wrong_and_nothing_is_visible(
    tmp_path: Path, spoil: Callable[[Path], None], found: str, said: list[str]
) -> None:
    settings, platform = a_home(tmp_path / "home"), a_platform()
    good = platform.write(tmp_path / "good")
    ingest(settings, good)
    before = content(settings)
    platform.user()
    bad = platform.write(tmp_path / "bad")
    spoil(bad)
    with pytest.raises(InputError) as raised:
        ingest(settings, bad)
    assert found in raised.value.found
    for text in said:
        assert text in str(raised.value)
    assert raised.value.expected and raised.value.remedy
    assert content(settings) == before
    assert not stray_files(settings)
    later = ingest(settings, platform.write(tmp_path / "fixed"))
    assert (later.load_seq, later.rows_new) == (2, 1), "the next load goes on as if nothing had been"


@pytest.mark.parametrize("kind", ["absent", "file"])
def test_source_that_is_no_folder(tmp_path: Path, kind: str) -> None:
    if kind == "file":
        (tmp_path / "source").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="folder"):
        ingest(a_home(tmp_path / "home"), tmp_path / "source")
    assert not visible_loads(a_home(tmp_path / "home"))


def test_line_is_right_below_texts_of_several_lines(tmp_path: Path) -> None:
    platform = a_platform()
    platform.rows("users")[0]["legal_name"] = "first\nsecond"
    source = platform.write(tmp_path / "source")
    edit(as_csv(source, "users"), lambda text: text.rstrip("\n").rsplit("\n", 1)[0] + '\n9,"individual","yesterday"' + "," * 16 + "\n")
    lines = (source / "users.csv").read_text(encoding="utf-8").count("\n")
    with pytest.raises(InputError, match=rf"users.csv, line {lines} "):
        ingest(a_home(tmp_path / "home"), source)
