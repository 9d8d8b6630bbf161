"""A disbursed loan, with everything that happened to it, as the source reports it. Nothing is computed here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


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
class Plan:
    """A version of a loan's plan: when it was made, and from which business date it is known."""

    version: int
    made_at: datetime
    since: date
    lines: list[Instalment]


@dataclass
class Loan:
    """A listing that was disbursed, with everything that happened to it. `plans` by version."""

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
    plans: dict[int, Plan] = field(default_factory=dict)
