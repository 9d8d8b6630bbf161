"""No record of a CSV file is lost without a word: quotes that never close, lines that hold nothing, columns named twice or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from glassbook.errors import InputError
from ingestion.loading.load import LoadPlan, ingest
from ingestion.mapping import Mapping
from ingestion.sources.folder import csv_records
from ingestion.sources.folder.csv_files import open_csv
from ingestion.sources.folder.csv_records import count_records
from ingestion.sources.folder.offered_files import offered
from tests.ingestion.sources.test_other_files import TABLES, a_source, as_csv
from tests.support.lake import a_home, refused, rows

HEADER = "user_id,user_kind,registered_at,status,updated_at,legal_name\n"
ROW = "{0},individual,2018-12-01T02:00:00Z,active,2018-12-01T02:00:00Z,{1}\n"


def with_users(tmp_path: Path, text: str) -> Path:
    source = a_source(tmp_path / "source")
    (source / "users.parquet").unlink()
    (source / "users.csv").write_text(text, encoding="utf-8", newline="")
    return source


def three(*names: str) -> str:
    return HEADER + "".join(ROW.format(number, name) for number, name in enumerate(names, 1))


def as_it_is() -> LoadPlan:
    """A mapping that gives every column its own name."""
    from ingestion.contract import load_contract

    shared = ("user_id", "user_kind", "registered_at", "status", "updated_at", "legal_name")
    named = {name: load_contract().tables[name].column_names for name in TABLES} | {"users": shared}
    tables = {name: {"from": name, "columns": {column: column for column in columns}} for name, columns in named.items()}
    return LoadPlan(Mapping.model_validate({"version": 1, "tables": tables}))


OPEN = {
    "in the middle": (three("Alice", '"Bob', "Carol"), 3),
    "in the last row": (three("Alice", "Bob", '"Carol'), 4),
    "cut off in mid-row": (three("Alice", "Bob", '"Carol, of')[:-1], 4),
    "before a text in quotes": (three('"Bob', '"Alice"', "Carol"), 2),
    "behind one that closes": (three('"a\nb"', '"Bob', "Carol"), 4),
    "with one that only seems to close it": (three('5"', '"Bob', "Carol"), 3),
    "in the header": (three("Alice").replace("legal_name", '"legal_name'), 1),
    "in lines of Windows": (three("Alice", '"Bob', "Carol").replace("\n", "\r\n"), 3),
    "in lines of old desktops": (three("Alice", '"Bob', "Carol").replace("\n", "\r"), 3),
}


@pytest.mark.parametrize("name", OPEN)
@pytest.mark.parametrize("plan", [None, as_it_is()], ids=["folder", "mapped"])
def test_a_quote_that_never_closes_is_refused_with_its_line(name: str, plan: LoadPlan | None, tmp_path: Path) -> None:
    text, line = OPEN[name]
    assert f"users.csv, line {line}: found a quote that" in str(refused(a_home(tmp_path / "home"), with_users(tmp_path, text), plan))


def test_a_real_book_cut_off_anywhere_is_refused_or_whole_to_there(tmp_path: Path) -> None:
    path = as_csv(a_source(tmp_path / "source"), "users")
    whole = path.read_bytes()
    count = count_records(path, path).records
    for end in range(len(whole) - 1, len(whole) // 2, -7):
        path.write_bytes(whole[:end])
        try:
            assert count_records(offered(path, tmp_path).readable, path).records <= count
        except InputError as error:
            assert "nothing closes" in error.found or "bytes that are not" in error.found


def test_what_the_engine_loses_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = with_users(tmp_path, three("Alice", "Bob"))
    monkeypatch.setattr("ingestion.sources.folder.csv_files.count_records", lambda path, named: csv_records.Counted(4, True))
    assert "4 records by one count and 3 by another" in str(refused(a_home(tmp_path / "home"), source))


def test_quotes_within_texts_without_quotes_stay_what_they_are(tmp_path: Path) -> None:
    for plan in (None, as_it_is()):
        folder = tmp_path / ("mapped" if plan else "folder")
        home = a_home(folder / "home")
        ingest(home, with_users(folder, three('5" pipe', 'the "best" one', "Carol")), plan)
        assert [row["legal_name"] for row in rows(home, "users")] == ['5" pipe', 'the "best" one', "Carol"]


@pytest.mark.parametrize("line", [",,,,,\n", '"","","","","",""\n', " ,\t,,,, \n", ",,,,,\n\n,,,,,\n", "\n\n"])
@pytest.mark.parametrize("plan", [None, as_it_is()], ids=["folder", "mapped"])
def test_a_line_that_holds_nothing_is_no_row(line: str, plan: LoadPlan | None, tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    text = HEADER + line + ROW.format(1, "A") + line + ROW.format(2, "") + line
    load = ingest(home, with_users(tmp_path, text), plan)
    assert (load.tables["users"].rows_read, load.rows_quarantined) == (2, 0)
    assert [row["user_id"] for row in rows(home, "users")] == [1, 2]


def test_lines_that_hold_nothing_leave_the_numbers_of_lines_right(tmp_path: Path) -> None:
    text = HEADER + "\n,,,,,\n" + ROW.format(1, '"a\nb"') + "\n" + ROW.format("x", "B")
    assert "users.csv, line 7 " in str(refused(a_home(tmp_path / "home"), with_users(tmp_path, text)))


HEADERS = {
    "twice": ("status", "column 5 named status, and so is column 4: twice", HEADER.replace("updated_at", "status")),
    "in another case": ("Status", "column 6 named Status, and so is column 4: twice", HEADER.replace("legal_name", "Status")),
    "not at all": ("", "column 6 without a name", HEADER.replace("legal_name", "")),
    "in spaces": ("", "column 6 without a name", HEADER.replace("legal_name", "  ")),
    "of a column that is not ours": ("x", "column 6 named x, and so is column 5: twice", HEADER.replace("updated_at,legal_name", "x,x")),
}


@pytest.mark.parametrize("name", HEADERS)
def test_columns_named_twice_or_not_at_all_are_refused_in_our_words(name: str, tmp_path: Path) -> None:
    _, said, header = HEADERS[name]
    found = refused(a_home(tmp_path / "home"), with_users(tmp_path, three("Alice").replace(HEADER, header)))
    assert f"users.csv, line 1: found {said}" in str(found)


def test_columns_named_twice_in_other_forms_are_refused_too(tmp_path: Path) -> None:
    source = a_source(tmp_path / "source")
    table = pq.read_table(source / "repayments.parquet")
    pq.write_table(table.append_column("principal", table["interest"]), source / "repayments.parquet")
    for plan in (None, as_it_is()):
        assert "named principal, and so is column" in str(refused(a_home(tmp_path / "home"), source, plan))
    nested = pa.table({"a": [{"x": 1, "y": {"x": 2}}], "x": [[1]], "y": [1]})
    pq.write_table(nested, tmp_path / "nested.parquet")
    from ingestion.sources.folder.parquet_files import names_in

    assert names_in(duckdb.connect(), offered(tmp_path / "nested.parquet", tmp_path)) == ["a", "x", "y"]


def test_a_query_of_a_mapping_that_gives_a_column_twice_is_refused(tmp_path: Path) -> None:
    from tests.ingestion.sources.test_other_files import duckdb_file, sqlite_file

    plan = as_it_is()
    assert plan.mapping is not None
    tables = plan.mapping.model_dump(by_alias=True, exclude_none=True)["tables"]
    del tables["loans"]["from"]
    tables["loans"]["query"] = "select l.*, p.name as amount from loans l join products p on p.product_id = l.product_id"
    for form in (duckdb_file, sqlite_file):
        database = form(a_source(tmp_path / form.__name__))
        twice = LoadPlan(Mapping.model_validate({"version": 1, "tables": tables}))
        assert "2 columns named amount" in str(refused(a_home(tmp_path / "home"), database, twice))


FIELD = st.text(st.sampled_from(['"', ",", "\n", "\r", "a", " ", "é"]), max_size=5)
DIALECTS: list[Callable[[str], str]] = [
    lambda value: '"' + value.replace('"', '""') + '"',
    lambda value: value if not set('",\r\n') & set(value) else '"' + value.replace('"', '""') + '"',
    # What programs write that forget quotes.
    lambda value: value.replace("\n", "").replace("\r", "").replace(",", ""),
    lambda value: value.replace('"', ""),
]


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.lists(st.tuples(FIELD, st.sampled_from(DIALECTS)), min_size=2, max_size=2), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(0, 3),
    st.sampled_from(["", "\ufeff"]),
)
@example([[("a", DIALECTS[1]), ('"', DIALECTS[2])], [("b", DIALECTS[1]), ("c", DIALECTS[1])]], "\n", 0, "")
def test_both_counts_agree_with_a_second_parser_or_the_file_is_refused(
    tmp_path_factory: pytest.TempPathFactory, content: list[list[tuple[str, Callable[[str], str]]]], end: str, cut: int, mark: str
) -> None:
    text = "x,y" + end + "".join(",".join(write(value) for value, write in line) + end for line in content)
    text = mark + text[: len(text) - cut]
    path = tmp_path_factory.getbasetemp() / "drawn.csv"
    path.write_text(text, encoding="utf-8", newline="")
    try:
        expected = sum(map(bool, csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)))
    except csv.Error:
        expected = None
    block = csv_records._BLOCK
    try:
        found = {}
        for size in (3, block):
            csv_records._BLOCK = size
            found[size] = count_records(path, path)
    except InputError:
        assert expected is None
        return
    finally:
        csv_records._BLOCK = block
    assert found[3] == found[block]
    if not set("\r") & set(text.replace("\r\n", "")):  # a return within a line ends it for one parser and not for the other
        assert found[block].records == expected


ROWS = st.lists(st.sampled_from(['"', ",", "\n", "a", '""', '"x"', "1"]), max_size=40).map("".join)


@settings(max_examples=150, deadline=None)
@given(ROWS)
def test_whatever_a_file_holds_every_record_is_read_or_the_file_is_refused(tmp_path_factory: pytest.TempPathFactory, drawn: str) -> None:
    from ingestion.contract import load_contract

    base = tmp_path_factory.getbasetemp()
    path = base / "fees.csv"
    names = load_contract().tables["fees"].column_names
    values = {
        "fee_id": "1",
        "fee_kind": "borrower_service",
        "amount": "1.00",
        "charged_at": "2019-01-01T00:00:00Z",
        "created_at": "2019-01-01T00:00:00Z",
    }
    row = ",".join(values.get(name, "") for name in names)
    path.write_text(",".join(names) + f"\n{row}\n" + drawn + f"\n{row}\n", encoding="utf-8", newline="")
    engine = duckdb.connect()
    try:
        read = open_csv(engine, load_contract().tables["fees"], [offered(path, base / "work")])
        found = len(engine.execute(read.query).fetchall())
    except InputError:
        return
    with path.open(encoding="utf-8", newline="") as handle:
        records = [values for values in csv.reader(handle, strict=True) if any(value.strip() for value in values)]
    assert found == len(records) - 1
