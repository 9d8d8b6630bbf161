"""The functions that a build defines before its models run: over the platform's calendar and over the lake's files.

Belongs here: defining them. Functions that a snapshot needs too are in the warehouse's own database. Functions that name the lake's files,
or how far an earlier build came, are in the working database, which is thrown away. Does not: any figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from glassbook.calendar import lasting_offset
from glassbook.lake.loads import Load
from glassbook.settings import Settings
from glassbook.sql_paths import parquet_sql
from ingestion.contract import Table, load_contract
from ingestion.loading.lake_rows import rows_sql
from warehouse.engines.duckdb.connections import WORKING


def define_functions(
    connection: duckdb.DuckDBPyConnection, settings: Settings, loads: list[Load], *, seen_load_seq: int, as_of_on: str | None
) -> None:
    """Replaces every function.

    In the warehouse: `business_date(instant)`, the calendar day of an instant in UTC, in the platform's time zone;
    `latest_business_date()`, the latest day with data, or null. In the working database: `seen_load_seq()`, the newest load that the
    warehouse already holds; `lake_TABLE()`, the rows of a contract table, without those that a later load found gone or put into
    quarantine; `arrivals_TABLE()`, those of them from loads after the seen one; `tombstones_TABLE()`, the keys of an append table that
    loads after the seen one found gone.
    """
    connection.begin()
    _define(connection, "business_date(instant)", f"cast({_business_day(settings.timezone)} as date)")
    _define(connection, "latest_business_date()", f"date '{as_of_on}'" if as_of_on else "cast(null as date)")
    connection.commit()
    connection.begin()
    _define(connection, f"{WORKING}.main.seen_load_seq()", f"cast({seen_load_seq} as bigint)")
    lake, new_loads = settings.lake_dir.absolute(), [load for load in loads if load.load_seq > seen_load_seq]
    for table in load_contract().tables.values():
        _define(connection, f"{WORKING}.main.lake_{table.name}()", f"table {_rows(settings, table, loads, loads)}")
        _define(connection, f"{WORKING}.main.arrivals_{table.name}()", f"table {_rows(settings, table, new_loads, loads)}")
        if table.kind == "append":
            _define(connection, f"{WORKING}.main.tombstones_{table.name}()", f"table {_tombstones(lake, table, new_loads)}")
    connection.commit()


def _define(connection: duckdb.DuckDBPyConnection, signature: str, body: str) -> None:
    connection.execute(f"create or replace macro {signature} as {body}")


def _business_day(timezone: str) -> str:
    in_zone = f"timezone('{timezone}', timezone('UTC', instant))"
    lasting = lasting_offset(timezone)
    if lasting is None:
        return in_zone
    # Where the zone has kept one offset since some day, adding it is ten times as fast as a look-up in the time zone data.
    since, offset = lasting
    added = f"instant + to_seconds({int(offset.total_seconds())})"
    return f"case when instant >= timestamp '{since:%Y-%m-%d %H:%M:%S}' then {added} else {in_zone} end"


def _rows(settings: Settings, table: Table, loads: Iterable[Load], all_loads: Iterable[Load]) -> str:
    brought = rows_sql(settings, table, loads)
    if brought is None:
        return _no_rows(table)
    lake = settings.lake_dir
    written = [load.tables[table.name] for load in all_loads if table.name in load.tables]
    conditions = []
    if gone := _listed(lake, [entry.gone_path for entry in written]):
        same = "".join(f"gone.{name} = arrived.{name} and " for name in table.key)
        conditions.append(f"not exists (select 1 from {parquet_sql(gone)} as gone where {same}gone._load_seq > arrived._load_seq)")
    if withdrawn := _listed(lake, [entry.withdrawn_path for entry in written]):
        same = "withdrawn.held_load_seq = arrived._load_seq and withdrawn.row_no = arrived.file_row_number"
        conditions.append(f"not exists (select 1 from {parquet_sql(withdrawn)} as withdrawn where {same})")
    rows = f"select * from {brought} as arrived"
    return f"{rows} where {' and '.join(conditions)}" if conditions else rows


def _tombstones(lake: Path, table: Table, loads: Iterable[Load]) -> str:
    files = _listed(lake, [load.tables[table.name].gone_path for load in loads if table.name in load.tables])
    if files:
        return f"select * from {parquet_sql(files)}"
    keys = [(column.name, column.duckdb_type) for column in table.columns if column.name in table.key]
    return _nothing([*keys, ("_load_seq", "bigint")])


def _no_rows(table: Table) -> str:
    """The columns of a table of which no load has brought a row."""
    columns = [(column.name, column.duckdb_type) for column in table.columns]
    return _nothing([*columns, ("_load_seq", "bigint"), ("_row_hash", "ubigint"), ("file_row_number", "bigint")])


def _nothing(columns: list[tuple[str, str]]) -> str:
    return "select " + ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in columns) + " where false"


def _listed(lake: Path, paths: Iterable[str | None]) -> list[Path]:
    return [lake / path for path in paths if path]
