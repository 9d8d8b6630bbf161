"""The state of a loan on a day, computed event by event in exact arithmetic.

Belongs here: loans with their events, and their state at the end of any business date. Does not: sums over loans (`figures`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.oracle.loan import Instalment, Investment, Loan, Plan, Repayment, Transfer
from tests.oracle.owed import ZERO, outstanding_after, owed_by_line
from tests.oracle.records import Row, read_table

HALF_A_CENT = Fraction(1, 200)


@dataclass(frozen=True)
class State:
    """A loan at the end of a business date. Positions are exact and may be zero for someone who sold."""

    outstanding: Decimal
    interest_outstanding: Decimal
    overdue: Decimal
    past_due_days: int
    borrower_past_due_days: int
    compensated: Decimal
    positions: dict[int, Fraction]
    interest_given_up: Decimal


@dataclass
class Book:
    """Everything that the figures need. `fees` and `complaints` are None when they were not supplied.

    `invested`: listing, lender and day of every investment in an existing listing, disbursed or not; `registered`: day by user.
    """

    business_date: Callable[[datetime], date]
    loans: list[Loan]
    listings: list[Row]
    related: set[int]
    promotional_listings: set[int]
    fees: list[Row] | None
    complaints: list[Row] | None
    invested: list[tuple[int, int, date]]
    registered: dict[int, date]

    def __post_init__(self) -> None:
        self._states: dict[date, dict[int, State]] = {}

    def states(self, day: date) -> dict[int, State]:
        """State of every loan that was disbursed by `day`; cached, because every comparison of a day needs it."""
        if day not in self._states:
            self._states[day] = {loan.loan_id: state_on(loan, day) for loan in self.loans if loan.disbursed_on <= day}
        return self._states[day]


def state_on(loan: Loan, day: date) -> State:
    """State of `loan` after all that happened on `day`, on or after its disbursement."""
    paid = [payment for payment in loan.repayments if payment.paid_on <= day]
    to_lenders = [payment for payment in paid if payment.payee == "lenders"]
    third = ("guarantor", "insurer", "risk_reserve")
    outstanding = outstanding_after(loan, to_lenders)
    owed, unpaid, interest, given_up = owed_by_line(loan, day)
    overdue = [line for line in owed if line.due_on < day]
    return State(
        outstanding=outstanding,
        interest_outstanding=sum(interest.values(), ZERO),
        overdue=sum((owed[line] for line in overdue), ZERO),
        past_due_days=max(((day - line.due_on).days for line in overdue), default=0),
        borrower_past_due_days=max(((day - line.due_on).days for line in unpaid if line.due_on < day), default=0),
        compensated=sum((p.principal + p.interest + p.penalty for p in to_lenders if p.payer in third), ZERO),
        positions={lender: share * Fraction(outstanding) for lender, share in shares_on(loan, day).items()},
        interest_given_up=given_up,
    )


Event = Investment | Repayment | Transfer


def history(loan: Loan, day: date) -> Iterator[tuple[Event, dict[int, Fraction]]]:
    """Every event of the loan by the end of `day` in order, each with the shares of its lenders after it.

    Order at one instant: money in, repayments, transfers. What happened before disbursement takes effect with it.
    """
    events: list[tuple[datetime, int, int, Event]] = []
    events += [(max(i.at, loan.disbursed_at), 0, 0, i) for i in loan.investments if i.on <= day]
    to_lenders = [r for r in loan.repayments if r.paid_on <= day and r.payee == "lenders"]
    events += [(max(r.paid_at, loan.disbursed_at), 1, r.repayment_id, r) for r in to_lenders]
    events += [(max(t.at, loan.disbursed_at), 2, t.transfer_id, t) for t in loan.transfers if t.on <= day]
    shares: dict[int, Fraction] = defaultdict(Fraction)
    received: list[Repayment] = []
    for _, _, _, event in sorted(events, key=lambda e: e[:3]):
        if isinstance(event, Investment):
            shares[event.lender_id] += Fraction(event.amount) / Fraction(loan.amount)
        elif isinstance(event, Repayment):
            received.append(event)
        elif (outstanding := outstanding_after(loan, received)) > 0:
            moved = share_moved(event, shares[event.seller_id], Fraction(outstanding))
            shares[event.seller_id] -= moved
            shares[event.buyer_id] += moved
        yield event, shares


def share_moved(transfer: Transfer, held: Fraction, outstanding: Fraction) -> Fraction:
    """The part of the loan that a sale moves: all that the seller has when the amount is that, or at most half a cent more."""
    excess = Fraction(transfer.principal) - held * outstanding
    is_all = transfer.seller_id != transfer.buyer_id and held > 0 and 0 < excess <= HALF_A_CENT
    return held if is_all else Fraction(transfer.principal) / outstanding


def purchases(loan: Loan) -> list[Transfer]:
    """The sales by which a claim changed hands: of something, to somebody else, while some of the loan was outstanding."""

    def is_running(at: datetime) -> bool:
        before = [p for p in loan.repayments if p.payee == "lenders" and p.paid_at <= max(at, loan.disbursed_at)]
        return outstanding_after(loan, before) > 0

    return [t for t in loan.transfers if t.principal > 0 and t.seller_id != t.buyer_id and is_running(t.at)]


def shares_on(loan: Loan, day: date) -> dict[int, Fraction]:
    """Each lender's share of the loan at the end of `day`, from the beginning event by event."""
    latest: dict[int, Fraction] = {}
    for _, shares in history(loan, day):
        latest = shares
    return dict(latest)


def positions_to_the_cent(positions: dict[int, Fraction]) -> dict[int, Decimal]:
    """Exact amounts rounded to cents that add up to the rounded sum: by largest remainder, ties to the lower user id."""
    cents = {who: amount * 100 for who, amount in positions.items()}
    whole = {who: floor(amount) for who, amount in cents.items()}
    left_over = floor(sum(cents.values()) + Fraction(1, 2)) - sum(whole.values())
    for who in sorted(cents, key=lambda who: (whole[who] - cents[who], who))[:left_over]:
        whole[who] += 1
    return {who: Decimal(amount).scaleb(-2) for who, amount in whole.items()}


def receipts_to_the_cent(loan: Loan, first: date, last: date) -> dict[tuple[int, int], Decimal]:
    """What each holder at that moment received of each repayment to lenders from `first` to `last`, by repayment and lender id.

    Principal, interest and penalty are split one by one, each like the positions.
    """
    found: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for event, shares in history(loan, last):
        if isinstance(event, Repayment) and event.paid_on >= first:
            for amount in (event.principal, event.interest, event.penalty):
                for who, part in positions_to_the_cent({w: share * Fraction(amount) for w, share in shares.items() if share}).items():
                    found[event.repayment_id, who] += part
    return dict(found)


def read_book(folder: Path, timezone: str = "Asia/Shanghai", known_at: datetime | None = None) -> Book:
    """The book of the platform in `folder`, as it was known at `known_at` (naive UTC; all of it when None)."""
    zone = ZoneInfo(timezone)

    def business_date(instant: datetime) -> date:
        return instant.replace(tzinfo=UTC).astimezone(zone).date()

    def rows(table: str) -> list[Row]:
        return read_table(folder, table, known_at) or []

    def ever(table: str) -> list[Row]:
        return read_table(folder, table, known_at, with_deleted=True) or []

    promotional = {row["product_id"] for row in ever("products") if row["is_promotional"]}
    listings = rows("loans")
    loans = {
        row["loan_id"]: Loan(
            loan_id=row["loan_id"],
            borrower_id=row["borrower_id"],
            amount=row["amount"],
            annual_rate=row["annual_rate"],
            term_months=row["term_months"],
            disbursed_at=row["disbursed_at"],
            disbursed_on=business_date(row["disbursed_at"]),
            is_promotional=row["product_id"] in promotional,
        )
        for row in listings
        if row["disbursed_at"] is not None
    }
    _attach(loans, rows, business_date)
    listed = {row["loan_id"] for row in listings}
    return Book(
        business_date=business_date,
        loans=list(loans.values()),
        listings=listings,
        related={row["user_id"] for row in ever("users") if row["related_party_kind"] is not None},
        promotional_listings={row["loan_id"] for row in listings if row["product_id"] in promotional},
        fees=read_table(folder, "fees", known_at),
        complaints=read_table(folder, "complaints", known_at),
        invested=[
            (row["loan_id"], row["lender_id"], business_date(row["invested_at"])) for row in rows("investments") if row["loan_id"] in listed
        ],
        registered={row["user_id"]: business_date(row["registered_at"]) for row in rows("users")},
    )


def _attach(loans: dict[int, Loan], rows: Callable[[str], list[Row]], business_date: Callable[[datetime], date]) -> None:
    for row in rows("investments"):
        if loan := loans.get(row["loan_id"]):
            at = row["invested_at"]
            loan.investments.append(Investment(row["lender_id"], row["amount"], at, business_date(at)))
    for row in rows("claim_transfers"):
        if loan := loans.get(row["loan_id"]):
            at, parties = row["transferred_at"], (row["seller_id"], row["buyer_id"])
            loan.transfers.append(Transfer(row["transfer_id"], *parties, row["principal"], at, business_date(at)))
    for row in rows("repayments"):
        if loan := loans.get(row["loan_id"]):
            at = row["paid_at"]
            money = (row["principal"], row["interest"], row["penalty"])
            kinds = (row["payer_kind"], row["payee_kind"])
            loan.repayments.append(Repayment(row["repayment_id"], row["instalment_no"], at, business_date(at), *money, *kinds))
    for row in rows("instalments"):
        if loan := loans.get(row["loan_id"]):
            at, version = row["created_at"], row["plan_version"]
            plan = loan.plans.setdefault(version, Plan(version, at, business_date(at), []))
            plan.lines.append(Instalment(row["instalment_no"], row["due_on"], row["principal_due"], row["interest_due"]))
            plan.made_at, plan.since = min(plan.made_at, at), min(plan.since, business_date(at))
