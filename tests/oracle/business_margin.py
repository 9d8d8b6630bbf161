"""Margin of a month, rewards that are owed, and whether the reserve is enough: coverage and stress.

Belongs here: sums of money over the whole platform. Does not: cost by channel (`marketing_costs`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from tests.oracle.exact import Ratio, ratio
from tests.oracle.marketing_costs import Costs
from tests.oracle.risk_histories import History
from tests.oracle.source import Source, month

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Margin:
    """Of one month, in the platform's currency."""

    fees: Decimal
    contributions: Decimal
    compensation: Decimal
    acquisition: Fraction

    @property
    def amount(self) -> Fraction:
        """What is left of the fees."""
        return Fraction(self.fees - self.contributions - self.compensation) - self.acquisition


def margins(source: Source, loans: Mapping[int, History], costs: Costs, day: date) -> dict[date, Margin]:
    """Month → margin: fees − contributions to the reserve − compensation paid by the platform itself − cost of acquisition by grant.

    The month of `day` up to that day, without promotional loans.
    """
    fees: dict[date, Decimal] = defaultdict(Decimal)
    contributions: dict[date, Decimal] = defaultdict(Decimal)
    compensation: dict[date, Decimal] = defaultdict(Decimal)
    acquisition: dict[date, Fraction] = defaultdict(Fraction)
    for row in source.by(day, "fees", "charged_at"):
        if row["loan_id"] not in source.promotional_listings:
            fees[month(source.day(row["charged_at"]))] += row["amount"]
    for row in source.by(day, "risk_reserve_movements", "occurred_at"):
        if row["movement_kind"] == "contribution":
            contributions[month(source.day(row["occurred_at"]))] += row["amount"]
    for history in loans.values():
        for payment in history.loan.repayments:
            if payment.payer == "platform" and payment.payee == "lenders" and payment.paid_on <= day:
                compensation[month(payment.paid_on)] += payment.principal + payment.interest + payment.penalty
    for (first, _, _), cost in costs.of.items():
        acquisition[first] += cost.by_grant
    months = fees.keys() | contributions.keys() | compensation.keys() | acquisition.keys()
    return {m: Margin(fees[m] + ZERO, contributions[m] + ZERO, compensation[m] + ZERO, acquisition[m]) for m in sorted(months)}


def rewards_owed(source: Source, day: date) -> Decimal:
    """Rewards granted that at the end of `day` are neither redeemed nor expired; one without an expiry never expires."""

    def has_passed(at: datetime | None) -> bool:
        return at is not None and source.day(at) <= day

    rows = source.by(day, "rewards", "granted_at")
    return sum((row["amount"] for row in rows if not has_passed(row["redeemed_at"]) and not has_passed(row["expires_at"])), ZERO)


def reserve(source: Source, day: date) -> Decimal:
    """Balance of the risk reserve at the end of `day`."""
    return sum((row["amount"] for row in source.by(day, "risk_reserve_movements", "occurred_at")), ZERO)


def coverage(source: Source, day: date, overdue_times: int = 1) -> Ratio:
    """Reserve ÷ amount overdue to the lenders. With `overdue_times` 2: the stress, as if overdue doubled."""
    states = source.book.states(day)
    overdue = sum((state.overdue for loan_id, state in states.items() if loan_id not in source.promotional_listings), ZERO)
    return ratio(reserve(source, day), overdue_times * overdue)
