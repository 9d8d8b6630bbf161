"""A small home, simulated, loaded and built once for all tests that read a warehouse.

Belongs here: making it and looking into its snapshot. Does not: what any test expects of it. Tests must not change it; a test that has
to, copies it first.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect, current_snapshot
from ingestion.loading.load import ingest
from simulator import simulate
from warehouse.build import run_build
from warehouse.engines.duckdb.connections import WORKING, attach

LOANS, SEED = 600, 11
FIRST, LAST = date(2018, 1, 1), date(2019, 3, 31)
# The time on its clock: what is made from it is the same whenever tests run.
MADE_AT = datetime(2019, 4, 3, 1, 0, tzinfo=UTC)


def settings_of(home: Path) -> Settings:
    """Settings of a small home in `home`."""
    return Settings(home=home, clock_now=MADE_AT)


def build_small_home(home: Path) -> Settings:
    """Simulates, loads and builds in `home`; returns its settings."""
    settings = settings_of(home)
    simulate(settings.platform_dir, LOANS, SEED, FIRST, LAST)
    ingest(settings, settings.platform_dir)
    run_build(settings)
    return settings


def columns_of(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    """Per table, view and table function of a snapshot: its columns and their DuckDB types."""
    with connect(snapshot.database) as connection:
        return _columns(connection, "current_database()", "main")


def columns_of_build(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    """The same for all that the last build of the snapshot's home made, including what it deleted afterwards."""
    with with_working(snapshot) as connection:
        kept = _columns(connection, "current_database()", "main")
        return kept | _columns(connection, f"'{WORKING}'", f"{WORKING}.main")


def with_working(snapshot: Snapshot) -> duckdb.DuckDBPyConnection:
    """A connection to a snapshot; what the last build of its home does not publish is attached as `working`: staging that is not kept."""
    connection = connect(snapshot.database)
    attach(connection, snapshot.folder.parent.parent / "builds" / "working.duckdb", WORKING, read_only=True)
    return connection


def _columns(connection: duckdb.DuckDBPyConnection, database: str, schema: str) -> dict[str, dict[str, str]]:
    tables = connection.execute(
        f"select table_name from information_schema.tables where table_catalog = {database} and table_schema = 'main'"
    ).fetchall()
    functions = connection.execute(
        "select distinct function_name, len(parameters) from duckdb_functions() "
        f"where database_name = {database} and schema_name = 'main' and function_type = 'table_macro' and not internal"
    ).fetchall()
    found = {name: _describe(connection, f"{schema}.{name}") for (name,) in tables}
    day = f"date '{LAST}'"
    return found | {name: _describe(connection, f"select * from {schema}.{name}({', '.join([day] * count)})") for name, count in functions}


def _describe(connection: duckdb.DuckDBPyConnection, what: str) -> dict[str, str]:
    rows = connection.execute(f"describe {what}").fetchall()
    return {name: re.sub(r"\(.*", "", kind) for name, kind, *_ in rows}


__all__ = ["FIRST", "LAST", "build_small_home", "columns_of", "current_snapshot"]
