"""What risk asks of one loan on any day: days past due, what is outstanding, whether it is lost and what of it came back.

Belongs here: one loan, kept as the spans between its events, from the ledger of this oracle. Does not: sums over loans (`risk_vintages`,
`risk_rolls`, …). *Lost* is for good: written off, or once more than 180 days past due by the borrower's own count; what the borrower pays
after that day is recovery.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.loan import Loan
from tests.oracle.owed import ZERO, outstanding_after, owed_by_line
from tests.oracle.records import Row
from tests.oracle.source import Source

BUCKETS = (("1-30", 1, 30), ("31-60", 31, 60), ("61-90", 61, 90), ("91-180", 91, 180))
WORSENING = ("current", *(name for name, _, _ in BUCKETS), "lost")
LOST_AFTER_DAYS = 180


@dataclass(frozen=True)
class Span:
    """From `first` until the next span nothing happens to the loan but that time passes.

    `oldest_unpaid` and `oldest_owed`: due day of the oldest line that the borrower has not paid, and that the lenders have not received.
    """

    first: date
    outstanding: Decimal
    not_repaid: Decimal
    oldest_unpaid: date | None
    oldest_owed: date | None


@dataclass
class History:
    """A loan, its listing's row, its spans in order, and the day since which it is lost."""

    loan: Loan
    row: Row
    spans: list[Span]
    lost_on: date | None

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
        """Principal that the borrower has paid to nobody."""
        return self.span(day).not_repaid if self.exists(day) else ZERO

    def is_lost(self, day: date) -> bool:
        """Lost by the end of `day`."""
        return self.lost_on is not None and self.lost_on <= day

    def gross_loss(self, day: date) -> Decimal:
        """What was not repaid at the end of the day on which it was lost."""
        return self.not_repaid(self.lost_on) if self.lost_on is not None and self.is_lost(day) else ZERO

    def realised_loss(self, day: date) -> Decimal:
        """The same less what the borrower paid after that day."""
        return self.not_repaid(day) if self.is_lost(day) else ZERO

    def recovery(self, day: date) -> Decimal:
        """What the borrower paid of the principal after it was lost; negative where payments were taken back."""
        return self.gross_loss(day) - self.realised_loss(day)

    def borne_by(self, day: date) -> dict[str, Decimal]:
        """Who bears the realised loss: the lenders what they still have out, others what they paid less what the borrower paid them."""
        if not self.is_lost(day):
            return {}
        bearing = {"lenders": self.outstanding(day)}
        for payment in self.loan.repayments:
            if payment.paid_on <= day and payment.payer != "borrower" and payment.payee == "lenders":
                bearing[payment.payer] = bearing.get(payment.payer, ZERO) + payment.principal
            elif payment.paid_on <= day and payment.payer == "borrower" and payment.payee != "lenders":
                bearing[payment.payee] = bearing.get(payment.payee, ZERO) - payment.principal
        return {who: amount for who, amount in bearing.items() if amount != 0}

    def bucket(self, day: date) -> str:
        """The bucket in which the loan is on `day`: lost, else repaid, else by the borrower's days past due."""
        if self.is_lost(day):
            return "lost"
        if self.not_repaid(day) == 0:
            return "repaid"
        days = self.past_due(day)
        return next((name for name, low, high in BUCKETS if low <= days <= high), "current")


def histories(source: Source, day: date) -> dict[int, History]:
    """History of every loan disbursed by `day` and not promotional, by loan id."""
    written_off: dict[int, date] = {}
    for row in source.by(day, "loan_events", "occurred_at"):
        if row["event_kind"] == "write_off":
            on = source.day(row["occurred_at"])
            written_off[row["loan_id"]] = min(on, written_off.get(row["loan_id"], on))
    for loan_id, row in source.listings.items():
        # A platform without events of loans says it in the loan's state alone.
        if row["status"] == "written_off" and row["closed_at"] is not None and loan_id not in written_off:
            written_off[loan_id] = source.day(row["closed_at"])
    return {
        loan.loan_id: history(loan, source.listings[loan.loan_id], written_off.get(loan.loan_id))
        for loan in source.book.loans
        if loan.disbursed_on <= day and loan.loan_id not in source.promotional_listings
    }


def history(loan: Loan, row: Row, written_off_on: date | None = None) -> History:
    """One loan's spans, and the day on which it was lost."""
    spans = [_span(loan, day) for day in _event_days(loan)]
    late = first_past_due(spans, LOST_AFTER_DAYS, "borrower")
    ends = [day for day in (late, written_off_on and max(written_off_on, loan.disbursed_on)) if day is not None]
    return History(loan, row, spans, min(ends, default=None))


def first_past_due(spans: list[Span], more_than: int, of: str) -> date | None:
    """The first day on which somebody is more than so many days past due. The last span goes on for ever."""
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
