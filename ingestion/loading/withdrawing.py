"""Rows that a lake took in before rules GB-F05 and GB-F07 were there leave the warehouse for quarantine: amounts that no platform can mean,
and what has happened on a day that had not come.

Belongs here: finding them and naming them in a file that every reader of the lake honours. Does not: the rule (`form_rules`, `horizon`),
how readers leave them out (`judging.standing_sql`, `warehouse.functions`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from glassbook.lake.loads import Load, source_loads
from glassbook.settings import Settings
from glassbook.sql_paths import files_read
from glassbook.sql_text import quoted
from ingestion.contract import Table
from ingestion.contract.form_rules import MOST_AMOUNT, RULES_VERSION, late_rules, violation_sql
from ingestion.contract.horizon import Horizon
from ingestion.loading.content_hash import hash_now_sql
from ingestion.loading.judging import standing_sql
from ingestion.loading.lake_files import Written, write_file
from ingestion.loading.lake_rows import files_sql, rows_sql


def is_looked_through(loads: list[Load]) -> bool:
    """Whether a load by today's rules has looked through all that came before it; every row since has been held to them."""
    return any(load.rules_version >= RULES_VERSION for load in source_loads(loads))


def withdraw(
    settings: Settings, engine: duckdb.DuckDBPyConnection, table: Table, loads: list[Load], load_seq: int, horizon: Horizon
) -> Written | None:
    """Writes which rows of the lake lie after `horizon` in a column of what has happened, or hold an amount out of range.

    Returns the file, and makes the temp table `withdrawn`: the rows with held_load_seq, row_no (from 0), reason_code,
    column_name and today's _row_hash. Returns None, and makes no table, where there is none.
    """
    files = [settings.lake_dir / t.path for load in loads if (t := load.tables.get(table.name)) and t.path]
    suspect = _suspect(engine, table, files, horizon)
    if not suspect:
        return None
    violation = violation_sql(late_rules(table, horizon))
    columns = ", ".join(f'k."{name}"' for name in table.column_names)
    engine.execute(
        f"create or replace temp table withdrawn as select * exclude (broken) replace ({hash_now_sql(table)} as _row_hash), "
        f"split_part(broken, ':', 1) as reason_code, split_part(broken, ':', 2) as column_name from ("
        f"select {columns}, k._row_hash, k._load_seq as held_load_seq, k.file_row_number as row_no, {violation} as broken "
        f"from {files_sql(suspect)} k "
        f"where {standing_sql(settings, table, loads, 'k')}) where broken is not null order by held_load_seq, row_no"
    )
    if not count_withdrawn(engine):
        return None
    path = f"{table.name}/{load_seq:08d}.withdrawn.parquet"
    return write_file(settings, engine, path, "select held_load_seq, row_no from withdrawn order by all")


def _suspect(engine: duckdb.DuckDBPyConnection, table: Table, files: list[Path], horizon: Horizon) -> list[Path]:
    """The files that say of themselves that a column of what has happened reaches beyond the horizon, or an amount out of range, or do not
    say."""
    if not files:
        return []
    least, most = "coalesce(stats_min_value, stats_min)", "coalesce(stats_max_value, stats_max)"
    day, end_at = quoted(str(horizon.day)), quoted(str(horizon.end_at))
    ahead = f"try_cast({most} as timestamp) >= {end_at}::timestamp or try_cast({most} as date) > {day}::date"
    too_much = f"try_cast({most} as decimal(38, 2)) > {MOST_AMOUNT} or try_cast({least} as decimal(38, 2)) < -{MOST_AMOUNT}"
    conditions = [
        f"(path_in_schema in ({', '.join(map(quoted, names))}) and coalesce({condition}, true))"
        for names, condition in (([column.name for column in table.happened_columns], ahead), (table.money_columns, too_much))
        if names
    ]
    rows = engine.execute(
        f"select distinct file_name from parquet_metadata({files_read(files)}) "
        f"where coalesce(stats_null_count < num_values, true) and ({' or '.join(conditions)}) order by 1"
    ).fetchall()
    return [Path(name) for (name,) in rows]


def count_withdrawn(engine: duckdb.DuckDBPyConnection) -> int:
    """Rows of the temp table `withdrawn`."""
    row = engine.execute("select count(*) from withdrawn").fetchone()
    assert row is not None  # a count always returns a row
    number: int = row[0]
    return number


def as_withdrawn(loads: list[Load], table: Table, path: str) -> list[Load]:
    """The loads as the rest of this one must see them: without the rows that `path` names."""
    last = max(i for i, load in enumerate(loads) if table.name in load.tables)
    entry = replace(loads[last].tables[table.name], withdrawn_path=path)
    return [*loads[:last], replace(loads[last], tables=loads[last].tables | {table.name: entry}), *loads[last + 1 :]]


def withdrawn_sums(engine: duckdb.DuckDBPyConnection, table: Table) -> dict[str, str]:
    """Sum of each money column over the rows of `withdrawn`."""
    if not table.money_columns:
        return {}
    parts = ", ".join(f'coalesce(sum("{name}"), 0)::decimal(38,2)::varchar' for name in table.money_columns)
    row = engine.execute(f"select {parts} from withdrawn").fetchone()
    assert row is not None  # an aggregate always returns a row
    return dict(zip(table.money_columns, row, strict=True))


def newest_kept(settings: Settings, engine: duckdb.DuckDBPyConnection, table: Table, loads: list[Load]) -> str | None:
    """The newest instant of the cursor, as text, among the rows that stay; `loads` as `as_withdrawn` gives them."""
    row = engine.execute(
        f'select max(k."{table.cursor}")::varchar from {rows_sql(settings, table, loads)} k '
        f"where {standing_sql(settings, table, loads, 'k')}"
    ).fetchone()
    assert row is not None  # an aggregate always returns a row
    found: str | None = row[0]
    return found
