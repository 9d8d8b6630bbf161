"""Reads the rows of a regime's breakdowns (a figure split by kind) from the warehouse."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from reports.engine.regime import Breakdown

if TYPE_CHECKING:
    import duckdb


def read_breakdown(
    connection: duckdb.DuckDBPyConnection, breakdown: Breakdown, as_of: date
) -> list[tuple[Any, ...]] | None:
    """The rows in the order of the first column, or None when the snapshot has no such relation."""
    names = ", ".join(column.name for column in breakdown.columns)
    known = connection.execute(
        "select 1 from duckdb_functions() where function_name = ? and function_type = 'table_macro'",
        [breakdown.relation],
    ).fetchone()
    if known is None:
        return None
    return connection.execute(
        f"select {names} from {breakdown.relation}(cast(? as date)) order by 1", [as_of]
    ).fetchall()
