"""Who borrowed and lent by month, counted from the records, and what the rule of docs/decisions/0017 allows to publish about them.

Belongs here: people and their money by month end, and the rule. Does not: attacks on what is published (`tests.support.group_attacks`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.oracle.ledger import Book, purchases
from tests.oracle.loan import Loan
from tests.oracle.owed import outstanding_after
from tests.oracle.source import month, month_end, months_between
from tests.support.differencing import Said, coarsened

Months = dict[date, dict[int, Decimal]]
"""Month end → person → money."""


@dataclass(frozen=True)
class Groups:
    """What is published about people of one kind, by month end: permanently, where they came from; and for money of the month."""

    came: dict[date, dict[int, Said]]
    money: dict[date, dict[int, Said]]
    amounts: Months


def lenders(book: Book, attributes: Mapping[int, Said], last: date, least: int) -> Groups:
    """Lenders by the month in which they had lent first, and what they put into loans that were disbursed by then."""
    first: dict[int, date] = {}
    amounts: Months = defaultdict(lambda: defaultdict(Decimal))
    for loan in counted(book, last):
        deeds = [(i.lender_id, max(i.on, loan.disbursed_on), i.amount) for i in loan.investments]
        deeds += [(t.buyer_id, max(t.on, loan.disbursed_on), Decimal(0)) for t in purchases(loan)]
        for who, day, amount in deeds:
            if day <= last:
                first[who] = min(first.get(who, day), day)
                if amount:
                    amounts[month_end(month(day))][who] += amount
    came = said_once({who: month_end(month(day)) for who, day in first.items()}, attributes, least)
    said = {who: parts for people in came.values() for who, parts in people.items()}
    money = {end: coarsened({who: said[who] for who in people}, least) for end, people in amounts.items()}
    return Groups(came, money, {end: dict(people) for end, people in amounts.items()})


def borrowers(book: Book, attributes: Mapping[int, Said], last: date, least: int) -> Groups:
    """Borrowers by the first month end on which they owe, and how much of what they borrowed in a month is owed at its end."""
    loans = counted(book, last)
    owing: dict[date, dict[int, Decimal]] = {}
    for first in months_between(min(loan.disbursed_on for loan in loans), last):
        if (end := month_end(first)) <= last:
            owing[end] = defaultdict(Decimal)
            for loan in loans:
                if loan.disbursed_on <= end and owed(loan, end) > 0:
                    owing[end][loan.borrower_id] += loan.amount if loan.disbursed_on >= first else 0
    first_on: dict[int, date] = {}
    for end, people in owing.items():
        for who in people:
            first_on.setdefault(who, end)
    came = said_once(first_on, attributes, least)
    said = {who: parts for people in came.values() for who, parts in people.items()}
    amounts = {end: {who: amount for who, amount in people.items() if amount} for end, people in owing.items()}
    money = {}
    for end, people in owing.items():
        listed = coarsened({who: said[who] for who in people}, least)
        money[end] = coarsened({who: listed[who] for who in amounts[end]}, least)
    return Groups(came, money, amounts)


def counted(book: Book, last: date) -> list[Loan]:
    """Loans of the disclosed figures, without promotional ones."""
    return [loan for loan in book.loans if loan.disbursed_on <= last and loan.loan_id not in book.promotional_listings]


def owed(loan: Loan, day: date) -> Decimal:
    """What the lenders have not received back of a loan's principal by the end of a day."""
    return outstanding_after(loan, [r for r in loan.repayments if r.paid_on <= day and r.payee == "lenders"])


def said_once(came_on: Mapping[int, date], attributes: Mapping[int, Said], least: int) -> dict[date, dict[int, Said]]:
    """What is published about each, decided among those who first came on the same month end."""
    cohorts: dict[date, dict[int, Said]] = defaultdict(dict)
    for who, end in came_on.items():
        cohorts[end][who] = attributes[who]
    return {end: coarsened(people, least) for end, people in cohorts.items()}


def by_part(people: Iterable[tuple[Said, Decimal]], kinds: tuple[str, ...]) -> dict[tuple[str, str], Decimal]:
    """Sums by kind of segment and segment, without what is not published."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for said, amount in people:
        for kind, part in zip(kinds, said, strict=True):
            if part is not None:
                sums[kind, part] += amount
    return dict(sums)
