"""pandera schemas of the contract's tables: the rules of form for frames small enough to be held in memory.

Belongs here: a schema made from the contract, and what it finds as 'reason:column' a row. Does not: rules on the key of a row, which need
the lake (`judging`), nor any rule that `form_rules` does not name. pandera takes seconds to import; nothing that answers a question does.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from ingestion.contract.form_rules import (
    AMOUNT_OUT_OF_RANGE,
    FIRST_YEAR,
    INSTANT_AHEAD,
    INSTANT_OUT_OF_RANGE,
    LAST_YEAR,
    MOST_AMOUNT,
    NULL_NOT_ALLOWED,
    VALUE_NOT_IN_LIST,
)

if TYPE_CHECKING:
    from ingestion.contract import Column, Table
    from ingestion.contract.horizon import Horizon

POLARS_TYPES: dict[str, Any] = {
    "id": pl.Int64,
    "text": pl.String,
    "money": pl.Decimal(18, 2),
    "rate": pl.Decimal(9, 6),
    "date": pl.Date,
    "time": pl.Datetime("us"),
    "bool": pl.Boolean,
}
_ORDER = tuple(rule.reason for rule in (NULL_NOT_ALLOWED, VALUE_NOT_IN_LIST, INSTANT_OUT_OF_RANGE, INSTANT_AHEAD, AMOUNT_OUT_OF_RANGE))


def schema_of(table: Table, horizon: Horizon) -> pa.DataFrameSchema:
    """The schema of a frame of `table`'s rows: exactly the contract's columns, in its types, each held to the rules of form."""
    return pa.DataFrameSchema(
        {column.name: _column(column, horizon) for column in table.columns}, strict=True, name=table.name, description=table.description
    )


def _column(column: Column, horizon: Horizon) -> pa.Column:
    checks = []
    if column.values is not None:
        checks.append(pa.Check.isin(list(column.values), error=VALUE_NOT_IN_LIST.reason))
    if column.type in ("date", "time"):
        kind = date if column.type == "date" else datetime
        first, end = kind(FIRST_YEAR, 1, 1), kind(LAST_YEAR + 1, 1, 1)
        checks.append(pa.Check.in_range(first, end, include_max=False, error=INSTANT_OUT_OF_RANGE.reason))
    if column.has_happened:
        last = horizon.day + timedelta(days=1) if column.type == "date" else horizon.end_at
        checks.append(pa.Check.lt(last, error=INSTANT_AHEAD.reason))
    if column.type == "money":
        checks.append(pa.Check.in_range(Decimal(-MOST_AMOUNT), Decimal(MOST_AMOUNT), error=AMOUNT_OUT_OF_RANGE.reason))
    return pa.Column(POLARS_TYPES[column.type], checks, nullable=column.nullable, description=column.description)


def violations(table: Table, frame: pl.DataFrame, horizon: Horizon) -> dict[int, str]:
    """Per position in `frame` of a row that breaks a rule of form: 'reason:column' of the first one broken, in the order of the contract.

    Raises pandera's SchemaErrors for a frame of another shape than the contract's, which is no fault of a row.
    """
    try:
        schema_of(table, horizon).validate(frame, lazy=True)
    except SchemaErrors as error:
        failures = error.failure_cases
        if failures["index"].null_count():
            raise
        rank = {name: i for i, name in enumerate(table.column_names)}
        found: dict[int, tuple[int, int, str]] = {}
        for position, column, check in failures.select("index", "column", "check").iter_rows():
            reason = NULL_NOT_ALLOWED.reason if check == "not_nullable" else check
            case = (rank[column], _ORDER.index(reason), f"{reason}:{column}")
            found[position] = min(found.get(position, case), case)
        return {position: text for position, (_, _, text) in found.items()}
    return {}
