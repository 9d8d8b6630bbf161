"""What leaves a build: the public file, and whether the new rows equal those already published under the same name.

Belongs here: the allow-list, and comparing contents. Does not: moving folders (`glassbook.snapshots`).
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import yaml

from glassbook.catalogue import named_after
from glassbook.sql_paths import database_attached
from warehouse.engines.duckdb.connections import attach

PUBLISHED = "published"


def public_columns() -> dict[str, Any]:
    """The allow-list: for each public table its columns, their order, and which rows; general tables first, then those of each regime."""
    documents = ("public_columns", *(f"public_columns_{regime}" for regime in named_after(__package__, "public_columns")))
    texts = ((resources.files(__package__) / f"{name}.yml").read_text(encoding="utf-8") for name in documents)
    return {table: rule for text in texts for table, rule in yaml.safe_load(text).items()}


def write_public(connection: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Writes the public file from the allow-list; a table or column that is not listed cannot enter it."""
    # Small row groups are written as they fill; a whole table in one group would go through the log first and then to the file.
    connection.execute(f"attach {database_attached(target)} as public_snapshot (recovery_mode no_wal_writes, row_group_size 30720)")
    for name, rule in public_columns().items():
        columns = ", ".join(rule["columns"])
        where = f" where {rule['where']}" if "where" in rule else ""
        order = ", ".join(rule["order_by"])
        connection.execute(f"create table public_snapshot.{name} as select {columns} from main.{name}{where} order by {order}")
    connection.execute("detach public_snapshot")


def differing_tables(connection: duckdb.DuckDBPyConnection, database: Path) -> list[str]:
    """Tables whose rows differ, in any order, between the current database and the snapshot file `database`, or that one of them lacks."""
    attach(connection, database, PUBLISHED, read_only=True)
    try:
        here, there = _tables(connection, "current_database()"), _tables(connection, f"'{PUBLISHED}'")
        differing = set(here) ^ set(there)
        for name in here.keys() & there.keys():
            if here[name] != there[name] or _digest(connection, f"main.{name}") != _digest(connection, f"{PUBLISHED}.main.{name}"):
                differing.add(name)
        return sorted(differing)
    finally:
        connection.execute(f"detach {PUBLISHED}")


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, str]:
    """Tables of a database with their columns."""
    return dict(
        connection.execute(
            f"select table_name, string_agg(column_name || ' ' || data_type, ', ' order by column_index) from duckdb_columns() "
            f"where database_name = {database} and schema_name = 'main' and not internal "
            f"and table_oid in (select table_oid from duckdb_tables() where database_name = {database}) group by all"
        ).fetchall()
    )


def _digest(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[Any, ...]:
    """Number of rows, and sum and exclusive or of their hashes: equal in any order of rows, different when a row differs."""
    row = connection.execute(f"select count(*), sum(hash(t)::hugeint), bit_xor(hash(t)) from {relation} as t").fetchone()
    assert row is not None
    return row
