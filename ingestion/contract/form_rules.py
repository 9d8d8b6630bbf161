"""The coded rules of form that every row must keep before it may enter the lake; what fails goes to quarantine under the rule's code.

Belongs here: what each rule asks of a column, stated once from the contract, and the SQL that judges every load by it. Does not: the same
as pandera schemas (`schemas`), files that cannot be read at all (`sources`), rules of meaning (the models).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from glassbook.sql_text import quoted
from ingestion.contract import Column, Table
from ingestion.contract.horizon import Horizon


@dataclass(frozen=True)
class FormRule:
    """One rule of form; `code` is stable and never reused."""

    code: str
    reason: str
    rule: str


FIRST_YEAR, LAST_YEAR = 1900, 2199
MOST_AMOUNT = 10**11
"""The largest amount of money that a row may hold, in the currency of the platform, positive or negative. No real row needs more. The
engine counts a lender's share of a loan in 10^-24 cents, and 128 bits hold eight times this amount."""

NULL_NOT_ALLOWED = FormRule("GB-F01", "null_not_allowed", "A column that the contract does not call nullable has a value.")
VALUE_NOT_IN_LIST = FormRule("GB-F02", "value_not_in_list", "A column with a list holds one of its values.")
KEY_CONFLICT = FormRule("GB-F03", "key_conflict", "A row of an append table never comes again with other content.")
INSTANT_OUT_OF_RANGE = FormRule("GB-F04", "instant_out_of_range", "Dates and instants lie between the years 1900 and 2200.")
AMOUNT_OUT_OF_RANGE = FormRule("GB-F05", "amount_out_of_range", "No amount of money is beyond 100,000,000,000.00, in either sign.")
VALUE_NOT_READABLE = FormRule("GB-F06", "value_not_readable", "A database's value is one that the contract's type holds without rounding.")
INSTANT_AHEAD = FormRule("GB-F07", "instant_ahead", "What has happened lies not after the day of its load, in the platform's time zone.")
FORM_RULES = (
    *(NULL_NOT_ALLOWED, VALUE_NOT_IN_LIST, KEY_CONFLICT, INSTANT_OUT_OF_RANGE, AMOUNT_OUT_OF_RANGE, VALUE_NOT_READABLE),
    INSTANT_AHEAD,
)
RULES_VERSION = 3
"""The version of the rules of form that a load applied. 1: rules up to GB-F06; 2: GB-F07 too, for which the load also checked earlier rows;
3: it checked earlier rows for GB-F05 as well."""


_ANY_DAY = Horizon(date(LAST_YEAR, 12, 31), datetime(LAST_YEAR + 1, 1, 1))  # noqa: DTZ001 — as the lake has instants


@dataclass(frozen=True)
class HasValue:
    """The column is never null."""

    def broken_sql(self, value: str) -> str:
        """A condition on an expression of the column's type: it breaks this. Null breaks nothing else."""
        return f"{value} is null"


@dataclass(frozen=True)
class OneOf:
    """A value is one of a list."""

    values: tuple[str, ...]

    def broken_sql(self, value: str) -> str:
        """See `HasValue`."""
        return f"{value} not in ({', '.join(map(quoted, self.values))})"


@dataclass(frozen=True)
class Between:
    """A value is not before `least`, not beyond `most`, and before `end`, each where it is given."""

    least: date | datetime | int | None = None
    most: int | None = None
    end: date | datetime | None = None

    def broken_sql(self, value: str) -> str:
        """See `HasValue`."""
        bounds = (("<", self.least), (">", self.most), (">=", self.end))
        return " or ".join(f"{value} {sign} {_literal(bound)}" for sign, bound in bounds if bound is not None)


Demand: TypeAlias = HasValue | OneOf | Between


@dataclass(frozen=True)
class ColumnRule:
    """A rule of form on one column of the contract, with its demand there."""

    column: Column
    rule: FormRule
    demand: Demand

    @property
    def violation(self) -> str:
        """The violation of a row that breaks it: 'reason:column'."""
        return f"{self.rule.reason}:{self.column.name}"


def column_rules(table: Table, horizon: Horizon) -> list[ColumnRule]:
    """What the rules of form demand of each column of `table`; a row is held for the first that it breaks."""
    return [ColumnRule(column, rule, demand) for column in table.columns for rule, demand in _demands(column, horizon)]


def _demands(column: Column, horizon: Horizon) -> list[tuple[FormRule, Demand]]:
    found: list[tuple[FormRule, Demand]] = []
    if not column.nullable:
        found.append((NULL_NOT_ALLOWED, HasValue()))
    if column.values is not None:
        found.append((VALUE_NOT_IN_LIST, OneOf(column.values)))
    if column.type in ("date", "time"):
        kind = date if column.type == "date" else datetime
        found.append((INSTANT_OUT_OF_RANGE, Between(least=kind(FIRST_YEAR, 1, 1), end=kind(LAST_YEAR + 1, 1, 1))))
    if column.has_happened:
        found.append((INSTANT_AHEAD, Between(end=horizon.end_of(column))))
    if column.type == "money":
        found.append((AMOUNT_OUT_OF_RANGE, Between(least=-MOST_AMOUNT, most=MOST_AMOUNT)))
    return found


def late_rules(table: Table, horizon: Horizon) -> list[ColumnRule]:
    """The rules that rows of an old lake may break, since the rules are newer than the first lakes."""
    return [found for found in column_rules(table, horizon) if found.rule in (INSTANT_AHEAD, AMOUNT_OUT_OF_RANGE)]


def rules_of(table: Table) -> list[FormRule]:
    """The rules that a row of `table` can break, in the order of their codes."""
    possible = {found.rule for found in column_rules(table, _ANY_DAY)} | {VALUE_NOT_READABLE}
    if table.kind == "append":
        possible.add(KEY_CONFLICT)
    return [rule for rule in FORM_RULES if rule in possible]


def violation_sql(rules: Iterable[ColumnRule]) -> str:
    """An expression over a row of their table: the violation of the first of `rules` that it breaks, or null."""
    branches = (f"when {found.demand.broken_sql(_name(found.column))} then {quoted(found.violation)}" for found in rules)
    return f"case {' '.join(branches)} end"


def _name(column: Column) -> str:
    return f'"{column.name}"'


def _literal(bound: date | int) -> str:
    return str(bound) if isinstance(bound, int) else quoted(str(bound))
