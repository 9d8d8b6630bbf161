"""Moves rows that entered the lake before rules GB-F05 and GB-F07 existed out of the warehouse into quarantine: impossible amounts, and
events dated after the day of their load.

Belongs here: finding them and naming them in a file that every reader of the lake honours. Does not: the rule (`form_rules`, `horizon`),
how readers leave them out (`judging.standing_sql`, `warehouse.engines.duckdb.functions`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from glassbook.lake.loads import Load, source_loads
from glassbook.sql_paths import files_read
from glassbook.sql_text import quoted
from ingestion.contract.form_rules import MOST_AMOUNT, RULES_VERSION, late_rules, violation_sql
from ingestion.loading.content_hash import hash_now_sql
from ingestion.loading.judging import standing_sql
from ingestion.loading.lake_files import Written
from ingestion.loading.lake_rows import files_sql
from ingestion.loading.statements import statement
from ingestion.loading.table_work import TableWork


def is_looked_through(loads: list[Load]) -> bool:
    """Whether a load with today's rules has checked all earlier rows; every row since was judged by them."""
    return any(load.rules_version >= RULES_VERSION for load in source_loads(loads))


def withdraw(work: TableWork) -> Written | None:
    """Writes which rows of the lake have an event (a column with `has_happened`) after the horizon, or an amount out of range.

    Returns the file, and makes the temp table `withdrawn`: the rows with held_load_seq, row_no (from 0), reason_code,
    column_name and today's _row_hash. Returns None, and makes no table, if there is no such row.
    """
    suspect = _suspect(work)
    if not suspect:
        return None
    parts = {
        "row_hash": hash_now_sql(work.table),
        "columns": ", ".join(f'k."{name}"' for name in work.table.column_names),
        "violation": violation_sql(late_rules(work.table, work.horizon)),
        "files": files_sql(suspect),
        "is_standing": standing_sql(work.settings, work.table, work.loads, "k"),
    }
    work.engine.execute(statement("withdrawn", **parts))
    if not work.count("withdrawn"):
        return None
    path = f"{work.table.name}/{work.load_seq:08d}.withdrawn.parquet"
    return work.write(path, "select held_load_seq, row_no from withdrawn order by all")


def _suspect(work: TableWork) -> list[Path]:
    """Files whose own statistics show an event after the horizon or an amount out of range, or that have no statistics."""
    files = [work.settings.lake_dir / part.path for part in work.before if part.path]
    if not files:
        return []
    table, horizon = work.table, work.horizon
    least, most = "coalesce(stats_min_value, stats_min)", "coalesce(stats_max_value, stats_max)"
    day, end_at = quoted(str(horizon.day)), quoted(str(horizon.end_at))
    ahead = f"try_cast({most} as timestamp) >= {end_at}::timestamp or try_cast({most} as date) > {day}::date"
    too_much = f"try_cast({most} as decimal(38, 2)) > {MOST_AMOUNT} or try_cast({least} as decimal(38, 2)) < -{MOST_AMOUNT}"
    conditions = [
        f"(path_in_schema in ({', '.join(map(quoted, names))}) and coalesce({condition}, true))"
        for names, condition in (([column.name for column in table.happened_columns], ahead), (table.money_columns, too_much))
        if names
    ]
    rows = work.engine.execute(
        f"select distinct file_name from parquet_metadata({files_read(files)}) "
        f"where coalesce(stats_null_count < num_values, true) and ({' or '.join(conditions)}) order by 1"
    ).fetchall()
    return [Path(name) for (name,) in rows]


def without_withdrawn(work: TableWork, path: str) -> TableWork:
    """The work as its next steps must see it: its loads without the rows that `path` names."""
    name, loads = work.table.name, work.loads
    last = max(i for i, load in enumerate(loads) if name in load.tables)
    entry = replace(loads[last].tables[name], withdrawn_path=path)
    changed = replace(loads[last], tables=loads[last].tables | {name: entry})
    return replace(work, loads=[*loads[:last], changed, *loads[last + 1 :]])


def withdrawn_sums(work: TableWork) -> dict[str, str]:
    """Sum of each money column over the rows of `withdrawn`."""
    columns = work.table.money_columns
    if not columns:
        return {}
    parts = ", ".join(f'coalesce(sum("{name}"), 0)::decimal(38,2)::varchar' for name in columns)
    row = work.engine.execute(f"select {parts} from withdrawn").fetchone()
    assert row is not None  # an aggregate always returns a row
    return dict(zip(columns, row, strict=True))


def newest_kept(work: TableWork) -> str | None:
    """The newest instant of the cursor, as text, among the rows that stay; `work` as `without_withdrawn` gives it."""
    is_standing = standing_sql(work.settings, work.table, work.loads, "k")
    row = work.engine.execute(f'select max(k."{work.table.cursor}")::varchar from {work.lake} k where {is_standing}').fetchone()
    assert row is not None  # an aggregate always returns a row
    found: str | None = row[0]
    return found
