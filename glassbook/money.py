"""Rounding and printing of exact numbers; no function takes or returns a float."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """`value` rounded half away from zero to `decimals` places, as forms of reports expect."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def format_decimal(value: Decimal | None, decimals: int) -> str | None:
    """`value` with exactly `decimals` places as text without exponent, or None for no value."""
    return None if value is None else f"{round_half_up(value, decimals):f}"
