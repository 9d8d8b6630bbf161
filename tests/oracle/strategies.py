"""For hypothesis: random small platforms whose loans have everything that is difficult for the ledger.

Belongs here: drawing events that a real platform could record, plausible or not. Does not: their results.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.support.platform import Platform

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2019, 11, 1), date(2020, 6, 30)
# Many instants are close to midnight; noon makes several events fall on one instant.
CLOCK = st.sampled_from([time(0, 0), time(0, 1), time(12, 0), time(12, 0), time(23, 58), time(23, 59, 59)])
DAYS = st.integers(0, (LAST - FIRST).days).map(lambda n: FIRST + timedelta(days=n))
# Amounts that do not divide evenly by three, or that leave a cent over.
AMOUNTS = st.sampled_from(["0.03", "1.00", "100.00", "333.33", "1000.01", "99999.97"])
PAYERS = st.sampled_from(["borrower", "borrower", "borrower", "guarantor", "insurer", "risk_reserve", "platform"])
PAYEES = st.sampled_from(["lenders", "lenders", "lenders", "lenders", "guarantor", "platform"])


@st.composite
def instants(draw: st.DrawFn, since: date, within: int = 130) -> datetime:
    """An instant on `since` or one of the days after it."""
    day = since + timedelta(days=draw(st.integers(0, within)))
    return datetime.combine(day, draw(CLOCK), ZONE)


def cents(amount: str | Decimal) -> int:
    return int(Decimal(amount) * 100)


def money(amount: int) -> str:
    return str(Decimal(amount).scaleb(-2))


@st.composite
def parts(draw: st.DrawFn, total: int, count: int) -> list[int]:
    """`total` cents split into `count` parts, some of which can be zero."""
    cuts = sorted(draw(st.integers(0, total)) for _ in range(count - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)]


@st.composite
def plans(draw: st.DrawFn, total: int, since: date, first_no: int = 1) -> list[tuple[date, str, str]]:
    """One to four instalments: the principal split at random, interest that can be zero, due days from `since` on."""
    count = draw(st.integers(1, 4))
    due, rows = since, []
    for principal in draw(parts(total, count)):
        due += timedelta(days=draw(st.sampled_from([1, 15, 29, 30, 31])))
        rows.append((due, money(principal), draw(st.sampled_from(["0.00", "0.01", "1.37", "10.00"]))))
    return rows


@st.composite
def loans(draw: st.DrawFn, p: Platform, people: list[int], product: int, promotional: int) -> None:
    """Adds one loan to `p` with its investments, plans, payments, reversals and transfers."""
    amount = cents(draw(AMOUNTS))
    on = draw(DAYS)
    at = datetime.combine(on, draw(CLOCK), ZONE)
    lenders = draw(st.lists(st.sampled_from(people[:4]), min_size=1, max_size=3, unique=True))
    given = {who: money(part) for who, part in zip(lenders, draw(parts(amount, len(lenders))), strict=True) if part}
    rate = draw(st.sampled_from(["0", "0.08", "0.123456"]))
    loan = p.loan(
        money(amount),
        rate,
        given,
        at,
        borrower_id=draw(st.sampled_from(people[4:])),
        product_id=draw(st.sampled_from([product, product, product, promotional])),
        term_months=draw(st.integers(1, 36)),
        updated_at=at,
    )
    rows = draw(plans(amount, on))
    p.plan(loan, rows, created_at=draw(st.one_of(st.just(at), st.just(at), instants(on))))
    for version in range(2, 2 + draw(st.sampled_from([0, 0, 0, 1, 2]))):
        since = draw(instants(on))
        # The whole loan again, the rest after only the plan's first line was paid, or neither.
        total = draw(st.sampled_from([amount, amount, amount - cents(rows[0][1]), amount // 2]))
        p.plan(loan, draw(plans(total, since.date())), version, since)
    payments: list[int] = []
    for _ in range(draw(st.integers(0, 5))):
        number = draw(st.integers(1, len(rows)))
        _, principal, interest = rows[number - 1]
        part = draw(st.sampled_from([Decimal(1), Decimal(1), Decimal("0.5"), Decimal("0.01"), Decimal("1.5"), Decimal(3)]))
        paid_at = draw(st.one_of(instants(on), st.just(datetime.combine(rows[number - 1][0], draw(CLOCK), ZONE))))
        payments.append(
            p.repay(
                loan, draw(st.sampled_from([number, number, number, 0, 9])), paid_at,
                str((Decimal(principal) * part).quantize(Decimal("0.01"))), interest if part == 1 else "0.00",
                by=draw(PAYERS), to=draw(PAYEES), penalty=draw(st.sampled_from(["0.00", "0.00", "2.50"])),
            )
        )  # fmt: skip
    for payment in draw(st.lists(st.sampled_from(payments), max_size=1)) if payments else []:
        p.reverse(payment, draw(instants(on)))
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        seller, buyer = draw(st.lists(st.sampled_from(people[:4]), min_size=2, max_size=2, unique=True))
        if seller in given:
            part = draw(st.sampled_from([1, 2, 3]))
            p.transfer(loan, seller, buyer, money(max(1, cents(given[seller]) // part)), draw(instants(on)))


@st.composite
def platforms(draw: st.DrawFn) -> Platform:
    """A platform of up to six loans between four lenders and four borrowers, one of whom is related to it."""
    p = Platform()
    people = [*p.users(7), p.user(related_party_kind="director")]
    product, promotional = p.product(), p.product(is_promotional=True)
    for _ in range(draw(st.integers(0, 6))):
        draw(loans(p, people, product, promotional))
    p.complaint(datetime.combine(draw(DAYS), draw(CLOCK), ZONE))
    return p


@st.composite
def interesting_days(draw: st.DrawFn, p: Platform) -> list[date]:
    """Days to compare: some at random, and some on a due day, on day 90 or 91 or on the day of an event."""
    moments = {
        p.business_date(row[name])
        for table, name in (("repayments", "paid_at"), ("claim_transfers", "transferred_at"), ("loans", "disbursed_at"))
        for row in p.rows(table)
    }
    dues = {row["due_on"] for row in p.rows("instalments")}
    marks = sorted(moments | {due + timedelta(days=n) for due in dues for n in (0, 1, 90, 91, 180, 181)} | {date(2020, 2, 29)})
    return sorted({*draw(st.lists(st.sampled_from(marks), min_size=3, max_size=3)), draw(DAYS)})
