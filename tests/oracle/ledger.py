"""What a loan's state is on a day, followed event by event in exact arithmetic.

Belongs here: loans with their events, and their state at the end of any business date. Does not: sums over loans (`figures`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.oracle.records import Row, read_table

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Instalment:
    """One line of a plan."""

    number: int
    due_on: date
    principal: Decimal
    interest: Decimal


@dataclass(frozen=True)
class Repayment:
    """Money applied to one instalment."""

    repayment_id: int
    number: int
    paid_at: datetime
    paid_on: date
    principal: Decimal
    interest: Decimal
    penalty: Decimal
    payer: str
    payee: str


@dataclass(frozen=True)
class Transfer:
    """A claim that changes hands."""

    transfer_id: int
    seller_id: int
    buyer_id: int
    principal: Decimal
    at: datetime
    on: date


@dataclass(frozen=True)
class Investment:
    """What a lender put in."""

    lender_id: int
    amount: Decimal
    at: datetime
    on: date


@dataclass
class Loan:
    """A listing that was disbursed, with everything that happened to it. `plans` maps a version to (known since, instalments)."""

    loan_id: int
    borrower_id: int
    amount: Decimal
    annual_rate: Decimal
    term_months: int
    disbursed_at: datetime
    disbursed_on: date
    is_promotional: bool
    investments: list[Investment] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    repayments: list[Repayment] = field(default_factory=list)
    plans: dict[int, tuple[date, list[Instalment]]] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """A loan at the end of a business date. Positions are exact and may be nothing for someone who sold."""

    outstanding: Decimal
    interest_outstanding: Decimal
    overdue: Decimal
    past_due_days: int
    borrower_past_due_days: int
    compensated: Decimal
    positions: dict[int, Fraction]


@dataclass
class Book:
    """Everything that the figures need. `fees` and `complaints` are None when they were not supplied.

    `invested`: listing, lender and day of every investment in a listing that is there, disbursed or not; `registered`: day by user.
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

    def states(self, day: date) -> dict[int, State]:
        """State of every loan that was disbursed by `day`."""
        return {loan.loan_id: state_on(loan, day) for loan in self.loans if loan.disbursed_on <= day}


def state_on(loan: Loan, day: date) -> State:
    """State of `loan` after all that happened on `day`, on or after its disbursement."""
    paid = [payment for payment in loan.repayments if payment.paid_on <= day]
    to_lenders = [payment for payment in paid if payment.payee == "lenders"]
    received = _by_number(to_lenders)
    from_borrower = _by_number(payment for payment in paid if payment.payer == "borrower")
    interest_outstanding = overdue = ZERO
    oldest_overdue = oldest_unpaid = day
    for line in plan_in_force(loan, day):
        due = line.principal + line.interest
        principal, interest = received[line.number]
        if principal + interest < due:
            interest_outstanding += max(ZERO, line.interest - interest)
            if line.due_on < day:
                overdue += due - principal - interest
                oldest_overdue = min(oldest_overdue, line.due_on)
        if sum(from_borrower[line.number]) < due:
            oldest_unpaid = min(oldest_unpaid, line.due_on)
    third = ("guarantor", "insurer", "risk_reserve")
    outstanding = loan.amount - sum((payment.principal for payment in to_lenders), ZERO)
    return State(
        outstanding=outstanding,
        interest_outstanding=interest_outstanding,
        overdue=overdue,
        past_due_days=(day - oldest_overdue).days,
        borrower_past_due_days=(day - oldest_unpaid).days,
        compensated=sum((p.principal + p.interest + p.penalty for p in to_lenders if p.payer in third), ZERO),
        positions={lender: share * Fraction(outstanding) for lender, share in shares_on(loan, day).items()},
    )


def plan_in_force(loan: Loan, day: date) -> list[Instalment]:
    """Instalments of the highest plan version known by the end of `day`; none before the first was known."""
    known = [version for version, (since, _) in loan.plans.items() if since <= day]
    return loan.plans[max(known)][1] if known else []


Event = Investment | Repayment | Transfer


def history(loan: Loan, day: date) -> Iterator[tuple[Event, dict[int, Fraction]]]:
    """Every event of the loan by the end of `day` in order, each with the shares of its lenders after it.

    At one instant: money in, repayments, transfers. What happened before disbursement takes effect with it.
    """
    events: list[tuple[datetime, int, int, Event]] = []
    events += [(max(i.at, loan.disbursed_at), 0, 0, i) for i in loan.investments if i.on <= day]
    to_lenders = [r for r in loan.repayments if r.paid_on <= day and r.payee == "lenders"]
    events += [(max(r.paid_at, loan.disbursed_at), 1, r.repayment_id, r) for r in to_lenders]
    events += [(max(t.at, loan.disbursed_at), 2, t.transfer_id, t) for t in loan.transfers if t.on <= day]
    shares: dict[int, Fraction] = defaultdict(Fraction)
    outstanding = Fraction(loan.amount)
    for _, _, _, event in sorted(events, key=lambda e: e[:3]):
        if isinstance(event, Investment):
            shares[event.lender_id] += Fraction(event.amount) / Fraction(loan.amount)
        elif isinstance(event, Repayment):
            outstanding -= Fraction(event.principal)
        elif outstanding > 0:
            moved = Fraction(event.principal) / outstanding
            shares[event.seller_id] -= moved
            shares[event.buyer_id] += moved
        yield event, shares


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
    """What each holder of the moment received of each repayment to lenders from `first` to `last`, by repayment and lender id.

    Principal, interest and penalty are split one by one, each like the positions.
    """
    found: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for event, shares in history(loan, last):
        if isinstance(event, Repayment) and event.paid_on >= first:
            for amount in (event.principal, event.interest, event.penalty):
                for who, part in positions_to_the_cent({w: share * Fraction(amount) for w, share in shares.items() if share}).items():
                    found[event.repayment_id, who] += part
    return dict(found)


def _by_number(payments: Iterable[Repayment]) -> dict[int, tuple[Decimal, Decimal]]:
    """Principal and interest by instalment number."""
    sums: dict[int, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for payment in payments:
        principal, interest = sums[payment.number]
        sums[payment.number] = (principal + payment.principal, interest + payment.interest)
    return sums


def read_book(folder: Path, timezone: str = "Asia/Shanghai", known_at: datetime | None = None) -> Book:
    """The book of the platform in `folder`, as it was known at `known_at` (naive UTC; all of it when None)."""
    zone = ZoneInfo(timezone)

    def business_date(instant: datetime) -> date:
        return instant.replace(tzinfo=UTC).astimezone(zone).date()

    def rows(table: str) -> list[Row]:
        return read_table(folder, table, known_at) or []

    promotional = {row["product_id"] for row in rows("products") if row["is_promotional"]}
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
        related={row["user_id"] for row in rows("users") if row["related_party_kind"] is not None},
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
            since, version = business_date(row["created_at"]), row["plan_version"]
            known_since, lines = loan.plans.get(version, (since, []))
            lines.append(Instalment(row["instalment_no"], row["due_on"], row["principal_due"], row["interest_due"]))
            loan.plans[version] = (min(known_since, since), lines)
