"""The projects under way as the public file holds them: masked, and no group of people under the minimum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from reports.engine.regime import PublicColumn, Regime

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Projects:
    """The projects of one day, in the order of their numbers; a row has one value a column."""

    as_of: date
    columns: tuple[PublicColumn, ...]
    rows: tuple[tuple[Any, ...], ...]


def read_projects(connection: duckdb.DuckDBPyConnection, regime: Regime) -> Projects | None:
    """None where the regime shows none, or where the public file has none."""
    import duckdb

    declared = None if regime.page is None else regime.page.projects
    if declared is None:
        return None
    names = ", ".join(column.name for column in declared.columns)
    try:
        rows = connection.execute(f"select as_of_on, {names} from {declared.relation} order by {declared.columns[0].name}").fetchall()
    except duckdb.CatalogException:
        return None
    return Projects(rows[0][0], declared.columns, tuple(row[1:] for row in rows)) if rows else None
