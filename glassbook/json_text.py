"""JSON from untrusted files: text that is not JSON, or is nested too deeply, is a ValueError and no other error."""

from __future__ import annotations

import json
from typing import Any

_MOST_DEEP, _MOST_DIGITS = 100, 100


def parse_json(content: str | bytes) -> Any:
    """The value of a JSON text. Raises ValueError (UnicodeDecodeError too)."""
    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def parse_strict_json(content: bytes) -> Any:
    """The value of a JSON text that every reader reads the same way. Raises ValueError (UnicodeDecodeError too) for any other text.

    Refused: text that is not UTF-8, a repeated key, NaN and infinities, an integer of more than 100 digits, nesting of more than 100
    levels.
    """
    try:
        value = json.loads(content.decode(), object_pairs_hook=_once, parse_int=_integer, parse_constant=_integer)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if _is_deeper(value, _MOST_DEEP):
        raise ValueError("it is nested too deeply")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _integer(text: str) -> int:
    if not text.removeprefix("-").isdecimal() or len(text) > _MOST_DIGITS:
        raise ValueError(f"{text[:20]} is no number")
    return int(text)


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    return levels == 0 or any(_is_deeper(inner, levels - 1) for inner in (value.values() if isinstance(value, dict) else value))
