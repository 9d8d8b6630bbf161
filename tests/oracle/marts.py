"""Helpers to compare marts with the second calculation: rows by key, and where the two differ.

Belongs here: reading rows and comparing numbers. Does not: which figures there are (`marts_marketing`, `marts_risk`, `marts_business`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb

from tests.oracle.second_calculation import SecondCalculation

# How far apart two numbers may be: not at all, or by the rounding of the marts to a digit, or, by largest remainder, to the next.
NOTHING = Fraction(0)
SHOWN_TO_SIX = Fraction(1, 2_000_000)
A_MILLIONTH = Fraction(1, 1_000_000)
A_CENT = Fraction(1, 100)
A_TEN_THOUSANDTH = Fraction(1, 10_000)
A_PART_OF_A_MILLION_MILLION = Fraction(1, 10**12)


Figures = dict[tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class Told:
    """A built platform, opened to be read, beside the second calculation of the same records."""

    connection: duckdb.DuckDBPyConnection
    second: SecondCalculation

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The result of a query of the marts."""
        return self.connection.execute(query, list(values)).fetchall()

    def figures(self, query: str, key: int, *values: Any) -> Figures:
        """The same by its first `key` columns, which are a unique key."""
        rows = self.rows(query, *values)
        found = {row[:key]: row[key:] for row in rows}
        assert len(found) == len(rows), "the key is none"
        return found


Compared = tuple[Figures, Figures]
Comparison = Callable[[Told], Compared]


def differences(found: Mapping[Any, tuple[Any, ...]], expected: Mapping[Any, tuple[Any, ...]], tolerance: Fraction) -> dict[Any, str]:
    """Keys that only one side has, or whose numbers differ by more than the tolerance."""
    told = {key: f"marts {found.get(key)}, independently {expected.get(key)}" for key in found.keys() ^ expected.keys()}
    for key in found.keys() & expected.keys():
        if len(found[key]) != len(expected[key]) or not all(map(_near(tolerance), found[key], expected[key])):
            told[key] = f"marts {shown(found[key])}, independently {shown(expected[key])}"
    return told


def shown(values: tuple[Any, ...]) -> tuple[str, ...]:
    """Numbers as a reader compares them."""
    return tuple(f"{float(value):.12g}" if isinstance(value, int | Fraction | Decimal) else str(value) for value in values)


def _near(tolerance: Fraction) -> Callable[[Any, Any], bool]:
    def near(left: Any, right: Any) -> bool:
        if not isinstance(left, int | Fraction | Decimal) or not isinstance(right, int | Fraction | Decimal):
            return bool(left == right)
        return abs(Fraction(left) - Fraction(right)) <= tolerance

    return near
