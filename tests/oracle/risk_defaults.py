"""First-payment default, and expected defaults held against those that came.

Belongs here: rates of loans by count. Does not: amounts by month on book (`risk_vintages`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.exact import Ratio, ratio, wilson
from tests.oracle.loan import Loan
from tests.oracle.owed import plan_in_force
from tests.oracle.risk_histories import History
from tests.oracle.source import Source, month, same_day_later

DAYS_AFTER_THE_FIRST = 30
MONTHS_OF_DEFAULT = 12


def first_due_on(loan: Loan) -> date | None:
    """When the first instalment fell due by the plan that was in force when the loan was disbursed."""
    plan = plan_in_force(loan, loan.disbursed_on)
    return min((line.due_on for line in plan.lines), default=None) if plan else None


def first_payment_defaults(loans: Iterable[History], day: date) -> dict[date, Ratio]:
    """Month of disbursement → loans whose first instalment was not settled 30 days after it was due ÷ loans whose 30 days are over.

    Settled by the borrower. An instalment that an extension moved by then is not one that was not settled.
    """
    over: dict[date, list[bool]] = defaultdict(list)
    for loan in loans:
        due = first_due_on(loan.loan)
        judged = due and max(due + timedelta(days=DAYS_AFTER_THE_FIRST), loan.loan.disbursed_on)
        if due is not None and judged is not None and judged <= day:
            oldest = loan.span(judged).oldest_unpaid
            over[month(loan.loan.disbursed_on)].append(oldest is not None and oldest <= due)
    return {first: ratio(sum(defaults), len(defaults)) for first, defaults in over.items()}


@dataclass(frozen=True)
class Calibration:
    """Loans of a grade that are twelve months old: how many, defaults that were expected (a sum of rates) and that came, 95 % interval."""

    loans: int
    expected: Fraction
    defaults: int
    low: Decimal | None
    high: Decimal | None


def assessments(source: Source, day: date) -> dict[int, dict[str, object]]:
    """Loan → the assessment that stood when it was disbursed: the newest of the loan itself, else the newest of its borrower alone."""
    rows = [row for row in source.by(day, "credit_assessments", "assessed_at") if row["expected_default_rate"] is not None]
    found = {}
    for loan in source.book.loans:
        known = [row for row in rows if row["user_id"] == loan.borrower_id and row["assessed_at"] <= naive_disbursed(source, loan)]
        own = [row for row in known if row["loan_id"] == loan.loan_id] or [row for row in known if row["loan_id"] is None]
        if own:
            found[loan.loan_id] = max(own, key=lambda row: (row["assessed_at"], row["assessment_id"]))
    return found


def naive_disbursed(source: Source, loan: Loan) -> object:
    """When a loan was disbursed, as the rows of `source` say it."""
    return source.listings[loan.loan_id]["disbursed_at"]


def calibration(source: Source, loans: Iterable[History], day: date) -> dict[tuple[str, str], Calibration]:
    """(the listing's grade, the assessment's grade) and (the listing's grade, "all") → what was expected and what came.

    Of loans disbursed twelve months before `day` or earlier that have an assessment. A default is a loan more than 90 days past due
    (the borrower's own) on any day until the same day twelve months after its disbursement.
    """
    known = assessments(source, day)
    groups: dict[tuple[str, str], list[tuple[Fraction, bool]]] = defaultdict(list)
    for loan in loans:
        end = same_day_later(loan.loan.disbursed_on, MONTHS_OF_DEFAULT)
        if end <= day and loan.loan.loan_id in known:
            row = known[loan.loan.loan_id]
            seen = Fraction(str(row["expected_default_rate"])), loan.ever(90, end)
            groups[loan.row["credit_grade"], str(row["credit_grade"])].append(seen)
            groups[loan.row["credit_grade"], "all"].append(seen)
    found = {}
    for key, seen_of in groups.items():
        defaults = sum(is_default for _, is_default in seen_of)
        low, high = wilson(defaults, len(seen_of)) or (None, None)
        found[key] = Calibration(len(seen_of), sum((rate for rate, _ in seen_of), Fraction(0)), defaults, low, high)
    return found
