"""Parses the addresses of sessions into two tables of the working database of a build; the model of sessions joins them.

Belongs here: which addresses, and writing the tables. Does not: parsing one (`addresses`), or what it means (dbt).
docs/decisions/0015 says why this is done before the models run, and not by SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.addresses import TAGS, Landing, Referrer, landing_of, referrer_of
from warehouse.engines.duckdb.connections import WORKING
from warehouse.identity import code_version, engine_version

# How many addresses are parsed and written at a time.
_BATCH = 50_000

_TABLES = ("ctl_referrers", "ctl_landings")
_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())
_REFERRERS = pa.schema([("referrer_url", _TEXT), ("host", _TEXT), ("site", _TEXT), ("host_names", _TEXTS), ("keyword", _TEXT)])
_LANDINGS = pa.schema([("landing_path", _TEXT), ("page", _TEXT), ("parameter_names", _TEXTS), *((name, _TEXT) for name in TAGS)])


def write_addresses(connection: duckdb.DuckDBPyConnection, *, seen_load_seq: int) -> None:
    """Adds each address of the sessions that the models will read, once: of new sessions, or of all where all are classified again.

    Only a developer's plain dbt finds the tables of an earlier run: there the same code does not parse an address twice.
    """
    of_load = "lake" if seen_load_seq == 0 or _has_rows(connection, "arrivals_campaigns") else "arrivals"
    sessions = f"{WORKING}.main.{of_load}_web_sessions()"
    connection.begin()
    _drop_what_other_code_wrote(connection)
    _add(connection, "ctl_referrers", "referrer_url", sessions, _REFERRERS, referrer_of)
    _add(connection, "ctl_landings", "landing_path", sessions, _LANDINGS, landing_of)
    connection.commit()


def _has_rows(connection: duckdb.DuckDBPyConnection, function: str) -> bool:
    return bool(connection.execute(f"select 1 from {WORKING}.main.{function}() limit 1").fetchall())


def _drop_what_other_code_wrote(connection: duckdb.DuckDBPyConnection) -> None:
    for name in _TABLES:
        found = connection.execute(
            "select comment from duckdb_tables() where database_name = ? and table_name = ?", [WORKING, name]
        ).fetchall()
        if found and found != [(_version(),)]:
            connection.execute(f"drop table {WORKING}.main.{name}")


def _version() -> str:
    """Version of our code and of the libraries that parse addresses."""
    return f"{code_version(with_seeds=False)} {engine_version()}".replace("'", "")


def _add(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    column: str,
    sessions: str,
    schema: pa.Schema,
    parts_of: Callable[[str], Referrer | Landing],
) -> None:
    kinds = ", ".join(f"{field.name} varchar{'[]' if field.type == _TEXTS else ''}" for field in schema)
    connection.execute(f"create table if not exists {WORKING}.main.{table} ({kinds})")
    connection.execute(f"comment on table {WORKING}.main.{table} is '{_version()}'")
    new = f"select distinct {column} from {sessions} where {column} <> '' except select {column} from {WORKING}.main.{table}"
    addresses = connection.sql(new).to_arrow_table().column(0)
    for start in range(0, len(addresses), _BATCH):
        taken_apart = [parts_of(address) for address in addresses.slice(start, _BATCH).to_pylist()]
        _write(connection, table, pa.Table.from_arrays(_columns(taken_apart, schema), schema=schema))


def _columns(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> list[pa.Array]:
    return [pa.array(values, kind.type) for values, kind in zip(zip(*rows, strict=True), schema, strict=True)]


def _write(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    connection.register("addresses_taken_apart", rows)
    connection.execute(f"insert into {WORKING}.main.{table} select * from addresses_taken_apart")
    connection.unregister("addresses_taken_apart")
