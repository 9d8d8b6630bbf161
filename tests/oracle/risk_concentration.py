"""How much depends on few: borrowers, lenders, and the institutions that guarantee loans.

Belongs here: shares of one day's portfolio. Does not: what was promised and collected (`risk_collection`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.exact import Ratio, gini, herfindahl, ratio
from tests.oracle.ledger import shares_on
from tests.oracle.loan import Loan
from tests.oracle.owed import ZERO, plan_in_force
from tests.oracle.risk_histories import History
from tests.oracle.source import Source

HALF_A_CENT = Fraction(1, 200)
THIRD_PARTIES = ("guarantor", "insurer")


@dataclass(frozen=True)
class Concentration:
    """Of the outstanding principal of a day. HHI between 0 and 10,000, Gini between 0 and 1; None without principal."""

    borrowers: int
    ten_largest_borrowers: Ratio
    borrowers_hhi: Fraction | None
    lenders: int
    ten_largest_lenders: Ratio
    lenders_gini: Fraction | None


def concentration(loans: Iterable[History], day: date) -> Concentration:
    """How concentrated the loans are on `day`."""
    owed: dict[int, Fraction] = defaultdict(Fraction)
    held: dict[int, Fraction] = defaultdict(Fraction)
    for history in loans:
        if (outstanding := history.outstanding(day)) > 0:
            owed[history.loan.borrower_id] += Fraction(outstanding)
            for lender, share in shares_on(history.loan, day).items():
                held[lender] += share * Fraction(outstanding)
    debts = sorted(owed.values(), reverse=True)
    # A lender who sold all may be left with nothing, or with less than a cent.
    positions = sorted((amount for amount in held.values() if amount >= HALF_A_CENT), reverse=True)
    return Concentration(
        borrowers=len(debts),
        ten_largest_borrowers=ratio(sum(debts[:10], Fraction(0)), sum(debts, Fraction(0))),
        borrowers_hhi=herfindahl(debts),
        lenders=len(positions),
        ten_largest_lenders=ratio(sum(positions[:10], Fraction(0)), sum(debts, Fraction(0))),
        lenders_gini=gini(positions),
    )


@dataclass(frozen=True)
class Institution:
    """What an institution guarantees on a day, what it paid by then, and how late. `limit_used` has no value without a limit.

    `overdue`: owed to the lenders now, so not yet paid by it. `paid_days`: days from due day to payment of each instalment it paid for.
    """

    loans: int
    outstanding: Decimal
    overdue: Decimal
    compensated: Decimal
    recovered: Decimal
    limit_used: Ratio | None
    paid_days: tuple[int, ...]


def institutions(source: Source, loans: Mapping[int, History], day: date) -> dict[int, Institution]:
    """Institution id → exposure and performance on `day`, over the loans that name it."""
    limits = {row["institution_id"]: row["guarantee_limit"] for row in source.rows("institutions")}
    behind: dict[int, list[History]] = defaultdict(list)
    for loan in loans.values():
        if loan.row["institution_id"] is not None and loan.exists(day):
            behind[loan.row["institution_id"]].append(loan)
    states = source.book.states(day)
    found = {}
    for who, members in behind.items():
        outstanding = sum((m.outstanding(day) for m in members), ZERO)
        limit = limits.get(who)
        found[who] = Institution(
            loans=sum(m.outstanding(day) > 0 for m in members),
            outstanding=outstanding,
            overdue=sum((states[m.loan.loan_id].overdue for m in members), ZERO),
            compensated=sum((_paid(m.loan, day, "payer") for m in members), ZERO),
            recovered=sum((_paid(m.loan, day, "payee") for m in members), ZERO),
            limit_used=None if limit is None else ratio(outstanding, limit),
            paid_days=tuple(sorted(days for m in members for days in _paid_days(m.loan, day))),
        )
    return found


def _paid(loan: Loan, day: date, side: str) -> Decimal:
    return sum(
        (p.principal + p.interest + p.penalty for p in loan.repayments if p.paid_on <= day and getattr(p, side) in THIRD_PARTIES), ZERO
    )


def _paid_days(loan: Loan, day: date) -> Iterable[int]:
    for payment in loan.repayments:
        if payment.paid_on > day or payment.payer not in THIRD_PARTIES or payment.payee != "lenders":
            continue
        plan = plan_in_force(loan, payment.paid_on)
        due = {line.number: line.due_on for line in plan.lines} if plan else {}
        # A reversed payment does not count.
        if payment.number in due and payment.principal + payment.interest > 0:
            yield (payment.paid_on - due[payment.number]).days
