"""What a mapping may say for a column by itself: constants of the column's type, and formats of days and instants.

Belongs here: what is allowed, told in words. Does not: the SQL that these become (`conversion`).
"""

from __future__ import annotations

import re
from datetime import date

from ingestion.contract import Column

SCALES = {"id": 0, "money": 2, "rate": 6}
DIGITS = {"id": 19, "money": 16, "rate": 3}
DATE = r"\d{4}-\d{2}-\d{2}"
TIME = DATE + r"([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?"
OFFSET = r"(\+(0\d|1[0-3])(:?[0-5]\d)?|\+14(:?00)?|-(0\d|1[01])(:?[0-5]\d)?|-12(:?00)?)"
"""Offsets from UTC that clocks really have: from -12 to +14 hours. The engine would also accept 25 hours."""
ZONED = DATE + r"[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|" + OFFSET + ")"
_CLOCK = re.compile(r"(([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?|24:00(:00)?)(?![\d:])")
_TRUTHS = ("true", "false", "t", "f", "yes", "no", "y", "n", "1", "0")
_LARGEST_ID = 2**63 - 1
_LETTERS = "aAbBcdfgGhHIjmMnpSTuUVwWxXyYz%"
"""What may follow a % in the engine's strptime, but for Z: CST names several zones, of which the engine takes one."""
_SHORT = "dHIjmMSy"
"""Those of them that may have a - before them, for numbers without leading zeros."""


def as_text(value: str | int | bool) -> str:
    """A constant as it is written in SQL."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def unlike(column: Column, value: str | int | bool) -> str | None:
    """What a constant of the column should be, where this is none."""
    text = as_text(value)
    if column.type == "time":
        is_right = (re.fullmatch(ZONED, text) or re.fullmatch(TIME, text)) and _is_day(text[:10]) and _is_clock(text[11:])
        return None if is_right else "an instant such as 2019-12-31 16:00:00 (UTC) or 2020-01-01T00:00:00+08:00"
    if column.type == "date":
        return None if re.fullmatch(DATE, text) and _is_day(text) else "a day such as 2019-12-31"
    if column.type == "bool":
        return None if text.lower() in _TRUTHS else "true or false"
    if column.type in SCALES:
        scale, digits = SCALES[column.type], DIGITS[column.type]
        number = rf"-?\d{{1,{digits}}}(\.\d{{1,{scale}}}0*)?" if scale else rf"-?\d{{1,{digits}}}"
        is_held = re.fullmatch(number, text) and (scale > 0 or abs(int(text)) <= _LARGEST_ID)
        return None if is_held else f"a number with at most {digits} digits before the point and {scale} after it"
    return None


def wrong_format(form: str) -> str | None:
    """What is wrong with a format of `strptime`, and what to do; None if nothing is."""
    if not form:
        return "an empty format; leave it out, or write one such as %Y-%m-%d"
    for short, letter in re.findall(r"%(-?)(.?)", form, re.DOTALL):
        found = f"%{short}{letter}"
        if letter == "Z":
            return "%Z: a name such as CST means several zones; use %z for an offset such as +08:00, or leave the zone out and set timezone"
        if not letter or letter not in (_SHORT if short else _LETTERS):
            allowed = " ".join(f"%{known}" for known in _LETTERS)
            return f"{found}, which no format has; it may have {allowed}, and %- before {' '.join(_SHORT)}"
    return None


def _is_clock(text: str) -> bool:
    return not text or _CLOCK.match(text) is not None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
