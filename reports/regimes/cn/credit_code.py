"""Check characters of identifiers that a profile holds."""

from __future__ import annotations

# GB 32100-2015: digits and capitals without I, O, S, V, Z; weights are powers of 3 modulo 31.
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def is_credit_code(text: str) -> bool:
    """Whether `text` is a unified social credit code with the right check character (GB 32100-2015)."""
    if len(text) != 18 or any(sign not in _SIGNS for sign in text):
        return False
    return text[17] == credit_code_check(text[:17])


def credit_code_check(first: str) -> str:
    """The check character for the first 17 characters."""
    total = sum(_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(first))
    return _SIGNS[-total % 31]
