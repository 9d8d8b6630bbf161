"""Small homes, simulated, loaded and built. A test that changes a home gets a copy.

Belongs here: making homes and comparing what two of them publish. Does not: anything computed from the records.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb

from glassbook.lake.loads import Load
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from ingestion.loading.load import ingest
from simulator import simulate
from tests.support.platform import Platform
from warehouse.build import run_build

START = date(2018, 1, 1)


def home(folder: Path, **values: Any) -> Settings:
    """Settings of a home in `folder`, whatever the environment says."""
    given: dict[str, Any] = {"home": folder, "memory_limit": "1GB", "keep_snapshots": 50} | values
    return Settings(**given)


def at(settings: Settings, instant: datetime) -> Settings:
    """The same home when the clock shows `instant`."""
    return settings.model_copy(update={"clock_now": instant})


def morning_after(day: date) -> datetime:
    """An instant on the next day, when everything of `day` can be loaded."""
    return datetime.combine(day + timedelta(days=1), time(2), UTC)


def load_simulated(settings: Settings, end: date, *, loans: int = 600, seed: int = 5, anomalies: bool = False) -> Load:
    """Simulates a platform up to `end` and loads it, as on the morning after."""
    source = settings.home / f"platform-{end}"
    simulate(source, loans, seed, START, end, anomalies)
    load = ingest(at(settings, morning_after(end)), source)
    shutil.rmtree(source)
    return load


def copied(settings: Settings, folder: Path, *, lake_only: bool = False) -> Settings:
    """A copy of a home, or only of its lake, in `folder`."""
    if lake_only:
        shutil.copytree(settings.lake_dir, folder / "lake")
        shutil.copytree(settings.log_dir, folder / "log")
    else:
        shutil.copytree(settings.home, folder)
    return settings.model_copy(update={"home": folder})


def built_by_hand(p: Platform, folder: Path, loaded: datetime) -> Settings:
    """A home in which a hand-made platform was loaded at an instant, and built."""
    settings = home(folder / "home")
    ingest(at(settings, loaded), p.write(folder / "source"))
    run_build(settings)
    return settings


def rebuilt(settings: Settings, folder: Path, known_at: datetime | None = None) -> Snapshot:
    """The snapshot that the same lake gives in an empty home, everything computed again."""
    return run_build(copied(settings, folder, lake_only=True), full=True, known_at=known_at)


def simulated_home(folder: Path, end: date, *, loans: int = 600, seed: int = 5, anomalies: bool = False) -> Settings:
    """A home with one load and its snapshot."""
    settings = home(folder)
    load_simulated(settings, end, loans=loans, seed=seed, anomalies=anomalies)
    run_build(settings)
    return settings


def relations(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Tables and views of a snapshot."""
    query = "select table_name from information_schema.tables where table_schema = 'main' order by 1"
    return [row[0] for row in connection.execute(query).fetchall()]


def difference(left: Snapshot, right: Snapshot, leave_out: Iterable[str] = ()) -> dict[str, list[str]]:
    """Per table or view of two snapshots that is not row for row the same: the first rows of only one of them."""
    found: dict[str, list[str]] = {}
    # Each is opened alone: a view finds its tables by the name that the database has when it is opened alone.
    with connect(left.database) as l_connection, connect(right.database) as r_connection, duckdb.connect() as comparing:
        names = relations(l_connection), relations(r_connection)
        if names[0] != names[1]:
            found["names"] = sorted(set(names[0]) ^ set(names[1]))
        for table in sorted(set(names[0]) & set(names[1]) - set(leave_out)):
            for name, connection in (("l", l_connection), ("r", r_connection)):
                comparing.register(name, connection.sql(f"from {table}").to_arrow_table())
            rows = []
            for one, other in (("l", "r"), ("r", "l")):
                query = f"select * from (from {one} except all from {other}) limit 3"
                rows += [f"{one}: {row}" for row in comparing.execute(query).fetchall()]
            if rows:
                found[table] = rows
    return found


def what_was_built(snapshot: Snapshot) -> dict[str, Any]:
    """The manifest of a snapshot without what differs between builds of the same data: the engine's layout of the rows, the duration, which
    data tests were due."""
    return {name: value for name, value in snapshot.manifest.items() if name not in ("files", "timings", "history_tested_at")}


def sole_of_build(snapshot: Snapshot, query: str) -> Any:
    """The one value that a query gives on what the last build of a snapshot's home did not publish."""
    return _sole(snapshot.folder.parent.parent / "builds" / "working.duckdb", query)


def sole(snapshot: Snapshot, query: str) -> Any:
    """The one value that a query on a snapshot gives."""
    return _sole(snapshot.database, query)


def _sole(database: Path, query: str) -> Any:
    with connect(database) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]
