"""The operating figures OP-A01 to OP-D05, from the states of the loans one by one and the records of people.

Belongs here: their sums and counts under any readings. Does not: the state of one loan (`ledger`), a regime's figures (`figures`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.figures import OracleFigure, Readings, amount, count, percent
from tests.oracle.ledger import Book
from tests.oracle.loan import Loan
from tests.oracle.owed import ZERO, outstanding_after


def operating_figures(book: Book, as_of: date, readings: Readings | None = None) -> dict[str, OracleFigure]:
    """Every operating figure by code, as of the end of `as_of`; flows are those of its month up to it."""
    readings = readings or Readings()
    hidden = set() if readings.count_promotional else book.promotional_listings
    first = as_of.replace(day=1)
    loans = [loan for loan in book.loans if loan.disbursed_on <= as_of and loan.loan_id not in hidden]
    states = book.states(as_of)
    outstanding = sum((states[loan.loan_id].outstanding for loan in loans), ZERO)
    interest = sum((states[loan.loan_id].interest_outstanding for loan in loans), ZERO)
    overdue = sum((states[loan.loan_id].overdue for loan in loans), ZERO)
    owing = [loan for loan in loans if states[loan.loan_id].outstanding > 0]
    late = [loan for loan in loans if states[loan.loan_id].past_due_days > 0]
    new = [loan for loan in loans if loan.disbursed_on >= first]
    lent, repaid = sum((loan.amount for loan in new), ZERO), _repaid(loans, first, as_of)
    base = outstanding if readings.overdue_rate_base == "principal" else outstanding + interest
    invested = [(who, on) for listing, who, on in book.invested if listing not in hidden and on <= as_of]
    found = {
        "A01": amount(outstanding),
        "A02": amount(interest),
        "A03": count(loan.loan_id for loan in owing),
        "B01": amount(lent),
        "B02": count(loan.loan_id for loan in new),
        "B03": amount(repaid),
        "B04": amount(lent - repaid),
        "C01": amount(overdue),
        "C02": count(loan.loan_id for loan in late),
        "C03": percent(overdue, base),
        "C04": percent(len(late), len(owing)),
        "D01": count(who for who, on in book.registered.items() if first <= on <= as_of),
        "D02": count(who for who, on in _firsts(invested).items() if on >= first and who in book.registered),
        "D03": count(who for who, on in invested if on >= first),
        "D04": count(who for who, on in _firsts((loan.borrower_id, loan.disbursed_on) for loan in loans).items() if on >= first),
        "D05": count(_owing_borrowers(loans, {loan.loan_id: states[loan.loan_id].outstanding for loan in loans})),
    }
    return {f"OP-{code}": figure for code, figure in found.items()}


def _repaid(loans: Iterable[Loan], first: date, last: date) -> Decimal:
    """How much the lenders' receipts reduce the outstanding amount; never more than was lent."""
    return sum((_back(loan, last) - _back(loan, first - timedelta(days=1)) for loan in loans), ZERO)


def _back(loan: Loan, day: date) -> Decimal:
    paid = [r for r in loan.repayments if r.payee == "lenders" and max(r.paid_on, loan.disbursed_on) <= day]
    return loan.amount - outstanding_after(loan, paid)


def _firsts(happened: Iterable[tuple[int, date]]) -> dict[int, date]:
    found: dict[int, date] = {}
    for who, on in happened:
        found[who] = min(on, found.get(who, on))
    return found


def _owing_borrowers(loans: Iterable[Loan], outstanding: dict[int, Decimal]) -> list[int]:
    owed: dict[int, Decimal] = {}
    for loan in loans:
        owed[loan.borrower_id] = owed.get(loan.borrower_id, ZERO) + outstanding[loan.loan_id]
    return [who for who, total in owed.items() if total > 0]
