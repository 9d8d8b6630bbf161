"""Vintages: what became of the loans of a month by their months on book.

Belongs here: cells of month × months on book. Does not: one loan's days past due or loss (`risk_histories`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.oracle.exact import Ratio, ratio
from tests.oracle.risk_histories import History
from tests.oracle.source import month, month_end, months_later

Segment = Callable[[History], Hashable]


@dataclass(frozen=True)
class Vintage:
    """Amounts lent in a month, and of them those ever late or lost by the end of the cell's month; in the platform's currency.

    The first pair is by the borrower's own days past due, the second the lenders' view. `recovered`: paid after a loan was first lost.
    """

    loans: int
    amount: Decimal
    ever_30: Decimal
    ever_90: Decimal
    lenders_ever_30: Decimal
    lenders_ever_90: Decimal
    realised: Decimal
    recovered: Decimal

    def share(self, name: str) -> Ratio:
        """One of the amounts ÷ the amount of the vintage."""
        return ratio(getattr(self, name), self.amount)


def vintages(loans: Iterable[History], day: date, by: Segment = lambda _: "total") -> dict[tuple[Hashable, date, int], Vintage]:
    """(segment, month of disbursement, months on book from 1) → amounts. A cell exists when its month's end is not after `day`."""
    groups: dict[tuple[Hashable, date], list[History]] = defaultdict(list)
    for loan in loans:
        if loan.exists(day):
            groups[by(loan), month(loan.loan.disbursed_on)].append(loan)
    cells = {}
    for (segment, first), members in groups.items():
        age = 1
        while (end := month_end(months_later(first, age))) <= day:
            cells[segment, first, age] = _cell(members, end)
            age += 1
    return cells


def _cell(members: list[History], end: date) -> Vintage:
    def late(more_than: int, of: str) -> Decimal:
        return sum((m.loan.amount for m in members if m.ever(more_than, end, of)), Decimal("0.00"))

    return Vintage(
        loans=len(members),
        amount=sum((m.loan.amount for m in members), Decimal("0.00")),
        ever_30=late(30, "borrower"),
        ever_90=late(90, "borrower"),
        lenders_ever_30=late(30, "lenders"),
        lenders_ever_90=late(90, "lenders"),
        recovered=sum((m.recovery(end) for m in members), Decimal("0.00")),
        realised=sum((m.realised_loss(end) for m in members), Decimal("0.00")),
    )
