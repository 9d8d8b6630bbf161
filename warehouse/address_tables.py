"""Parses the addresses of sessions into two tables of the working database of a build; the model of sessions joins them.

Belongs here: which addresses, and writing the tables. Does not: parsing one (`addresses`), or what it means (dbt).
docs/decisions/0015 says why this is done before the models run, and not by SQL.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from warehouse.addresses import TAGS, Landing, Referrer, landing_of, referrer_of
from warehouse.control import add_rows
from warehouse.engines.duckdb.connections import WORKING
from warehouse.identity import code_version, engine_version

# How many addresses are parsed and written at a time.
_BATCH = 50_000

_TABLES = ("ctl_referrers", "ctl_landings")
_REFERRERS = "referrer_url varchar, host varchar, site varchar, host_names varchar[], keyword varchar"
_LANDINGS = "landing_path varchar, page varchar, parameter_names varchar[], " + ", ".join(f"{name} varchar" for name in TAGS)


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
    columns: str,
    parts_of: Callable[[str], Referrer | Landing],
) -> None:
    connection.execute(f"create table if not exists {WORKING}.main.{table} ({columns})")
    connection.execute(f"comment on table {WORKING}.main.{table} is '{_version()}'")
    new = f"select distinct {column} from {sessions} where {column} <> '' except select {column} from {WORKING}.main.{table}"
    addresses = connection.sql(new).to_arrow_table().column(0)
    for start in range(0, len(addresses), _BATCH):
        taken_apart = [parts_of(address) for address in addresses.slice(start, _BATCH).to_pylist()]
        add_rows(connection, f"{WORKING}.main.{table}", taken_apart)
