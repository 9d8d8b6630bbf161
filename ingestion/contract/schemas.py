"""The contract's tables as pandera schemas: a user of the contract reads them, and checks a small frame with them before sending it.

Belongs here: a schema made from the contract and its rules of form, and what it finds as 'reason:column' per row. Does not: the judging of
a load, which is SQL (`form_rules`), nor rules on the key of a row, which need the lake. Needs the extra `frames`; no command imports this
module.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import pandera.pandas as pa
import pyarrow
from pandera.errors import SchemaErrors

from ingestion.contract.form_rules import NULL_NOT_ALLOWED, Between, ColumnRule, HasValue, OneOf, column_rules

if TYPE_CHECKING:
    from ingestion.contract import Column, Table
    from ingestion.contract.horizon import Horizon

ARROW_TYPES: dict[str, Any] = {
    "id": pyarrow.int64(),
    "text": pyarrow.string(),
    "money": pyarrow.decimal128(18, 2),
    "rate": pyarrow.decimal128(9, 6),
    "date": pyarrow.date32(),
    "time": pyarrow.timestamp("us"),
    "bool": pyarrow.bool_(),
}
"""The type of a frame's column per type of the contract; all are exact. Instants have no zone and mean UTC."""


def schema_of(table: Table, horizon: Horizon) -> pa.DataFrameSchema:
    """The schema of a frame of `table`'s rows: exactly the contract's columns, in its types, each checked by the rules of form.

    `horizon`: the business day on which the rows are to be loaded.
    """
    rules = column_rules(table, horizon)
    return pa.DataFrameSchema(
        {column.name: _column(column, [found for found in rules if found.column == column]) for column in table.columns},
        strict=True,
        name=table.name,
        description=table.description,
    )


def frame_of(rows: pyarrow.Table) -> pd.DataFrame:
    """Rows as the frame that a schema checks: every column keeps its exact type."""
    return rows.to_pandas(types_mapper=pd.ArrowDtype)


def violations(table: Table, frame: pd.DataFrame, horizon: Horizon) -> dict[Any, str]:
    """Per label of a row in `frame` that breaks a rule of form: 'reason:column' of the first one broken, in the order of the contract.

    Raises pandera's SchemaErrors for a frame of another shape than the contract's, which is no fault of a row.
    """
    try:
        schema_of(table, horizon).validate(frame, lazy=True)
    except SchemaErrors as error:
        failures = error.failure_cases
        if failures["index"].isna().any():
            raise
        order = [found.violation for found in column_rules(table, horizon)]
        found: dict[Any, int] = {}
        for row, column, check in failures[["index", "column", "check"]].itertuples(index=False):
            reason = NULL_NOT_ALLOWED.reason if check == "not_nullable" else check
            place = order.index(f"{reason}:{column}")
            found[row] = min(found.get(row, place), place)
        return {row: order[place] for row, place in found.items()}
    return {}


def _column(column: Column, rules: list[ColumnRule]) -> pa.Column:
    is_nullable = not any(isinstance(found.demand, HasValue) for found in rules)
    checks = [check for found in rules for check in _checks(found)]
    return pa.Column(pd.ArrowDtype(ARROW_TYPES[column.type]), checks, nullable=is_nullable, description=column.description)


def _checks(found: ColumnRule) -> list[pa.Check]:
    reason = found.rule.reason
    match found.demand:
        case OneOf(values):
            return [pa.Check.isin(list(values), error=reason)]
        case Between(least, most, end):
            bounds = ((pa.Check.ge, least), (pa.Check.le, most), (pa.Check.lt, end))
            return [check(_value(bound), error=reason) for check, bound in bounds if bound is not None]
        case HasValue():
            return []


def _value(bound: date | int) -> date | Decimal:
    return Decimal(bound) if isinstance(bound, int) else bound
