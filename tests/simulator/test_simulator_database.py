"""A simulated platform in real database servers: what it holds, what a later day changes, what is refused; and that the warehouse that
reads it between the days agrees with the independent calculation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from glassbook.errors import InputError
from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from ingestion.contract import Table
from ingestion.loading.load import LoadPlan, ingest
from simulator import simulate
from simulator.anomalies import PLANTED_IN_LEDGER, ROOM_FOR_LEDGER
from simulator.database import WrittenRows, simulate_database
from simulator.database.schema import REFERENCES
from tests.oracle import comparing
from tests.oracle.ledger import read_book
from tests.support import homes, postgres
from tests.support.lake import quarantine
from tests.support.mariadb import mariadb as mariadb_server
from tests.support.postgres import postgres as postgres_server
from tests.support.simulated_databases import TABLES, Database, State, empty_postgresql, held, keyed, make, plain
from warehouse.build import run_build

__all__ = ["make", "mariadb_server", "postgres_server"]

LOANS, SEED = 100, 1
FIRST, MIDDLE, LAST = homes.START, date(2019, 11, 20), date(2020, 3, 4)


def write(database: Database, end: date, *, loans: int = LOANS, seed: int = SEED, anomalies: bool = True) -> WrittenRows:
    return simulate_database(database.url, loans, seed, FIRST, end, anomalies)


def folder_rows(folder: Path, table: Table) -> list[tuple[Any, ...]]:
    """The rows that the simulator wrote into a folder."""
    file = folder / f"{table.name}.parquet"
    return duckdb.sql(f"from '{file if file.exists() else folder / table.name / '*.parquet'}'").fetchall()


@dataclass(frozen=True)
class Grown:
    """A database that was loaded, got more days, and was loaded and reconciled again; beside it the folder of the same platform."""

    database: Database
    before: State
    after: State
    written: WrittenRows
    settings: Settings
    folder: Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same platform, all its days at once, as files."""
    made: Path = tmp_path_factory.mktemp("simulated") / "folder"
    simulate(made, LOANS, SEED, FIRST, LAST)
    return made


@pytest.fixture(scope="module")
def grown_in_postgresql(postgres_server: str, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Grown:
    """In PostgreSQL, in every round."""
    return grow(empty_postgresql(postgres_server), folder, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def grown(request: pytest.FixtureRequest, make: Callable[[], Database], tmp_path_factory: pytest.TempPathFactory) -> Grown:
    """On the server of this round."""
    in_postgresql: Grown = request.getfixturevalue("grown_in_postgresql")
    database = make()
    if isinstance(database, postgres.Database):
        return in_postgresql
    return grow(database, in_postgresql.folder, tmp_path_factory.mktemp("home"))


def grow(database: Database, folder: Path, home: Path) -> Grown:
    settings = homes.home(home)
    write(database, MIDDLE)
    before = held(database)
    ingest(homes.at(settings, homes.morning_after(MIDDLE)), database.url)
    written = write(database, LAST)
    ingest(homes.at(settings, homes.morning_after(LAST)), database.url, LoadPlan(scope="reconcile"))
    return Grown(database, before, held(database), written, settings, folder)


def lake_rows(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """What a build reads: every row and tombstone of each table, in one order, and the keys that are gone."""
    found = {}
    with duckdb.connect() as engine:
        for name in TABLES:
            paths = [t.path for load in visible_loads(settings) if (t := load.tables[name]).path]
            gone = [t.gone_path for load in visible_loads(settings) if (t := load.tables[name]).gone_path]
            found[name] = [
                row
                for path in [*paths, *gone]
                for row in engine.execute(f"select * from '{settings.lake_dir / str(path)}' order by all").fetchall()
            ]
    return found


def test_the_warehouse_agrees_with_the_independent_calculation(grown: Grown, grown_in_postgresql: Grown) -> None:
    if grown.database is not grown_in_postgresql.database:
        # A build reads only the lake: the same lake gives the same figures.
        assert lake_rows(grown.settings) == lake_rows(grown_in_postgresql.settings)
        return
    snapshot, book = run_build(grown.settings), read_book(grown.folder)
    assert book.fees is not None
    # Deleted and read by figures: the fee that was deleted by hand.
    gone = next(iter(grown.before["fees"].keys() - grown.after["fees"].keys()))
    book.fees[:] = [fee for fee in book.fees if (fee["fee_id"],) != gone]
    for day in (MIDDLE, date(2019, 12, 31), LAST):
        assert comparing.different_figures(snapshot, book, day) == {}
        assert comparing.different_loans(snapshot, book, day) == {}
    assert comparing.different_positions(snapshot, book, LAST) == {}
    assert comparing.different_receipts(snapshot, book, date(2019, 10, 1), LAST) == {}
    assert comparing.different_days(snapshot, book, [FIRST + timedelta(days=n) for n in range(60, (LAST - FIRST).days, 60)]) == {}


def test_it_holds_what_the_folder_holds_except_what_is_said_to_be_gone(grown: Grown) -> None:
    gone = {name: 0 for name in TABLES}
    for name, table in TABLES.items():
        rows = folder_rows(grown.folder, table)
        found = grown.after[name]
        if name == "repayments":
            # One row twice, and one with two contents, of which it holds the later.
            assert len(rows) == len(found) + 2 and set(found.values()) <= {tuple(map(plain, row)) for row in rows}
            continue
        state = keyed(table, rows)
        assert found.items() <= state.items(), name
        gone[name] = len(state) - len(found)
    assert {name for name, rows in gone.items() if rows} <= {"loan_applications", "user_verifications", "complaints", "fees"}
    assert gone["fees"] == 1 and gone["loan_applications"] and gone["user_verifications"]


def test_rows_inserted_updated_and_deleted_are_those_that_changed(grown: Grown) -> None:
    for name in TABLES:
        old, new = grown.before[name], grown.after[name]
        assert grown.written.inserted[name] == len(new.keys() - old.keys()), name
        assert grown.written.updated[name] == sum(old[key] != new[key] for key in old.keys() & new.keys()), name
        assert grown.written.deleted[name] == len(old.keys() - new.keys()), name
    assert grown.written.updated["loans"] and grown.written.deleted["loan_applications"]
    assert grown.written.updated["repayments"] == grown.written.deleted["fees"] == 1, "what is done by hand"
    assert {n for n, table in TABLES.items() if table.kind == "append" and grown.written.updated[n]} == {"repayments"}


def test_what_is_wrong_on_purpose_is_told(grown: Grown) -> None:
    told = grown.database.rows("select kind, table_name, is_held from simulation_anomalies")
    by_kind = {kind: (table, bool(is_held)) for kind, table, is_held in told}
    assert by_kind["duplicate_row"] == ("repayments", False), "a primary key does not let the same row in twice"
    assert by_kind["conflicting_row"] == ("repayments", True)
    assert by_kind["deleted_by_hand"] == ("fees", True)
    assert {kind for kind, (_, is_held) in by_kind.items() if not is_held} == {"duplicate_row"}
    assert sum(kind == "purged" for kind, _, _ in told) == sum(grown.written.deleted.values()) - 1
    assert [row["reason_code"] for row in quarantine(grown.settings, "fees")] == ["value_not_in_list"]


def test_keys_references_and_indexes(grown: Grown) -> None:
    database = grown.database
    is_mysql = database.url.startswith("mysql")
    schema = "database()" if is_mysql else "'public'"
    constraints = database.rows(
        f"select table_name, constraint_type, count(*) from information_schema.table_constraints where table_schema = {schema} "
        "and constraint_type in ('PRIMARY KEY', 'FOREIGN KEY') group by table_name, constraint_type"
    )
    counts = {(str(table), str(kind)): number for table, kind, number in constraints}
    for name in TABLES:
        assert counts.get((name, "PRIMARY KEY")) == 1, name
        assert counts.get((name, "FOREIGN KEY"), 0) == len(REFERENCES.get(name, {})), name
    query = (
        "select table_name, column_name from information_schema.statistics where table_schema = database() and seq_in_index = 1"
        if is_mysql
        else "select relation.relname::text, attname::text from pg_index inner join pg_class as relation on relation.oid = indrelid "
        "inner join pg_attribute on attrelid = indrelid and attnum = indkey[0] where relnamespace = 'public'::regnamespace"
    )
    indexed = set(database.rows(query))
    wanted = {(name, table.cursor) for name, table in TABLES.items()}
    wanted |= {(name, column) for name, columns in REFERENCES.items() for column in columns}
    assert wanted <= indexed
    for statement in (
        "update loans set status = 'lost'",
        "update loans set product_id = 987654",
        "delete from users",
        "insert into campaigns select * from campaigns",
    ):
        with pytest.raises(Exception, match=r"(?i)constraint|duplicate"):
            database.run(statement)


def test_the_same_day_again_writes_nothing(grown: Grown) -> None:
    again = write(grown.database, LAST)
    assert not again.is_new and not again.inserted


def refused(database: Database, end: date = LAST, **asked: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        write(database, end, **asked)
    assert "p@ss" not in str(caught.value) and "p%40ss" not in str(caught.value)
    return caught.value


def test_what_is_refused(grown: Grown, make: Callable[[], Database]) -> None:
    error = refused(grown.database, LAST - timedelta(days=1))
    assert str(LAST) in error.found and "does not go back" in error.expected
    assert f"seed {SEED}, {LOANS} loans" in refused(grown.database, LAST, seed=SEED + 1).found
    assert "with anomalies" in refused(grown.database, LAST, anomalies=False).found
    assert grown.database.rows("select count(*) from loans") == [(len(grown.after["loans"]),)]

    foreign = make()
    foreign.run("create table crown_jewels (carat int)", "insert into crown_jewels values (3106)")
    assert "crown_jewels" in refused(foreign).found
    assert foreign.rows("select carat from crown_jewels") == [(3106,)]
    with pytest.raises(InputError, match="a last day that is not before the first"):
        write(foreign, FIRST - timedelta(days=1))


def test_what_is_planted_in_the_ledger_fits_keys_and_references(make: Callable[[], Database]) -> None:
    database = make()
    write(database, LAST, loans=ROOM_FOR_LEDGER)
    kinds = {planted.kind for planted in PLANTED_IN_LEDGER}
    told = {row[0]: bool(row[1]) for row in database.rows("select kind, is_held from simulation_anomalies") if row[0] in kinds}
    assert told == dict.fromkeys(kinds, True) | {"same_instant": False, "disbursement_moved": False}
