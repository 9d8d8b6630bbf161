"""Roll rates between buckets of days past due, and the expected loss by these rates.

Belongs here: month ends, rates between them, products of rates. Does not: the bucket of one loan (`risk_histories`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm

from tests.oracle.exact import Ratio
from tests.oracle.marketing_markov import solved
from tests.oracle.risk_histories import OPEN, History
from tests.oracle.risk_vintages import Segment
from tests.oracle.source import month, month_end, months_later

MONTHS_OF_MEAN = 12
LOST = "lost"


def rolls(loans: Iterable[History], day: date) -> dict[tuple[date, str, str], Ratio]:
    """(first day of the later month, bucket at the end of the month before, bucket at its end) → share of the outstanding principal.

    Months whose end is not after `day`. Buckets that were empty have no row; `repaid` and `lost` are final states.
    """
    amounts: dict[tuple[date, str, str], Decimal] = defaultdict(Decimal)
    for loan in loans:
        later = months_later(month(loan.loan.disbursed_on), 1)
        while month_end(later) <= day:
            before = month_end(months_later(later, -1))
            bucket, outstanding = loan.bucket(before), loan.outstanding(before)
            if bucket in OPEN and outstanding > 0:
                amounts[later, bucket, loan.bucket(month_end(later))] += outstanding
            later = months_later(later, 1)
    whole: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for (first, bucket, _), amount in amounts.items():
        whole[first, bucket] += amount
    return {key: Ratio(Fraction(amount), Fraction(whole[key[0], key[1]])) for key, amount in amounts.items()}


def mean_rolls(rates: Mapping[tuple[date, str, str], Ratio], day: date) -> dict[tuple[str, str], Fraction]:
    """(from, to) → plain mean of the monthly rates of the last twelve complete months, over the months that have the bucket."""
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
    """Bucket → probability of ending as loss, if every month were as the mean, in the limit and exactly.

    An empty bucket has none. A bucket that no loan ever left, by the mean, never ends as loss.
    """
    known = [bucket for bucket in OPEN if any(came == bucket for came, _ in means)]
    ending = _leading_to_loss(means)
    rows = []
    for bucket in (among := [bucket for bucket in known if bucket in ending]):
        row = [Fraction(bucket == other) - means.get((bucket, other), Fraction(0)) for other in among]
        row.append(means.get((bucket, LOST), Fraction(0)))
        scale = lcm(*(value.denominator for value in row))
        rows.append([int(value * scale) for value in row])
    return {LOST: Fraction(1), "repaid": Fraction(0), **dict.fromkeys(known, Fraction(0)), **dict(zip(among, solved(rows), strict=True))}


def _leading_to_loss(means: Mapping[tuple[str, str], Fraction]) -> set[str]:
    found, before = {LOST}, 0
    while len(found) > before:
        before = len(found)
        found |= {bucket for (bucket, to), rate in means.items() if rate and to in found}
    return found


def loss_expected_of(loan: History, day: date, probabilities: Mapping[str, Fraction]) -> Fraction | None:
    """Of one loan: the realised loss, or outstanding principal × probability of its bucket; None if that is not known."""
    if not loan.exists(day):
        return Fraction(0)
    if loan.is_lost(day):
        return Fraction(loan.realised_loss(day))
    outstanding = Fraction(loan.outstanding(day))
    if outstanding == 0:
        return outstanding
    probability = probabilities.get(loan.bucket(day))
    return None if probability is None else outstanding * probability


def expected_loss(loans: Iterable[History], day: date, by: Segment = lambda _: "total") -> dict[Hashable, tuple[Fraction, Fraction | None]]:
    """Segment → (realised loss, total expected loss) on `day`, by the rates of all loans. The sum is unknown if a part is."""
    loans = list(loans)
    probabilities = loss_probabilities(mean_rolls(rolls(loans, day), day))
    found: dict[Hashable, tuple[Fraction, Fraction | None]] = {}
    for loan in loans:
        realised, expected = found.get(by(loan), (Fraction(0), Fraction(0)))
        own = loss_expected_of(loan, day, probabilities)
        realised += Fraction(loan.realised_loss(day))
        found[by(loan)] = realised, None if expected is None or own is None else expected + own
    return found
