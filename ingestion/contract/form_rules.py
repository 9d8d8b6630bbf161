"""The coded rules of form that every row must keep before it may enter the lake; what fails goes to quarantine under the rule's code.

Belongs here: rules on one row or one key. Does not: files that cannot be read at all (`sources`), rules of meaning (the models).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from glassbook.sql_text import quoted
from ingestion.contract import Column, Table
from ingestion.contract.horizon import Horizon


@dataclass(frozen=True)
class FormRule:
    """One rule of form; `code` is stable and never used again."""

    code: str
    reason: str
    rule: str


FIRST_YEAR, LAST_YEAR = 1900, 2199
MOST_AMOUNT = 10**11
"""The largest amount of money that a row may hold, in the currency of the platform, in either sign. No platform means more by one row; the
engine counts a lender's share of a loan in 10^-24 cents, of which 128 bits hold eight times as much."""

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
"""Which rules of form the rows of a load have kept. 1: those up to GB-F06; 2: GB-F07 too, for which it has looked through what came
before; 3: it has looked through that for GB-F05 as well."""


_ANY_DAY = Horizon(date(LAST_YEAR, 12, 31), datetime(LAST_YEAR + 1, 1, 1))  # noqa: DTZ001 — as the lake has instants


def _conditions(column: Column, horizon: Horizon) -> list[tuple[FormRule, str]]:
    found = []
    if not column.nullable:
        found.append((NULL_NOT_ALLOWED, f'"{column.name}" is null'))
    if column.values is not None:
        listed = ", ".join(map(quoted, column.values))
        found.append((VALUE_NOT_IN_LIST, f'"{column.name}" not in ({listed})'))
    if column.type in ("date", "time"):
        found.append((INSTANT_OUT_OF_RANGE, f"\"{column.name}\" < '{FIRST_YEAR}-01-01' or \"{column.name}\" >= '{LAST_YEAR + 1}-01-01'"))
    if column.has_happened:
        found.append((INSTANT_AHEAD, horizon.is_ahead(column, f'"{column.name}"')))
    if column.type == "money":
        found.append((AMOUNT_OUT_OF_RANGE, f'"{column.name}" not between -{MOST_AMOUNT} and {MOST_AMOUNT}'))
    return found


def late_conditions(table: Table, horizon: Horizon) -> list[tuple[Column, FormRule, str]]:
    """The rules that a lake may hold rows against, since they are younger than the first lakes: what breaks each, by column."""
    late = (INSTANT_AHEAD, AMOUNT_OUT_OF_RANGE)
    return [(column, *found) for column in table.columns for found in _conditions(column, horizon) if found[0] in late]


def rules_of(table: Table) -> list[FormRule]:
    """The rules that a row of `table` can break, in the order of their codes."""
    possible = {rule for column in table.columns for rule, _ in _conditions(column, _ANY_DAY)} | {VALUE_NOT_READABLE}
    if table.kind == "append":
        possible.add(KEY_CONFLICT)
    return [rule for rule in FORM_RULES if rule in possible]


def violation_sql(table: Table, horizon: Horizon) -> str:
    """An expression over a row of `table`: 'reason:column' of the first rule of form it breaks, or null."""
    branches = [
        f"when {condition} then '{rule.reason}:{column.name}'"
        for column in table.columns
        for rule, condition in _conditions(column, horizon)
    ]
    return "case " + " ".join(branches) + " end"
