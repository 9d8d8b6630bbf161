"""Roll rates between buckets of days past due, and the loss that they lead one to expect.

Belongs here: month ends, rates between them, products of rates. Does not: in which bucket one loan is (`risk_histories`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.exact import Ratio
from tests.oracle.risk_histories import WORSENING, History
from tests.oracle.risk_vintages import Segment
from tests.oracle.source import month, month_end, months_later

MONTHS_OF_MEAN = 12
FROM_BUCKETS = WORSENING[:-1]


def rolls(loans: Iterable[History], day: date) -> dict[tuple[date, str, str], Ratio]:
    """(first day of the later month, bucket at the end of the month before, bucket at its end) → share of the outstanding principal.

    Months whose end is not after `day`. Buckets from which nothing came have no row; `repaid` and `lost` are only arrived in.
    """
    amounts: dict[tuple[date, str, str], Decimal] = defaultdict(Decimal)
    for loan in loans:
        later = months_later(month(loan.loan.disbursed_on), 1)
        while month_end(later) <= day:
            before = month_end(months_later(later, -1))
            bucket, outstanding = loan.bucket(before), loan.outstanding(before)
            if bucket in FROM_BUCKETS and outstanding > 0:
                amounts[later, bucket, loan.bucket(month_end(later))] += outstanding
            later = months_later(later, 1)
    whole: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for (first, bucket, _), amount in amounts.items():
        whole[first, bucket] += amount
    return {key: Ratio(Fraction(amount), Fraction(whole[key[0], key[1]])) for key, amount in amounts.items()}


def mean_rolls(rates: Mapping[tuple[date, str, str], Ratio], day: date) -> dict[tuple[str, str], Fraction]:
    """(from, to) → plain mean of the monthly rates of the last twelve complete months, over the months that have the bucket at all."""
    last = month(day) if month_end(month(day)) <= day else months_later(month(day), -1)
    since = months_later(last, 1 - MONTHS_OF_MEAN)
    recent = {key: rate for key, rate in rates.items() if since <= key[0] <= last}
    months: dict[str, set[date]] = defaultdict(set)
    for first, bucket, _ in recent:
        months[bucket].add(first)
    sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for (_, bucket, to), rate in recent.items():
        sums[bucket, to] += rate.numerator / rate.denominator
    return {key: value / len(months[key[0]]) for key, value in sums.items()}


def loss_probabilities(means: Mapping[tuple[str, str], Fraction]) -> dict[str, Fraction]:
    """Bucket → probability to end as loss: products of mean rates along every way that gets worse each month, added up.

    What stays or gets better in a month counts as not lost.
    """
    found = {"lost": Fraction(1), "repaid": Fraction(0)}
    for at in range(len(FROM_BUCKETS) - 1, -1, -1):
        bucket = FROM_BUCKETS[at]
        found[bucket] = sum((means.get((bucket, worse), Fraction(0)) * found[worse] for worse in WORSENING[at + 1 :]), Fraction(0))
    return found


def loss_expected_of(loan: History, day: date, probabilities: Mapping[str, Fraction]) -> Fraction:
    """Of one loan: what is realised, or outstanding principal × probability of its bucket."""
    if not loan.exists(day):
        return Fraction(0)
    if loan.is_lost(day):
        return Fraction(loan.realised_loss(day))
    return Fraction(loan.outstanding(day)) * probabilities[loan.bucket(day)]


def expected_loss(loans: Iterable[History], day: date, by: Segment = lambda _: "total") -> dict[Hashable, tuple[Fraction, Fraction]]:
    """Segment → (realised loss, expected loss in all) on `day`; the rates are those of all loans."""
    loans = list(loans)
    probabilities = loss_probabilities(mean_rolls(rolls(loans, day), day))
    found: dict[Hashable, tuple[Fraction, Fraction]] = {}
    for loan in loans:
        realised, expected = found.get(by(loan), (Fraction(0), Fraction(0)))
        realised += Fraction(loan.realised_loss(day))
        found[by(loan)] = realised, expected + loss_expected_of(loan, day, probabilities)
    return found
