"""For any actions of source and people: each row of the source is once in the lake or in quarantine, and rows add up."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from ingestion.contract import load_contract
from ingestion.loading import load
from ingestion.loading.held_rows import HELD_STATES, Choice, parse_id, quarantine_sql
from ingestion.loading.load import ingest
from ingestion.quarantine import decisions
from tests.support.lake import a_home, rows, stray_files
from tests.support.platform import Platform

TABLES = ("fees", "users")
KEYS = st.integers(1, 3)
FEES = st.tuples(st.just("fee"), KEYS, st.sampled_from(["late", "parking"]), st.integers(1, 2))
USERS = st.tuples(st.just("user"), KEYS, st.sampled_from(["male", "unknown"]))
STEPS = st.lists(st.lists(FEES | USERS, max_size=4) | st.sampled_from(["accept", "release"]), min_size=2, max_size=5)


@contextmanager
def two_tables() -> Iterator[None]:
    """A contract of two tables, so that a load is quick."""
    small = replace(load_contract(), tables={name: load_contract().tables[name] for name in TABLES})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "load_contract", lambda: small)
        yield


class Source:
    """A source that keeps one row per key, as a database does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changes = 0
        self.fees: dict[int, dict[str, Any]] = {}
        self.users: dict[int, dict[str, Any]] = {}

    def apply(self, step: tuple[Any, ...]) -> None:
        self._changes += 1
        at = datetime(2019, 1, 1, tzinfo=UTC) + timedelta(days=self._changes)
        if step[0] == "fee":
            _, key, kind, amount = step
            self.fees[key] = {"fee_kind": kind, "amount": amount, "charged_at": "2019-01-01 10:00", "user_id": 1}
        else:
            _, key, gender = step
            self.users[key] = {"gender": gender, "updated_at": at}

    def write(self) -> Path:
        p = Platform()
        for key, values in self.fees.items():
            p.add("fees", fee_id=key, **values)
        for key, values in self.users.items():
            p.add("users", user_id=key, **values)
        return p.write(self._folder, without=set(load_contract().tables) - set(TABLES))


def held_rows(home: Settings) -> list[dict[str, Any]]:
    """Id, table and state of every row in quarantine, with its values as text."""
    with duckdb.connect() as connection:
        query = f"select quarantine_id, table_name, state_code, row_json from {quarantine_sql(home, visible_loads(home))}"
        found = connection.execute(query).fetchall()
    return [{"id": held, "table": table, "state": state} | json.loads(text, parse_float=Decimal) for held, table, state, text in found]


def require_whole(home: Settings, source: Source) -> None:
    """What the source says now is known or waits; what waits is said by the source; sums add up."""
    waiting = [row for row in held_rows(home) if row["state"] in HELD_STATES]
    fees = {row["fee_id"]: row for row in rows(home, "fees")}
    waits = Counter((r["fee_id"], r["fee_kind"], r["amount"]) for r in waiting if r["table"] == "fees")
    for key, said in source.fees.items():
        content = (key, said["fee_kind"], Decimal(said["amount"]))
        known = fees.get(key)
        is_known = known is not None and (known["fee_kind"], known["amount"]) == content[1:]
        assert waits.pop(content, 0) == (0 if is_known else 1), content
        assert known is None or known["fee_kind"] == "late"
    assert not waits, "nothing waits that the source does not say"
    newest: dict[int, dict[str, Any]] = {}
    for row in sorted(rows(home, "users"), key=lambda row: row["updated_at"]):
        newest[row["user_id"]] = row
    people = Counter((r["user_id"], r["updated_at"]) for r in waiting if r["table"] == "users")
    for key, said in source.users.items():
        at = said["updated_at"].replace(tzinfo=None)
        if said["gender"] == "male":
            assert newest[key]["updated_at"] == at
        else:
            assert people.pop((key, str(at)), 0) == 1
    assert not people
    for entry in (t for x in visible_loads(home) for t in x.tables.values()):
        parts = entry.rows_new + entry.rows_unchanged + entry.rows_duplicate + entry.rows_quarantined
        assert entry.rows_read + entry.rows_released == parts
    last = {name: t.rows_open for x in visible_loads(home) for name, t in x.tables.items()}
    still_open = Counter(row["table"] for row in waiting if row["state"] == "open")
    assert {name: last.get(name) or 0 for name in TABLES} == {name: still_open[name] for name in TABLES}
    assert not stray_files(home)


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
@example(steps=[[("fee", 1, "parking", 1), ("user", 1, "male")], [("fee", 1, "late", 1)]])
def test_nothing_is_lost_and_nothing_waits_in_vain(steps: list[Any]) -> None:
    with two_tables(), tempfile.TemporaryDirectory() as folder:
        home, source = a_home(Path(folder) / "home"), Source(Path(folder) / "source")
        for step in steps:
            if step in ("accept", "release"):
                choice = [row["id"] for row in held_rows(home) if row["state"] == "open"]
                if choice and step == "accept":
                    decisions.accept(home, Choice(ids=[parse_id(choice[0])]), "Li Na", "because")
                elif choice:
                    assert decisions.release(home, Choice(table=parse_id(choice[0]).table), "Li Na").load is None, "no rule has changed"
            else:
                for change in step:
                    source.apply(change)
                ingest(home, source.write())
                require_whole(home, source)
                before = visible_loads(home)
                ingest(home, source.write())
                assert visible_loads(home) == before, "the same source says nothing new"
