"""Rows of a database with a value that cannot be read: they go to quarantine, as long as they are few.

Belongs here: the limit, and how such a row is stored. Does not: what cannot be read (`conversion`), reading a table so that unreadable
values are reported (`sources.receiving`), the later steps of a row (`judging`, `table_loading`).
"""

from __future__ import annotations

import duckdb

from ingestion.contract import Table
from ingestion.sources.table import SourceTable, UnreadableValue

# A few values may be wrong. If many are, the cause is rather the mapping, the type or the platform's software. Among few rows since the
# cursor one bad row is a large share; but if no row at all can be read, that is no accident.
LARGE_SHARE, FEW_ROWS_SINCE = 10, 100


def unreadable_columns(engine: duckdb.DuckDBPyConnection, table: Table, read: SourceTable) -> set[str]:
    """The columns of `arrived` with values that could not be read; none if the source was not asked to report them."""
    if not read.tells_unreadable or read.is_empty:
        return set()
    rows = engine.execute("select distinct unnest(json_keys(_unreadable)) from arrived where _unreadable is not null").fetchall()
    return {name for (name,) in rows}


def require_readable(engine: duckdb.DuckDBPyConnection, read: SourceTable, first: UnreadableValue) -> None:
    """Raises `first`, with the numbers, when more than a stated share of what arrived cannot be read."""
    row = engine.execute("select count(_unreadable), count(*) from arrived").fetchone()
    assert row is not None  # a count always returns a row
    unreadable, total = row
    is_of_few = read.is_windowed and unreadable <= FEW_ROWS_SINCE and unreadable < total
    if unreadable * 100 <= total * LARGE_SHARE or is_of_few:
        return
    raise UnreadableValue(
        found=f"{first.found}" + (f", and {unreadable:,} of {total:,} rows that cannot be read" if unreadable > 1 else ""),
        where=first.where,
        expected=f"{first.expected}, in all but {LARGE_SHARE} % of the rows, which go to quarantine",
        remedy=first.remedy,
    )


def unreadable_json_sql(table: Table) -> str:
    """The row as it arrived, as JSON. A value that could not be read is the source's text in single quotes, which fits no type except
    text."""
    pairs = []
    for name in table.column_names:
        text = f"json_extract_string(_unreadable, '$.\"{name}\"')"
        told = f"to_json(chr(39) || {text} || chr(39))::varchar"
        pairs.append(f"""'"{name}":' || coalesce({told}, to_json("{name}")::varchar, 'null')""")
    return "'{' || " + " || ',' || ".join(pairs) + " || '}'"
