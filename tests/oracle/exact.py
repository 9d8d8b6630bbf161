"""Arithmetic shared by all figures of marketing, risk and business: shares, quantiles, roundings, intervals.

Belongs here: pure arithmetic, without loans or people. Does not: anything that reads a row.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from math import floor
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Number = Fraction | Decimal | int
MINIMUM_GROUP = 20
# The 97.5th percentile of the normal distribution, to sixteen digits.
Z_95 = Decimal("1.959963984540054")
PRECISE = Context(prec=60)


@dataclass(frozen=True)
class Ratio:
    """Numerator and denominator of a rate; `people` is the size of the group, for a rate of people."""

    numerator: Fraction
    denominator: Fraction
    people: Fraction | None = None

    @property
    def value(self) -> Fraction | None:
        """The quotient; None for a zero denominator or a group smaller than the minimum."""
        if self.denominator == 0 or (self.people is not None and self.people < MINIMUM_GROUP):
            return None
        return self.numerator / self.denominator


def ratio(numerator: Number, denominator: Number, people: Number | None = None) -> Ratio:
    """A rate of any numbers."""
    return Ratio(Fraction(numerator), Fraction(denominator), None if people is None else Fraction(people))


def total(numbers: Iterable[Number]) -> Fraction:
    """The exact sum."""
    return sum((Fraction(number) for number in numbers), Fraction(0))


def nearest_rank(values: Iterable[Key], percent: int) -> Key | None:
    """The smallest value such that at least `percent` per cent of all are no larger; None without values."""
    ordered: Sequence[Key] = sorted(values)  # type: ignore[type-var]
    if not ordered:
        return None
    rank = -(-percent * len(ordered) // 100)
    return ordered[max(rank, 1) - 1]


def largest_remainder(parts: Mapping[Key, Fraction], decimals: int) -> dict[Key, Decimal]:
    """Parts rounded to `decimals` so that they add up to their sum rounded half away from zero; ties in the order of the keys' text."""
    unit = 10**decimals
    scaled = {key: part * unit for key, part in parts.items()}
    whole = {key: floor(part) for key, part in scaled.items()}
    exact = sum(scaled.values(), Fraction(0))
    target = floor(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
    missing = target - sum(whole.values())
    order = sorted(parts, key=lambda key: (whole[key] - scaled[key], str(key)))
    # Rounding a negative half away from zero can need one less than the sum of the floors.
    for key in order[:missing] if missing >= 0 else order[missing:]:
        whole[key] += 1 if missing >= 0 else -1
    return {key: Decimal(number).scaleb(-decimals) for key, number in whole.items()}


def decimal(number: Number) -> Decimal:
    """A fraction to sixty digits."""
    exact = Fraction(number)
    return PRECISE.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def wilson(hits: int, of: int) -> tuple[Decimal, Decimal] | None:
    """The 95 % Wilson score interval of a share; None without cases."""
    if of == 0:
        return None
    share, n = decimal(Fraction(hits, of)), Decimal(of)
    with_z = PRECISE.divide(PRECISE.multiply(Z_95, Z_95), n)
    middle = PRECISE.add(share, PRECISE.divide(with_z, Decimal(2)))
    spread = PRECISE.add(PRECISE.divide(PRECISE.multiply(share, 1 - share), n), PRECISE.divide(with_z, 4 * n))
    half = PRECISE.multiply(Z_95, PRECISE.sqrt(spread))
    below = PRECISE.add(Decimal(1), with_z)
    return PRECISE.divide(PRECISE.subtract(middle, half), below), PRECISE.divide(PRECISE.add(middle, half), below)


def herfindahl(amounts: Iterable[Number]) -> Fraction | None:
    """The sum of squared shares × 10,000; None without amounts."""
    exact = [Fraction(amount) for amount in amounts]
    whole = sum(exact, Fraction(0))
    return None if whole == 0 else sum((amount * amount for amount in exact), Fraction(0)) * 10_000 / (whole * whole)


def gini(amounts: Iterable[Number]) -> Fraction | None:
    """The Gini coefficient of amounts above zero, without a correction for small samples; None without amounts."""
    ordered = sorted(Fraction(amount) for amount in amounts)
    whole, n = sum(ordered, Fraction(0)), len(ordered)
    if whole == 0:
        return None
    ranked = sum((rank * amount for rank, amount in enumerate(ordered, start=1)), Fraction(0))
    return 2 * ranked / (n * whole) - Fraction(n + 1, n)


def power_of_half(exponent: Fraction) -> Fraction:
    """2 to the power of −`exponent`, to sixty digits."""
    return Fraction(PRECISE.power(Decimal(2), -decimal(exponent)))
