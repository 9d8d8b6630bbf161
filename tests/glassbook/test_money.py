"""Rounding half up, away from zero, and printing without an exponent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassbook.money import format_decimal, round_half_up

amounts = st.decimals(min_value=Decimal("-1e18"), max_value=Decimal("1e18"), places=6, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("0.0049999", 2, "0.00"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("1.345", 2, "1.35"),
        ("1.335", 2, "1.34"),
        ("99.995", 2, "100.00"),
        ("1E+3", 2, "1000.00"),
        ("123456789012345678.905", 2, "123456789012345678.91"),
    ],
)
def test_by_hand(value: str, decimals: int, expected: str) -> None:
    assert format_decimal(Decimal(value), decimals) == expected


def test_no_value_stays_none() -> None:
    assert format_decimal(None, 2) is None


@given(value=amounts, decimals=st.integers(0, 6))
def test_never_further_than_half_a_unit(value: Decimal, decimals: int) -> None:
    rounded = round_half_up(value, decimals)
    assert -rounded.as_tuple().exponent == decimals  # type: ignore[operator]
    assert abs(Fraction(rounded) - Fraction(value)) * 2 <= Fraction(1, 10**decimals)
    assert abs(rounded) >= abs(value) or abs(Fraction(rounded) - Fraction(value)) * 2 < Fraction(1, 10**decimals)


@given(value=amounts, decimals=st.integers(0, 6))
def test_the_sign_does_not_matter_and_again_changes_nothing(value: Decimal, decimals: int) -> None:
    rounded = round_half_up(value, decimals)
    assert round_half_up(-value, decimals) == -rounded
    assert round_half_up(rounded, decimals) == rounded


@given(value=amounts)
def test_text_is_plain(value: Decimal) -> None:
    text = format_decimal(value, 2)
    assert text is not None and "E" not in text and text[-3] == "."
    assert Decimal(text) == round_half_up(value, 2)
