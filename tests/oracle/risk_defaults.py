"""First-payment default, and expected defaults compared with actual ones.

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
from tests.oracle.owed import is_of_the_rest, owed_by_line, plan_in_force
from tests.oracle.risk_assessments import assessments
from tests.oracle.risk_histories import History
from tests.oracle.source import Source, month, same_day_later

DAYS_AFTER_THE_FIRST = 30
MONTHS_OF_DEFAULT = 12


def first_payment(loan: Loan) -> tuple[date, int] | None:
    """The day on which the first instalment is judged, thirty days after it was due by the plan in force on that day, and its number.

    An earlier extension moves the day. A plan for the rest has no first instalment.
    """
    found = []
    for plan in loan.plans.values():
        first = min(plan.lines, key=lambda line: line.number)
        judged = max(first.due_on + timedelta(days=DAYS_AFTER_THE_FIRST), loan.disbursed_on)
        judged = max(judged, plan.since) if plan_in_force(loan, loan.disbursed_on) is not plan else judged
        if plan_in_force(loan, judged) is plan and not is_of_the_rest(loan, plan):
            found.append((judged, first.number))
    return min(found, default=None)


def first_payment_defaults(loans: Iterable[History], day: date) -> dict[date, Ratio]:
    """Month of disbursement → loans whose borrower had not settled the first instalment by the day it is judged ÷ loans judged by `day`."""
    over: dict[date, list[bool]] = defaultdict(list)
    for loan in loans:
        if (judged := first_payment(loan.loan)) is not None and judged[0] <= day:
            unpaid = owed_by_line(loan.loan, judged[0])[1]
            over[month(loan.loan.disbursed_on)].append(judged[1] in {line.number for line in unpaid})
    return {first: ratio(sum(defaults), len(defaults)) for first, defaults in over.items()}


@dataclass(frozen=True)
class Calibration:
    """Loans of a group that are twelve months old: how many, expected defaults (a sum of rates) and actual ones, 95 % interval."""

    loans: int
    expected: Fraction
    defaults: int
    low: Decimal | None
    high: Decimal | None


def calibration(source: Source, loans: Iterable[History], day: date) -> dict[tuple[str, str], Calibration]:
    """("total", "all"), ("grade", grade) and ("assessment", whole per cent of the expected rate) → expected and actual defaults.

    Of loans disbursed twelve months before `day` or earlier whose assessment says a rate. A default is a loan more than 90 days past due
    (the borrower's own) on any day until the same day twelve months after its disbursement.
    """
    known = assessments(source)
    groups: dict[tuple[str, str], list[tuple[Fraction, bool]]] = defaultdict(list)
    for loan in loans:
        end = same_day_later(loan.loan.disbursed_on, MONTHS_OF_DEFAULT)
        rate = known.get(loan.loan.loan_id, {}).get("expected_default_rate")
        if end <= day and rate is not None:
            seen = Fraction(str(rate)), loan.ever(90, end)
            band = f"{int(seen[0] * 100):03} %"
            for key in (("total", "all"), ("grade", loan.grade), ("assessment", band)):
                groups[key].append(seen)
    found = {}
    for key, seen_of in groups.items():
        defaults = sum(is_default for _, is_default in seen_of)
        low, high = wilson(defaults, len(seen_of)) or (None, None)
        found[key] = Calibration(len(seen_of), sum((rate for rate, _ in seen_of), Fraction(0)), defaults, low, high)
    return found
