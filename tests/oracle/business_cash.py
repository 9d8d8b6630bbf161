"""Cash that falls due to the lenders in the coming days, and how much of it is likely to arrive by when.

Belongs here: due amounts by day and bucket, shares paid within a lag after the due day. Does not: what one line owes (`owed`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

from tests.oracle.exact import nearest_rank
from tests.oracle.loan import Instalment
from tests.oracle.owed import ZERO, owed_by_line
from tests.oracle.risk_histories import History

DAYS_AHEAD = 90
DAYS_BACK = 180
WEEKS_BACK = 26


@dataclass(frozen=True)
class Due:
    """Still owed to the lenders on lines of one day and bucket."""

    principal: Decimal = ZERO
    interest: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        """Principal and interest."""
        return self.principal + self.interest


def cash_due(loans: Iterable[History], day: date) -> dict[tuple[date | None, str], Due]:
    """(due day from the day after `day` to 90 days after it, bucket of the loan on `day`) → what is due; None as due day: arrears.

    What is still owed of the plan in force: money paid in advance is not due again. Arrears are all lines due by `day`, including that day.
    """
    found: dict[tuple[date | None, str], Due] = defaultdict(Due)
    for loan in loans:
        if not loan.exists(day):
            continue
        owed, _, interest, _ = owed_by_line(loan.loan, day)
        for line, amount in owed.items():
            if line.due_on <= day + timedelta(days=DAYS_AHEAD):
                key = (line.due_on if line.due_on > day else None), loan.days_range(day)
                part = min(amount, interest[line])
                found[key] = Due(found[key].principal + amount - part, found[key].interest + part)
    return dict(found)


@dataclass(frozen=True)
class Paid:
    """An instalment that fell due: its day, the loan's bucket and what was owed the evening before, and (day, received of it by then)."""

    due_on: date
    bucket: str
    amount: Decimal
    received: tuple[tuple[date, Decimal], ...]

    def by(self, day: date) -> Decimal:
        """How much of it the lenders had received by `day`."""
        return max((amount_day for amount_day in self.received if amount_day[0] <= day), default=(day, ZERO))[1]


def instalments_fallen_due(loans: Iterable[History], first: date, day: date) -> list[Paid]:
    """Every instalment due from `first` to `day` of which something was still owed the evening before, with what was received by `day`."""
    found = []
    for loan in loans:
        dues = {line.due_on for plan in loan.loan.plans.values() for line in plan.lines}
        for due in sorted(on for on in dues if first <= on <= day and on > loan.loan.disbursed_on):
            evening = due - timedelta(days=1)
            for line, amount in owed_by_line(loan.loan, evening)[0].items():
                if line.due_on == due:
                    found.append(Paid(due, loan.days_range(evening), amount, tuple(_received(loan, line, amount, day))))
    return found


def _received(loan: History, line: Instalment, amount: Decimal, day: date) -> Iterable[tuple[date, Decimal]]:
    """How much of the amount was received, by each day on which that changed. A new plan with a later due day does not count."""
    changes = (*(p.paid_on for p in loan.loan.repayments), *(plan.since for plan in loan.loan.plans.values()))
    for on in sorted({line.due_on, *(change for change in changes if line.due_on < change <= day)}):
        still = sum((owed for other, owed in owed_by_line(loan.loan, on)[0].items() if other.number == line.number), ZERO)
        yield on, amount - min(amount, still)


class Experience:
    """How much of the instalments before `day` was paid within a lag after their due day, by bucket."""

    def __init__(self, paid: Iterable[Paid], day: date) -> None:
        self.day = day
        self._of: dict[str, list[Paid]] = defaultdict(list)
        self._weekly: dict[tuple[str, int], list[Fraction]] = {}
        for instalment in paid:
            self._of[instalment.bucket].append(instalment)

    def share(self, bucket: str, lag: int) -> Fraction | None:
        """Of the instalments of the last 180 days that have reached the lag; of the longest lag reached where none has reached this one, as
        what was paid by then was paid later too. None when there is none."""
        return self._share(bucket, self._reached(bucket, lag), self.day - timedelta(days=DAYS_BACK - 1), self.day)

    def weekly(self, bucket: str, lag: int, percent: int) -> Fraction | None:
        """A percentile of the same share over the last 26 weeks, one value per week; weeks without any are left out."""
        lag = self._reached(bucket, lag)
        if (bucket, lag) not in self._weekly:
            ends = [self.day - timedelta(days=7 * week) for week in range(WEEKS_BACK)]
            shares = [self._share(bucket, lag, end - timedelta(days=6), end) for end in ends]
            self._weekly[bucket, lag] = sorted(share for share in shares if share is not None)
        return nearest_rank(self._weekly[bucket, lag], percent)

    def _reached(self, bucket: str, lag: int) -> int:
        first = self.day - timedelta(days=DAYS_BACK - 1)
        lags = ((self.day - instalment.due_on).days for instalment in self._of[bucket] if instalment.due_on >= first)
        return min(lag, max(lags, default=lag))

    def _share(self, bucket: str, lag: int, first: date, last: date) -> Fraction | None:
        reached = [p for p in self._of[bucket] if first <= p.due_on <= last and p.due_on + timedelta(days=lag) <= self.day]
        due = sum((p.amount for p in reached), ZERO)
        if due == 0:
            return None
        return Fraction(sum((p.by(p.due_on + timedelta(days=lag)) for p in reached), ZERO)) / Fraction(due)


@dataclass(frozen=True)
class Likely:
    """Due until a horizon, and how much of it is likely to arrive by then, with the interval. Without experience: nothing."""

    due: Decimal
    likely: Fraction
    low: Fraction
    high: Fraction


def likely_cash(loans: Iterable[History], day: date, horizons: Iterable[int] = range(1, DAYS_AHEAD + 1)) -> dict[tuple[int, str], Likely]:
    """(horizon n, bucket) → due on the days after `day` up to n days after it, and how much is likely to arrive by then.

    What is due i days after `day` has n − i days until the horizon: that is its lag.
    """
    loans = list(loans)
    due = {key: value.amount for key, value in cash_due(loans, day).items() if key[0] is not None}
    experience = Experience(instalments_fallen_due(loans, day - timedelta(days=7 * WEEKS_BACK), day), day)
    shares, weekly = cache(experience.share), cache(experience.weekly)
    found = {}
    for horizon in horizons:
        end = day + timedelta(days=horizon)
        for bucket in {bucket for _, bucket in due}:
            lags = {(end - on).days: amount for (on, of), amount in due.items() if of == bucket and on is not None and on <= end}
            if lags:
                likely = _weighted(lags, {lag: shares(bucket, lag) for lag in lags})
                low = _weighted(lags, {lag: weekly(bucket, lag, 10) for lag in lags})
                high = _weighted(lags, {lag: weekly(bucket, lag, 90) for lag in lags})
                found[horizon, bucket] = Likely(sum(lags.values(), ZERO), likely, low, high)
    return found


def _weighted(amounts: Mapping[int, Decimal], shares: Mapping[int, Fraction | None]) -> Fraction:
    return sum((Fraction(amount) * (shares[lag] or 0) for lag, amount in amounts.items()), Fraction(0))
