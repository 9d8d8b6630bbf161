"""The values of a figure that has one value per key, such as per month of disbursement or per institution."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from glassbook.catalogue import Metric
from reports.figures.reading import Figure
from reports.figures.rows import NUMERATOR_DECIMALS, relation_sql, select, share_of_one

if TYPE_CHECKING:
    import duckdb

NOT_SUPPLIED = "not supplied"
"""The note that models write for a figure without a value because the source lacks what it needs."""


@dataclass(frozen=True)
class ToldValues:
    """The values of a figure on a day, and where to find more of them."""

    model: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    """Those of the key, then numerator and denominator if a value has them, then the value."""
    rows: list[tuple[Any, ...]]
    of_day: str | None
    """Their day or month where the relation has many: `column = day`, the newest not after the day."""
    query: str
    """The query that was run; without its conditions it returns the parts too."""
    summed: Decimal | None
    """The sum of the rows behind all of these values; None where a part is not known."""
    denominator: Decimal | None

    def as_figure(self, metric: Metric, unit: str, *, is_supplied: bool) -> Figure:
        """A figure for all of the values together: it has no value of its own; its note names the key."""
        note = f"one value per {', '.join(self.key)}" if is_supplied else NOT_SUPPLIED
        return Figure(metric.code, None, None, None, unit, metric.decimals, note)

    def sums(self, figure: Figure) -> Figure:
        """The same figure with the sum of all values, to which rows must add up."""
        return replace(figure, numerator=self.summed, denominator=self.denominator)


def read_values(connection: duckdb.DuckDBPyConnection, metric: Metric, unit: str, as_of: date, *, is_supplied: bool) -> ToldValues:
    """The values of `metric`, which has one value per key, on a day; none where the source lacks what it needs."""
    told = metric.values
    model, column = (told and told.model) or metric.model, (told and told.column) or metric.column
    assert told is not None and model is not None and column is not None  # the catalogue's tests ensure this
    key = told.key or metric.key
    parts = [part for part in (told.numerator, told.denominator) if part is not None]
    wanted = ", ".join([*key, *parts, column])
    # Each row of a key repeats the key's share.
    query = f"select distinct {wanted} from {relation_sql(model, None, told.newest_column, told.condition)} order by {', '.join(key)}"
    found = select(connection, query, as_of) if is_supplied else []
    scale = 100 if unit == "%" and re.search(r"_(share|rate)$", column) else 1
    rows = [(*row[:-1], _number(row[-1], column, scale)) for row in found]
    place = len(key)
    summed = [row[place] for row in found] if told.numerator else [row[-1] for row in rows]
    base = [row[place + 1] for row in found] if told.denominator else None
    names = [*key, *(["numerator"] if told.numerator else []), *(["denominator"] if told.denominator else []), "value"]
    query = query.replace("cast($as_of as date)", f"date '{as_of}'")
    of_day = None
    if told.newest_column is not None and rows:
        newest = f"select max({told.newest_column}) from {model} where {told.newest_column} <= cast($as_of as date)"
        of_day = f"{told.newest_column} = {select(connection, newest, as_of)[0][0]}"
    return ToldValues(model, key, tuple(names), rows, of_day, query, _sum(summed), None if base is None else _sum(base))


def _number(value: Any, column: str, scale: int) -> Decimal | None:
    if value is None:
        return None
    return share_of_one(value) if isinstance(value, int) and column.endswith("_share") else Decimal(value) * scale


def _sum(values: list[Any]) -> Decimal | None:
    if any(value is None for value in values):
        return None
    return round(sum(map(Decimal, values), Decimal(0)), NUMERATOR_DECIMALS)
