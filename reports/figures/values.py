"""The values of a figure that is told by its key, as by month of disbursement or by institution, and not as a whole."""

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
"""The note of a figure without a value because the source lacks what it needs, as models write it."""


@dataclass(frozen=True)
class ToldValues:
    """The values of a figure on a day, and where more of them are."""

    model: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    """Those of the key, then numerator and denominator as far as a value has them, then the value."""
    rows: list[tuple[Any, ...]]
    of_day: str | None
    """Of which day or month they are, where the relation tells of many: `column = day`, the newest that is not after the day."""
    query: str
    """What was asked; without its conditions it tells the parts as well."""
    summed: Decimal | None
    """What the rows behind all of these values add up to; None where a part is not known."""
    denominator: Decimal | None

    def as_figure(self, metric: Metric, unit: str, *, is_supplied: bool) -> Figure:
        """Stands for the values as a whole: it has none of its own, and says by what they are told."""
        note = f"told by {', '.join(self.key)}" if is_supplied else NOT_SUPPLIED
        return Figure(metric.code, None, None, None, unit, metric.decimals, note)

    def sums(self, figure: Figure) -> Figure:
        """The same with what all the values are made of, for rows to add up to."""
        return replace(figure, numerator=self.summed, denominator=self.denominator)


def read_values(connection: duckdb.DuckDBPyConnection, metric: Metric, unit: str, as_of: date, *, is_supplied: bool) -> ToldValues:
    """The values of `metric`, which is told by its key, on a day; none where the source lacks what it needs."""
    told = metric.values
    model, column = (told and told.model) or metric.model, (told and told.column) or metric.column
    assert told is not None and model is not None and column is not None  # the catalogue's tests hold it to this
    key = told.key or metric.key
    parts = [part for part in (told.numerator, told.denominator) if part is not None]
    wanted = ", ".join([*key, *parts, column])
    # A share stands in each row of whom it is told of.
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
