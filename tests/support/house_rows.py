"""Compares the rows behind the platform's own figures (OP-…, MK-…) with these figures, on the stored days of a snapshot.

Belongs here: querying and comparing. Does not: which rows there are (the catalogue), what a figure is (the marts).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb

from glassbook.catalogue import load_metrics
from reports.figures.rows import adds_up, row_sums
from reports.figures.sets import HOUSE_SETS


def rows_that_do_not_add_up(connection: duckdb.DuckDBPyConnection, days: int | None = None) -> tuple[list[tuple[date, str]], int]:
    """Day and code of each figure whose rows add up to another number, and how many were compared; for the newest days, or for all."""
    wrong, asked = [], 0
    for name, table in HOUSE_SETS.items():
        metrics = [metric for metric in load_metrics(name) if metric.has_rows]
        stated: dict[date, dict[str, Decimal]] = {}
        # Without a value there is no sum to compare: a window is not over yet, or a probability is not known.
        query = f"select as_of_on, code, coalesce(numerator, value) as summed from {table} where summed is not null order by as_of_on desc"
        for day, code, summed in connection.execute(query).fetchall():
            stated.setdefault(day, {})[code] = summed
        for day, figures in list(stated.items())[:days]:
            sums = row_sums(connection, [metric for metric in metrics if metric.code in figures], day)
            wrong += [(day, code) for code, found in sums.items() if not adds_up(found.rows, found.total, figures[code])]
            asked += len(sums)
    return wrong, asked
