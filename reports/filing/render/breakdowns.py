"""Reads a regime's breakdowns: the rows behind a figure, added up by kind in the warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.figures.reading import FigureSet
from reports.filing.declare.regime import Breakdown

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class BrokenDown:
    """A breakdown with one row per kind, in the order of the kinds; `totals` are the same sums over all rows."""

    declared: Breakdown
    rows: list[tuple[Any, ...]]
    totals: tuple[Any, ...]
    is_supplied: bool

    def differing(self, figures: FigureSet) -> list[str]:
        """Codes of figures to which the kinds do not add up."""
        by_code = figures.by_code()
        return [
            column.total_code
            for column, total in zip(self.declared.columns[1:], self.totals, strict=True)
            if column.total_code is not None
            and self.is_supplied
            and (column.total_code not in by_code or by_code[column.total_code].value != total)
        ]


def read_breakdown(connection: duckdb.DuckDBPyConnection, breakdown: Breakdown, figures: FigureSet) -> BrokenDown:
    """The breakdown on the day of `figures`; not supplied when none of its figures has a value."""
    by_code = figures.by_code()
    kind, *others = breakdown.columns
    sums = [
        f"count(*)::bigint as {column.name}" if column.is_row_count else f"coalesce(sum({column.name}), 0) as {column.name}"
        for column in others
    ]
    source = f"from {breakdown.relation}(cast(? as date))"
    rows = connection.execute(
        f"select {', '.join([kind.name, *sums])} {source} group by {kind.name} order by {kind.name}", [figures.as_of]
    ).fetchall()
    totals = connection.execute(f"select {', '.join(sums)} {source}", [figures.as_of]).fetchone()
    assert totals is not None  # an aggregate always returns a row
    is_supplied = any(code in by_code and by_code[code].value is not None for code in breakdown.codes)
    return BrokenDown(breakdown, rows, totals, is_supplied)
