"""A value in one row of a database that cannot be read: the row is in quarantine with it, and everything else is loaded."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from glassbook.errors import InputError
from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from glassbook.snapshots import connect
from ingestion.loading.held_rows import Choice
from ingestion.loading.load import LoadPlan, ingest
from ingestion.quarantine.decisions import release
from tests.support import homes
from tests.support.lake import a_home, a_platform, quarantine, refused, rows
from warehouse.build import run_build

# Columns of a DuckDB file that hold texts, as platforms keep them: column of `fees`, what it says, and that it is none.
ODD = [
    ("amount", "1.005"),
    ("amount", "NaN"),
    ("amount", "3,21"),
    ("charged_at", "soon"),
    ("created_at", "2019-02-30 10:00:00"),
    ("user_id", "1.6"),
]


def a_database(folder: Path, fees: int = 30) -> Path:
    """The platform as a DuckDB file in which every column of `fees` is a text."""
    platform = a_platform()
    for number in range(fees - 1):
        platform.fee("1.00", f"2019-01-11 10:{number % 60:02d}", loan_id=1)
    source = platform.write(folder / "source")
    with duckdb.connect(str(folder / "platform.duckdb")) as connection:
        for path in sorted(source.glob("*.parquet")):
            columns = "columns(*)::varchar" if path.stem == "fees" else "*"
            connection.execute(f"create table {path.stem} as select {columns} from read_parquet('{path}')")
    return folder / "platform.duckdb"


def run(database: Path, *statements: str) -> None:
    with duckdb.connect(str(database)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize("column, value", ODD)
def test_the_row_waits_with_its_value_and_all_others_are_loaded(column: str, value: str, tmp_path: Path) -> None:
    settings, database = a_home(tmp_path / "home"), a_database(tmp_path)
    run(database, f"update fees set {column} = '{value}' where fee_id = '7'")
    load = ingest(settings, database)
    table = load.tables["fees"]
    assert (table.rows_read, table.rows_new, table.rows_quarantined) == (30, 29, 1) and load.tables["repayments"].rows_new == 1
    (held,) = quarantine(settings, "fees")
    assert (held["reason_code"], held["column_name"], held["key_text"]) == ("value_not_readable", column, "fee_id=7")
    assert json.loads(held["row_json"])[column] == f"'{value}'"
    assert ingest(settings, database) == load, "a row held already is not held again"
    run(database, f"update fees set {column} = (select {column} from fees where fee_id = '8') where fee_id = '7'")
    fixed = ingest(settings, database).tables["fees"]
    assert (fixed.rows_new, fixed.rows_superseded, fixed.rows_open) == (1, 1, 0)
    assert {row["fee_id"] for row in rows(settings, "fees")} == set(range(1, 31))


def test_another_unreadable_value_is_another_row(tmp_path: Path) -> None:
    settings, database = a_home(tmp_path / "home"), a_database(tmp_path)
    run(database, "update fees set amount = 'much' where fee_id = '7'")
    ingest(settings, database)
    run(database, "update fees set amount = 'more', charged_at = 'then' where fee_id = '7'")
    table = ingest(settings, database).tables["fees"]
    assert (table.rows_quarantined, table.rows_superseded, table.rows_open) == (1, 1, 1)
    values = json.loads(quarantine(settings, "fees")[-1]["row_json"])
    assert (values["amount"], values["charged_at"], values["fee_id"]) == ("'more'", "'then'", 7)


def test_a_key_that_cannot_be_read_hides_no_other_row(tmp_path: Path) -> None:
    settings, database = a_home(tmp_path / "home"), a_database(tmp_path)
    run(database, "update fees set fee_id = 'A7' where fee_id = '7'", "update fees set fee_id = 'A8' where fee_id = '8'")
    table = ingest(settings, database).tables["fees"]
    assert (table.rows_new, table.rows_quarantined, table.rows_duplicate) == (28, 2, 0)
    assert ingest(settings, database, LoadPlan(scope="reconcile")).load_seq == 1, "reconciliation reads on as well"


@pytest.mark.parametrize("unreadable, is_refused", [(3, False), (4, True), (30, True)])
def test_more_than_a_tenth_of_a_table_is_refused(unreadable: int, is_refused: bool, tmp_path: Path) -> None:
    settings, database = a_home(tmp_path / "home"), a_database(tmp_path)
    run(database, f"update fees set amount = 'x' || fee_id where fee_id::int <= {unreadable}")
    if is_refused:
        error = refused(settings, database)
        assert "in column amount" in error.found and f"{unreadable} of 30 rows" in error.found and "10 %" in error.expected
    else:
        assert ingest(settings, database).tables["fees"].rows_quarantined == unreadable


def test_it_is_never_released_as_another_value_and_the_build_goes_on(tmp_path: Path) -> None:
    settings, database = homes.home(tmp_path / "home"), a_database(tmp_path)
    run(database, "update fees set amount = '1.005' where fee_id = '7'")
    ingest(settings, database)
    with pytest.raises(InputError):
        release(settings, Choice(table="fees"), "Li Na", "try")
    assert len(visible_loads(settings)) == 1
    with connect(run_build(settings).database) as connection:
        found = connection.execute("select outcome, finding_count from chk_outcomes where check_code = 'GB-F06'").fetchall()
    assert found == [("failed", 1)]


def in_home(act: Callable[[Settings, Path], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        act(a_home(Path(folder) / "home"), Path(folder))


@how(max_examples=8, deadline=None)
@given(value=st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), min_size=1, max_size=8).map("x{}".format))
def test_whatever_the_text_it_is_kept_as_it_came(value: str) -> None:
    def act(settings: Settings, folder: Path) -> None:
        database = a_database(folder)
        with duckdb.connect(str(database)) as connection:
            connection.execute("update fees set amount = ? where fee_id = '7'", [value])
        table = ingest(settings, database).tables["fees"]
        assert (table.rows_new, table.rows_quarantined) == (29, 1)
        assert json.loads(quarantine(settings, "fees")[0]["row_json"])["amount"] == f"'{value}'"
        assert Decimal(table.money_sums["amount"]["quarantined"]) == 0

    in_home(act)
