"""Random transactions on a PostgreSQL database between loads: after each load and reconciliation the lake holds what the source does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow.parquet as pq
from hypothesis import HealthCheck, example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from ingestion.contract import load_contract
from ingestion.loading.load import LoadPlan, ingest
from tests.support import homes
from tests.support.lake import a_platform
from tests.support.postgres import Database, database, postgres
from warehouse.build import run_build

__all__ = ["database", "postgres"]

KEYS = {"complaints": "complaint_id", "fees": "fee_id"}
COLUMNS = {name: [c.name for c in load_contract().tables[name].columns] for name in KEYS}
# A transaction writes the instant at which it began and commits later, always less than the overlap of a load.
LATEST_COMMIT_MINUTES = 300
STARTED_AT = datetime.fromisoformat("2019-06-01 08:00:00")
AMOUNTS = st.decimals("-99999.99", "99999.99", places=2)


@dataclass(frozen=True)
class Change:
    """One statement: on a row that is there (`which`, counted round), or a new one."""

    kind: Literal["insert", "update", "mark deleted", "delete"]
    table: str
    which: int
    value: Any


@dataclass(frozen=True)
class Transaction:
    """Some changes that are committed, or not, together; `late` minutes after the instant that they bear."""

    changes: list[Change]
    late: int
    minutes: int
    is_committed: bool


CHANGES = st.one_of(
    st.builds(Change, st.just("insert"), st.sampled_from(sorted(KEYS)), st.integers(0, 99), AMOUNTS),
    st.builds(Change, st.just("delete"), st.sampled_from(sorted(KEYS)), st.integers(0, 99), AMOUNTS),
    st.builds(Change, st.sampled_from(["update", "mark deleted"]), st.just("complaints"), st.integers(0, 99), AMOUNTS),
)
TRANSACTIONS = st.builds(
    Transaction,
    st.lists(CHANGES, min_size=1, max_size=4),
    st.integers(0, LATEST_COMMIT_MINUTES),
    st.integers(0, 90),
    st.sampled_from([True] * 4 + [False]),
)
# Random choice alone may never delete a row that a load has seen.
COME_AND_GONE = [
    [Transaction([Change("insert", table, 0, "1.00") for table in ("fees", "fees", "complaints")], 0, 1, True)],
    [Transaction([Change("delete", table, 0, None) for table in sorted(KEYS)], 0, 1, True)],
]
ROUNDS = st.lists(st.lists(TRANSACTIONS, max_size=4), min_size=2, max_size=3)


@dataclass
class Source:
    """The database, its clock, and the number of the next new row."""

    database: Database
    clock: datetime = STARTED_AT
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1000, 100_000)))

    def play(self, transactions: list[Transaction]) -> None:
        for transaction in transactions:
            self.clock += timedelta(minutes=transaction.minutes)
            at = self.clock - timedelta(minutes=transaction.late)
            with self.database.session() as cursor:
                cursor.execute("begin")
                for change in transaction.changes:
                    cursor.execute(self._statement(cursor, change, f"'{at.isoformat()}+00'::timestamptz"))
                cursor.execute("commit" if transaction.is_committed else "rollback")
        # Something always happens on a platform: a source without its newest row would count as restored to an earlier day.
        self.clock += timedelta(minutes=1)
        self.database.run(f"update users set updated_at = '{self.clock.isoformat()}+00' where user_id = 1")

    def _statement(self, cursor: Any, change: Change, at: str) -> str:
        key, table = KEYS[change.table], change.table
        if change.kind == "insert" and table == "fees":
            return f"insert into fees values ({next(self.numbers)}, 'withdrawal', 1, null, {change.value}, {at}, {at})"
        if change.kind == "insert":
            return f"insert into complaints values ({next(self.numbers)}, null, 'fee', {at}, null, '{change.value}', {at}, null)"
        cursor.execute(f"select {key} from {table} order by {key}")
        keys = [row[0] for row in cursor.fetchall()]
        row = f"{table} where {key} = {keys[change.which % len(keys)] if keys else 0}"
        if change.kind == "delete":
            return f"delete from {row}"
        # A row's own clock does not go back.
        told = f"outcome = '{change.value}'" if change.kind == "update" else f"deleted_at = {at}"
        return f"update {row.replace(' where', f' set {told}, updated_at = greatest(updated_at, {at}) where', 1)}"

    def rows(self, table: str) -> dict[int, tuple[Any, ...]]:
        """The content of the source, without rows that are marked as deleted."""
        where = " where deleted_at is null" if table == "complaints" else ""
        texts = ", ".join(f"{name} at time zone 'UTC'" if name.endswith("_at") else name for name in COLUMNS[table])
        return {row[0]: tuple(map(told, row)) for row in self.database.rows(f"select {texts} from {table}{where}")}


def told(value: Any) -> Any:
    return value if isinstance(value, int | datetime | None) else str(value)


def in_lake(settings: Settings, table: str) -> dict[int, tuple[Any, ...]]:
    """The content of the lake: of each key the newest version unless it says deleted, minus the keys that are gone."""
    rows: dict[int, dict[str, Any]] = {}
    for load in visible_loads(settings):
        entry = load.tables[table]
        for row in pq.read_table(settings.lake_dir / entry.path).to_pylist() if entry.path else []:
            held = rows.get(row[KEYS[table]])
            if held is None or "updated_at" not in row or row["updated_at"] >= held["updated_at"]:
                rows[row[KEYS[table]]] = row
        for row in pq.read_table(settings.lake_dir / entry.gone_path).to_pylist() if entry.gone_path else []:
            rows.pop(row[KEYS[table]], None)
    return {key: tuple(told(row[name]) for name in COLUMNS[table]) for key, row in rows.items() if row.get("deleted_at") is None}


def in_staging(connection: duckdb.DuckDBPyConnection, table: str) -> dict[int, tuple[Any, ...]]:
    where = " where deleted_at is null" if table == "complaints" else ""
    rows = connection.execute(f"select {', '.join(COLUMNS[table])} from stg_{table}{where}").fetchall()
    return {row[0]: tuple(map(told, row)) for row in rows}


def test_after_each_load_the_warehouse_holds_what_the_source_does(database: Database, tmp_path: Path) -> None:
    # The required tables and these two are enough, and a load of them quicker.
    database.write(a_platform(), without=tuple(n for n, t in load_contract().tables.items() if not t.required and n not in KEYS))
    everything = frozenset(KEYS)
    played: list[tuple[int, Settings, dict[str, dict[int, tuple[Any, ...]]]]] = []

    @how(max_examples=3, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(ROUNDS)
    @example(COME_AND_GONE)
    def play(rounds: list[list[Transaction]]) -> None:
        settings = homes.home(tmp_path / f"home-{len(played)}")
        database.run("truncate complaints, fees")
        source = Source(database)
        for transactions in rounds:
            source.play(transactions)
            ingest(settings, database.url)
            for table in KEYS:
                standing = in_lake(settings, table)
                assert source.rows(table).items() <= standing.items(), "what came or changed is there at once"
            ingest(settings, database.url, LoadPlan(scope="reconcile", allow_gone=everything))
            for table in KEYS:
                assert in_lake(settings, table) == source.rows(table), "and what went is gone with the reconciliation"
        gone = sum(t.rows_gone for load in visible_loads(settings) for t in load.tables.values())
        played.append((gone, settings, {table: source.rows(table) for table in KEYS}))

    play()
    gone, settings, expected = max(played, key=lambda one: (one[0], len(one[2]["fees"])))
    assert gone, "no example deleted a row that was known"
    with duckdb.connect(str(run_build(settings).database), read_only=True) as connection:
        assert {table: in_staging(connection, table) for table in KEYS} == expected
