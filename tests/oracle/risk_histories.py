"""Risk data of one loan on any day: days past due, what is outstanding, whether it is lost and how much was recovered.

Belongs here: one loan, kept as the spans between its events, from the ledger of this oracle. Does not: sums over loans (`risk_vintages`,
`risk_rolls`, …). *Lost* is a loan that was written off, permanently, or that is more than 180 days past due by the borrower's own count: a
borrower who catches up is not a loss any more.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from tests.oracle.loan import Loan
from tests.oracle.owed import ZERO, outstanding_after, owed_by_line
from tests.oracle.records import Row
from tests.oracle.risk_assessments import assessments
from tests.oracle.source import Source

BUCKETS = (("1-30", 1, 30), ("31-60", 31, 60), ("61-90", 61, 90), ("91-180", 91, 180), ("over 180", 181, 10**9))
OPEN = ("current", *(name for name, _, _ in BUCKETS[:-1]))
LOST_AFTER_DAYS = 180


@dataclass(frozen=True)
class Span:
    """From `first` until the next span nothing happens to the loan, only time passes.

    `oldest_unpaid` and `oldest_owed`: due day of the oldest line that the borrower has not paid, and that the lenders have not received.
    """

    first: date
    outstanding: Decimal
    not_repaid: Decimal
    oldest_unpaid: date | None
    oldest_owed: date | None


@dataclass
class History:
    """A loan, its listing's row, the grade under which it was lent, its spans in order, and the day of its write-off."""

    loan: Loan
    row: Row
    grade: str
    spans: list[Span]
    written_off_on: date | None

    def span(self, day: date) -> Span:
        """The span that holds `day`, which is not before the disbursement."""
        return self.spans[bisect_right([span.first for span in self.spans], day) - 1]

    def exists(self, day: date) -> bool:
        """Disbursed by `day`."""
        return self.loan.disbursed_on <= day

    def past_due(self, day: date, of: str = "borrower") -> int:
        """Days past due on `day`: the borrower's own, or the lenders' view."""
        span = self.span(day)
        oldest = span.oldest_unpaid if of == "borrower" else span.oldest_owed
        return 0 if oldest is None else max(0, (day - oldest).days)

    def first_past_due(self, more_than: int, of: str = "borrower") -> date | None:
        """The first day with more than so many days past due; any day counts. None when the last span's future would not reach it."""
        return first_past_due(self.spans, more_than, of)

    def ever(self, more_than: int, day: date, of: str = "borrower") -> bool:
        """Whether it was more than so many days past due on any day up to `day`."""
        since = self.first_past_due(more_than, of)
        return since is not None and since <= day

    def outstanding(self, day: date) -> Decimal:
        """Principal that the lenders have not received back; nothing before the disbursement."""
        return self.span(day).outstanding if self.exists(day) else ZERO

    def not_repaid(self, day: date) -> Decimal:
        """Principal that the borrower has not paid to anyone."""
        return self.span(day).not_repaid if self.exists(day) else ZERO

    def is_lost(self, day: date) -> bool:
        """Lost at the end of `day`."""
        is_written_off = self.written_off_on is not None and self.written_off_on <= day
        return self.exists(day) and (is_written_off or self.past_due(day) > LOST_AFTER_DAYS)

    @cached_property
    def first_lost_on(self) -> date | None:
        """The first day on which it was lost."""
        days = (self.first_past_due(LOST_AFTER_DAYS), self.written_off_on)
        return min((day for day in days if day is not None), default=None)

    def realised_loss(self, day: date) -> Decimal:
        """What the borrower has not repaid of the principal while the loan is lost."""
        return self.not_repaid(day) if self.is_lost(day) else ZERO

    def recovery(self, day: date) -> Decimal:
        """What the borrower paid of the principal after it was first lost; negative when payments were reversed."""
        since = self.first_lost_on
        return self.not_repaid(since) - self.not_repaid(day) if since is not None and since <= day else ZERO

    def borne_by(self, day: date) -> dict[str, Decimal]:
        """Who bears the realised loss: the lenders the part that they have not received, the rest those who paid them and were not repaid.

        What a third party took from the borrower without paying the lenders is owed to the lenders, and is not a loss of the loan.
        """
        loss = self.realised_loss(day)
        paid: dict[str, Decimal] = {}
        for payment in self.loan.repayments:
            if payment.paid_on <= day and payment.payer != "borrower" and payment.payee == "lenders":
                paid[payment.payer] = paid.get(payment.payer, ZERO) + payment.principal
            elif payment.paid_on <= day and payment.payer == "borrower" and payment.payee != "lenders":
                paid[payment.payee] = paid.get(payment.payee, ZERO) - payment.principal
        bearing = {"lenders": min(self.outstanding(day), loss)}
        for who, amount in paid.items():
            bearing[who] = min(max(amount, ZERO), loss - sum(bearing.values(), ZERO))
        return {who: amount for who, amount in bearing.items() if amount != 0}

    def days_range(self, day: date) -> str:
        """The range of the borrower's days past due on `day`."""
        days = self.past_due(day)
        return next((name for name, low, high in BUCKETS if low <= days <= high), "current")

    def bucket(self, day: date) -> str:
        """The bucket on `day`: repaid when the lenders have all back and nothing of the borrower is late, else lost, else the range."""
        if self.outstanding(day) == 0 and self.past_due(day) == 0:
            return "repaid"
        return "lost" if self.is_lost(day) else self.days_range(day)


def histories(source: Source, day: date) -> dict[int, History]:
    """History of every loan disbursed by `day` and not promotional, by loan id."""
    written_off: dict[int, date] = {}
    for row in source.by(day, "loan_events", "occurred_at"):
        if row["event_kind"] == "write_off":
            on = source.day(row["occurred_at"])
            written_off[row["loan_id"]] = min(on, written_off.get(row["loan_id"], on))
    for loan_id, row in source.listings.items():
        # A platform without loan events reports it only in the loan's state.
        if row["status"] == "written_off" and row["closed_at"] is not None and loan_id not in written_off:
            written_off[loan_id] = source.day(row["closed_at"])
    known = assessments(source)
    return {
        loan.loan_id: history(
            loan,
            source.listings[loan.loan_id],
            known.get(loan.loan_id, source.listings[loan.loan_id])["credit_grade"],
            written_off.get(loan.loan_id),
        )
        for loan in source.book.loans
        if loan.disbursed_on <= day and loan.loan_id not in source.promotional_listings
    }


def history(loan: Loan, row: Row, grade: str, written_off_on: date | None = None) -> History:
    """One loan's spans, and the day of its write-off, which is not before its disbursement."""
    spans = [_span(loan, day) for day in _event_days(loan)]
    return History(loan, row, grade, spans, written_off_on and max(written_off_on, loan.disbursed_on))


def first_past_due(spans: list[Span], more_than: int, of: str) -> date | None:
    """The first day on which someone is more than so many days past due. The last span never ends."""
    for span, after in zip(spans, [*spans[1:], None], strict=True):
        oldest = span.oldest_unpaid if of == "borrower" else span.oldest_owed
        if oldest is not None:
            reached = max(span.first, oldest + timedelta(days=more_than + 1))
            if after is None or reached < after.first:
                return reached
    return None


def _event_days(loan: Loan) -> list[date]:
    happened: Iterable[date] = (*(p.paid_on for p in loan.repayments), *(plan.since for plan in loan.plans.values()))
    return sorted({loan.disbursed_on, *(max(day, loan.disbursed_on) for day in happened)})


def _span(loan: Loan, day: date) -> Span:
    paid = [payment for payment in loan.repayments if payment.paid_on <= day]
    owed, unpaid, _, _ = owed_by_line(loan, day)
    return Span(
        first=day,
        outstanding=outstanding_after(loan, [p for p in paid if p.payee == "lenders"]),
        not_repaid=outstanding_after(loan, [p for p in paid if p.payer == "borrower"]),
        oldest_unpaid=min((line.due_on for line in unpaid), default=None),
        oldest_owed=min((line.due_on for line in owed), default=None),
    )
