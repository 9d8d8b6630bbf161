"""What each registered user brought, borrowed, lent and lost, day by day, and the expected further loss.

Belongs here: amounts of one user by kind and day, and in windows after the registration. Does not: who is credited with the user
(`marketing_economics`), the loss of one loan (`risk_histories`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.exact import total
from tests.oracle.ledger import shares_on
from tests.oracle.marketing_attribution import revenue_by_user
from tests.oracle.marketing_people import Steps
from tests.oracle.risk_histories import History
from tests.oracle.risk_rolls import loss_expected_of
from tests.oracle.source import Source, month, month_end, months_later

BOOK_MONTHS = (6, 12)
HALF_A_CENT = Fraction(1, 200)
# Bucket → probability of ending as loss, as known on a day.
Probabilities = Callable[[date], Mapping[str, Fraction]]


@dataclass
class User:
    """A registered user. `happened`: kind → (day, amount) in the platform's currency; `held`: principal held on the latest day, exactly.

    Kinds: revenue, disbursed, lent, bought, sold, withdrawn, and of what was disbursed and has been on book for so many months
    book_6, book_6_over_30, …
    """

    registered_on: date
    happened: dict[str, list[tuple[date, Decimal]]]
    loans: list[History]
    held: Fraction

    def amount(self, kind: str, last: date, first: date = date.min) -> Fraction:
        """What happened of a kind from `first` to `last`."""
        return total(amount for on, amount in self.happened.get(kind, ()) if first <= on <= last)

    def realised(self, last: date, first: date = date.min) -> Fraction:
        """By how much the realised loss of the user's loans grew from `first` to `last`."""
        before = first - timedelta(days=1) if first > date.min else None
        return total(loan.realised_loss(last) - (loan.realised_loss(before) if before else 0) for loan in self.loans)

    def further(self, day: date, probabilities: Probabilities) -> Fraction | None:
        """The expected loss of what is outstanding at the end of `day` and not lost then; None if it is not known."""
        known = probabilities(day)
        parts = [loss_expected_of(loan, day, known) for loan in self.loans if not loan.is_lost(day)]
        return None if None in parts else total(part for part in parts if part is not None)

    def borne_by(self, day: date) -> dict[str, Decimal]:
        """Who bears the realised loss."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for loan in self.loans:
            for who, amount in loan.borne_by(day).items():
                found[who] += amount
        return found


def users(source: Source, times: Mapping[int, Steps], loans: Iterable[History], day: date) -> dict[int, User]:
    """All who registered, with what happened by the end of `day`. `loans` are those that are not promotional."""
    loans = list(loans)
    happened: dict[int, dict[str, list[tuple[date, Decimal]]]] = defaultdict(lambda: defaultdict(list))
    for who, kind, on, amount in _happenings(source, loans, day):
        happened[who][kind].append((on, amount))
    own: dict[int, list[History]] = defaultdict(list)
    for loan in loans:
        own[loan.loan.borrower_id].append(loan)
    held = held_by_lender(loans, day)
    return {
        who: User(source.day(steps["registration"]), happened[who], own[who], held.get(who, Fraction(0)))
        for who, steps in times.items()
        if "registration" in steps
    }


def _happenings(source: Source, loans: Iterable[History], day: date) -> Iterator[tuple[int, str, date, Decimal]]:
    disbursed = {history.loan.loan_id for history in loans}
    for who, fees in revenue_by_user(source, day).items():
        for on, amount in fees:
            yield who, "revenue", on, amount
    for history in loans:
        loan = history.loan
        yield loan.borrower_id, "disbursed", loan.disbursed_on, loan.amount
        for months in BOOK_MONTHS:
            if (end := month_end(months_later(month(loan.disbursed_on), months))) <= day:
                yield loan.borrower_id, f"book_{months}", loan.disbursed_on, loan.amount
                for more_than in (30, 90):
                    if history.ever(more_than, end):
                        yield loan.borrower_id, f"book_{months}_over_{more_than}", loan.disbursed_on, loan.amount
    # Money put into a failed listing came back and was never lent.
    for row in source.by(day, "investments", "invested_at"):
        if row["loan_id"] in disbursed:
            yield row["lender_id"], "lent", source.day(row["invested_at"]), row["amount"]
    for row in source.by(day, "claim_transfers", "transferred_at"):
        if row["loan_id"] in disbursed:
            yield row["buyer_id"], "bought", source.day(row["transferred_at"]), row["price"]
            yield row["seller_id"], "sold", source.day(row["transferred_at"]), row["price"]
    for row in source.by(day, "fund_movements", "occurred_at"):
        if row["movement_kind"] == "withdrawal":
            yield row["user_id"], "withdrawn", source.day(row["occurred_at"]), -row["amount"]


def claims(loans: Iterable[History], day: date) -> Iterator[tuple[int, Fraction]]:
    """Every claim on `day`: lender and principal, exactly."""
    for history in loans:
        if (outstanding := history.outstanding(day)) > 0:
            for lender, share in shares_on(history.loan, day).items():
                yield lender, share * Fraction(outstanding)


def held_by_lender(loans: Iterable[History], day: date) -> dict[int, Fraction]:
    """Lender → principal that the lender holds on `day`, exactly."""
    held: dict[int, Fraction] = defaultdict(Fraction)
    for lender, amount in claims(loans, day):
        held[lender] += amount
    return held


def holders(loans: Iterable[History], day: date) -> set[int]:
    """Lenders with a claim of at least half a cent in some loan: what a full sale leaves behind below that is dust."""
    return {lender for lender, amount in claims(loans, day) if amount >= HALF_A_CENT}
