"""What drives a change between two days: the part of each segment.

Belongs here: the arithmetic of rate and mix, and the segments of the overdue rate and the portfolio. Does not: the state of one loan.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from tests.oracle.exact import Number, largest_remainder
from tests.oracle.figures import Readings
from tests.oracle.ledger import Book

Key = TypeVar("Key", bound=Hashable)
Parts = Mapping[Key, tuple[Number, Number]]


@dataclass(frozen=True)
class Effects:
    """The effect of a segment on a rate: because its own rate changed, and because its weight changed."""

    rate: Fraction
    mix: Fraction


def rate_effects(before: Parts[Key], after: Parts[Key]) -> dict[Key, Effects] | None:
    """Segment → its effects on the rate Σ numerators ÷ Σ denominators, from (numerator, denominator) of each on two days.

    They add up to the change exactly. None when one of the days has no rate. A segment without a denominator on both days, but
    with a numerator on one of them, cannot be split into weight and rate: ValueError.
    """
    whole = [sum((Fraction(denominator) for _, denominator in day.values()), Fraction(0)) for day in (before, after)]
    if 0 in whole:
        return None
    rates = [sum((Fraction(n) for n, _ in day.values()), Fraction(0)) / of for day, of in zip((before, after), whole, strict=True)]
    middle = (rates[0] + rates[1]) / 2
    found = {}
    for segment in before.keys() | after.keys():
        weights, own = [], []
        for day, of in zip((before, after), whole, strict=True):
            numerator, denominator = day.get(segment, (0, 0))
            if denominator == 0 and numerator != 0:
                raise ValueError(f"{segment!r} has a numerator of {numerator} and no denominator")
            weights.append(Fraction(denominator) / of)
            own.append(None if denominator == 0 else Fraction(numerator) / Fraction(denominator))
        earlier = own[0] if own[0] is not None else own[1]
        later = own[1] if own[1] is not None else own[0]
        if earlier is not None and later is not None:
            rate = (later - earlier) * (weights[0] + weights[1]) / 2
            found[segment] = Effects(rate, (weights[1] - weights[0]) * ((earlier + later) / 2 - middle))
    return found


def shown(effects: Mapping[Key, Effects], decimals: int = 6) -> dict[tuple[Key, str], Decimal]:
    """(segment, "rate" or "mix") → the effect rounded by largest remainder over all of them, so that they add up to the rounded change."""
    parts = {(segment, name): getattr(effect, name) for segment, effect in effects.items() for name in ("mix", "rate")}
    return largest_remainder(parts, decimals)


def amount_effects(before: Mapping[Key, Number], after: Mapping[Key, Number]) -> dict[Key, Fraction]:
    """Segment → its own change of an amount."""
    return {segment: Fraction(after.get(segment, 0)) - Fraction(before.get(segment, 0)) for segment in before.keys() | after.keys()}


def overdue_parts(
    book: Book, day: date, by: Callable[[int], Hashable], readings: Readings | None = None
) -> dict[Hashable, tuple[Decimal, Decimal]]:
    """Segment of `by` (of a loan id) → (overdue amount, outstanding amount that is the base of the overdue rate) on `day`."""
    readings = readings or Readings()
    found: dict[Hashable, tuple[Decimal, Decimal]] = {}
    for loan_id, state in book.states(day).items():
        if readings.count_promotional or loan_id not in book.promotional_listings:
            base = state.outstanding + (state.interest_outstanding if readings.overdue_rate_base == "principal_and_interest" else 0)
            overdue, of = found.get(by(loan_id), (Decimal(0), Decimal(0)))
            found[by(loan_id)] = overdue + state.overdue, of + base
    return found


def outstanding_parts(book: Book, day: date, by: Callable[[int], Hashable]) -> dict[Hashable, Decimal]:
    """Segment → outstanding principal on `day`, without promotional loans."""
    found: dict[Hashable, Decimal] = {}
    for loan_id, state in book.states(day).items():
        if loan_id not in book.promotional_listings:
            found[by(loan_id)] = found.get(by(loan_id), Decimal(0)) + state.outstanding
    return found
