"""What became of the lenders and borrowers who began in a month, month by month, in total and by channel.

Belongs here: cells of month × months since. Does not: channels (`marketing_attribution`), the state of one loan (`risk_histories`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from tests.oracle.business_people import LENDERS, activity
from tests.oracle.exact import Ratio, ratio, total
from tests.oracle.ledger import history as events_of
from tests.oracle.loan import Repayment
from tests.oracle.marketing_people import Steps
from tests.oracle.marketing_values import held_by_lender, holders
from tests.oracle.risk_histories import History
from tests.oracle.source import Source, month, month_end, months_later

Cohort = tuple[Hashable, date, int]


@dataclass(frozen=True)
class Lenders:
    """Lenders who first invested in a month, some months later. Amounts in the platform's currency; flows are those of the month."""

    people: int
    active: Ratio
    retained: Ratio
    held: Fraction
    put_in: Decimal
    received: Fraction
    withdrawn: Decimal

    @property
    def reinvested(self) -> Ratio:
        """Put in ÷ received back in the month."""
        return ratio(self.put_in, self.received, self.people)


@dataclass(frozen=True)
class Borrowers:
    """Borrowers whose first loan was disbursed in a month, by the end of a later one; of them those with a second loan, or ever late.

    `lent`: to them by then; `late_30`, `late_90`: the part of it whose loans were ever late.
    """

    people: int
    second_loan: Ratio
    ever_30: Ratio
    ever_90: Ratio
    lent: Decimal
    late_30: Ratio
    late_90: Ratio


class Flows:
    """What lenders put in, received and withdrew by month, and in which months they were active as lenders.

    Money put into a failed listing came back without being lent: it is on neither side. Receipts are exact fractions of cents.
    """

    def __init__(self, source: Source, loans: Mapping[int, History], day: date) -> None:
        self.put_in: dict[tuple[int, date], Decimal] = defaultdict(Decimal)
        self.received: dict[tuple[int, date], Fraction] = defaultdict(Fraction)
        self.withdrawn: dict[tuple[int, date], Decimal] = defaultdict(Decimal)
        self.active = activity(source, loans, day)[LENDERS]

        def of(instant: datetime) -> date:
            return month(source.day(instant))

        for row in source.by(day, "investments", "invested_at"):
            if row["loan_id"] in loans:
                self.put_in[row["lender_id"], of(row["invested_at"])] += row["amount"]
        for row in source.by(day, "claim_transfers", "transferred_at"):
            if row["loan_id"] in loans:
                self.put_in[row["buyer_id"], of(row["transferred_at"])] += row["price"]
                self.received[row["seller_id"], of(row["transferred_at"])] += Fraction(row["price"])
        for row in source.by(day, "fund_movements", "occurred_at"):
            if row["movement_kind"] == "withdrawal":
                self.withdrawn[row["user_id"], of(row["occurred_at"])] -= row["amount"]
        for history in loans.values():
            for event, shares in events_of(history.loan, day):
                if isinstance(event, Repayment):
                    paid = Fraction(event.principal + event.interest + event.penalty)
                    for who, share in shares.items():
                        self.received[who, month(event.paid_on)] += share * paid


def lender_cohorts(
    source: Source, loans: Mapping[int, History], times: Mapping[int, Steps], day: date, segments: Mapping[int, Hashable] | None = None
) -> dict[Cohort, Lenders]:
    """(segment, month of first investment, months since from 0) → lenders. `segments` by user; without it all are `total`."""
    flows = Flows(source, loans, day)
    held: dict[date, dict[int, Fraction]] = {}
    holding: dict[date, set[int]] = {}
    found = {}
    for (segment, first), members in _cohorts(source, times, "investment", segments).items():
        since = 0
        while (end := month_end(at := months_later(first, since))) <= day:
            if at not in held:
                held[at], holding[at] = held_by_lender(loans.values(), end), holders(loans.values(), end)
            found[segment, first, since] = Lenders(
                people=len(members),
                active=ratio(sum((who, at) in flows.active for who in members), len(members), len(members)),
                retained=ratio(sum(who in holding[at] for who in members), len(members), len(members)),
                held=total(held[at].get(who, Fraction(0)) for who in members),
                put_in=sum((flows.put_in.get((who, at), Decimal(0)) for who in members), Decimal(0)),
                received=total(flows.received.get((who, at), Fraction(0)) for who in members),
                withdrawn=sum((flows.withdrawn.get((who, at), Decimal(0)) for who in members), Decimal(0)),
            )
            since += 1
    return found


def borrower_cohorts(
    source: Source, loans: Mapping[int, History], times: Mapping[int, Steps], day: date, segments: Mapping[int, Hashable] | None = None
) -> dict[Cohort, Borrowers]:
    """(segment, month of the first loan's disbursement, months since from 0) → borrowers."""
    own: dict[int, list[History]] = defaultdict(list)
    for history in loans.values():
        own[history.loan.borrower_id].append(history)
    found = {}
    for (segment, first), members in _cohorts(source, times, "disbursement", segments).items():
        since = 0
        while (end := month_end(months_later(first, since))) <= day:
            lent = [[h for h in own[who] if h.exists(end)] for who in members]
            found[segment, first, since] = Borrowers(
                people=len(members),
                second_loan=ratio(sum(len(of) > 1 for of in lent), len(members), len(members)),
                ever_30=ratio(sum(any(h.ever(30, end) for h in of) for of in lent), len(members), len(members)),
                ever_90=ratio(sum(any(h.ever(90, end) for h in of) for of in lent), len(members), len(members)),
                lent=sum((h.loan.amount for of in lent for h in of), Decimal(0)),
                late_30=_late_amount(lent, 30, end),
                late_90=_late_amount(lent, 90, end),
            )
            since += 1
    return found


def _late_amount(lent: list[list[History]], more_than: int, end: date) -> Ratio:
    loans = [history for of in lent for history in of]
    late = total(history.loan.amount for history in loans if history.ever(more_than, end))
    return ratio(late, total(history.loan.amount for history in loans), len(lent))


def _cohorts(
    source: Source, times: Mapping[int, Steps], step: str, segments: Mapping[int, Hashable] | None
) -> dict[tuple[Hashable, date], list[int]]:
    found: dict[tuple[Hashable, date], list[int]] = defaultdict(list)
    for who, steps in times.items():
        if step in steps:
            found["total" if segments is None else segments.get(who, "none"), month(source.day(steps[step]))].append(who)
    return found
