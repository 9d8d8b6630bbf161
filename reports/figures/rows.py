"""The rows behind a figure, read from the model that the catalogue names, and added up.

Belongs here: selecting rows and comparing their sum with the figure. Does not: which rows belong to a figure (the models).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

from glassbook.catalogue import Metric, RowSource
from glassbook.money import round_half_up
from reports.figures.reading import Figure

if TYPE_CHECKING:
    import duckdb

# Numerators are kept to eight decimals; rows are read with more, so their sum is rounded to eight before comparing.
NUMERATOR_DECIMALS = 8
# Shares are whole numbers of 10^-24; sums of many have more digits than Python's decimals keep by default.
_SHARE_DIGITS = 24
_WIDE = Context(prec=60)


@dataclass(frozen=True)
class RowsBehind:
    """The rows behind a figure: key columns, the row's part of the denominator where rows have it, and last its contribution."""

    of_code: str
    model: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    total: Decimal
    expected: Decimal | None
    denominator: Decimal | None = None
    """Sum of the rows' parts of the denominator; None where rows do not have it."""
    expected_denominator: Decimal | None = None
    is_unknown: bool = False
    """Whether the figure has no value because a part is not known: then the rows have nothing to add up to."""

    @property
    def adds_up(self) -> bool:
        """Whether the rows add up to the figure: for a ratio to its numerator, and to its denominator where rows have it."""
        if self.is_unknown:
            return True
        if self.denominator is not None and not adds_up(len(self.rows), self.denominator, self.expected_denominator):
            return False
        return adds_up(len(self.rows), self.total, self.expected)


@dataclass(frozen=True)
class RowSum:
    """How many rows are behind a figure, and their sum."""

    rows: int
    total: Decimal


def read_contributions(connection: duckdb.DuckDBPyConnection, metric: Metric, figure: Figure, as_of: date) -> RowsBehind:
    """The rows of `metric` behind `figure`, largest first. The metric has rows."""
    source = _source(metric)
    # Rows borrowed from another figure are those of the numerator alone.
    base = f"cast({source.denominator} as decimal(38, 12))" if source.denominator and metric.code == figure.code else None
    amount = _amount(source)
    said = [*source.key, *([f"{base} as row_denominator"] if base else []), f"{amount} as contribution"]
    something = f"{amount} <> 0" + (f" or {base} <> 0" if base else "")
    relation = relation_sql(source.model, source.day_column, source.newest_column, source.condition)
    keys = ", ".join(source.key)
    rows = select(
        connection,
        f"select {', '.join(said)} from {relation} where {something} order by abs(contribution) desc{', ' + keys if keys else ''}",
        as_of,
    )
    sums = f"select coalesce(sum({amount}), 0), {f'coalesce(sum({base}), 0)' if base else 'null'} from {relation}"
    [(total, denominator)] = select(connection, sums, as_of)
    if source.is_fixed_point:
        rows, total = [(*row[:-1], share_of_one(row[-1])) for row in rows], share_of_one(total)
    return RowsBehind(
        metric.code,
        source.model,
        (*source.key, *(["denominator"] if base else []), column_name(metric)),
        rows,
        total,
        figure.summed,
        denominator,
        figure.denominator if base else None,
        is_unknown=metric.rows is not None and figure.summed is None,
    )


def row_sums(connection: duckdb.DuckDBPyConnection, metrics: Sequence[Metric], as_of: date) -> dict[str, RowSum]:
    """Count and sum of the rows of each metric that has rows; each model is scanned once for all of its metrics."""
    by_relation: dict[str, list[Metric]] = {}
    for metric in metrics:
        source = metric.row_source
        if source is not None:
            relation = relation_sql(source.model, source.day_column, source.newest_column, source.condition)
            by_relation.setdefault(relation, []).append(metric)
    found: dict[str, RowSum] = {}
    for relation, its_own in by_relation.items():
        amounts = [_amount(_source(metric)) for metric in its_own]
        wanted = ", ".join(f"count(*) filter (where {amount} <> 0), coalesce(sum({amount}), 0)" for amount in amounts)
        [row] = select(connection, f"select {wanted} from {relation}", as_of)
        for place, metric in enumerate(its_own):
            count, total = row[2 * place : 2 * place + 2]
            found[metric.code] = RowSum(count, share_of_one(total) if _source(metric).is_fixed_point else total)
    return found


def relation_sql(model: str, day_column: str | None, newest_column: str | None, condition: str | None) -> str:
    """The rows of a model for the day `$as_of`: from a table function, or from a table by its column of day or month."""
    day = "cast($as_of as date)"
    held = [f"({condition})"] if condition else []
    if day_column:
        held.append(f"{day_column} between date_trunc('month', {day}) and {day}")
    if newest_column:
        held.append(f"{newest_column} = (select max({newest_column}) from {model} where {newest_column} <= {day})")
    relation = f"{model}({day})" if model.endswith("_as_of") else model
    return f"(select * from {relation} where {' and '.join(held)})" if held else relation


def select(connection: duckdb.DuckDBPyConnection, query: str, as_of: date) -> list[tuple[Any, ...]]:
    """The rows of a query that may use the parameter `$as_of`."""
    return connection.execute(query, {"as_of": as_of} if "$as_of" in query else {}).fetchall()


def adds_up(rows: int, total: Decimal, expected: Decimal | None) -> bool:
    """Whether rows add up to the figure's sum; a figure without a value must have no rows."""
    return not rows if expected is None else round_half_up(total, NUMERATOR_DECIMALS) == expected


def column_name(metric: Metric) -> str:
    """The name of the rows' contributions."""
    source = metric.row_source
    return source.column if source is not None and source.column.isidentifier() else "contribution"


def share_of_one(units: int) -> Decimal:
    """A share in units of 10^-24 as a number."""
    return Decimal(units).scaleb(-_SHARE_DIGITS, context=_WIDE)


def _amount(source: RowSource) -> str:
    return source.column if source.is_fixed_point else f"cast({source.column} as decimal(38, 12))"


def _source(metric: Metric) -> RowSource:
    source = metric.row_source
    assert source is not None  # callers ask metrics that have rows
    return source
