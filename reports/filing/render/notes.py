"""The note of a figure in words: the warehouse's short form, written out for a Chinese reader."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from reports.filing.declare.regime import Regime

NOT_SUPPLIED = "not supplied"


def note_in_words(regime: Regime, code: str, note: str | None, amount: Callable[[Decimal], str], language: str | None = None) -> str:
    """The note with the regime's words for its kinds and phrases; a note of another shape stays as it is.

    Known shapes: `not supplied`; `kind 1.00; kind 2.00` (amounts printed by `amount`); `phrase: number`. Forms, which name no language, are
    Chinese, with English too for what is missing; every language except Chinese shows the codes of kinds.
    """
    if not note:
        return ""
    is_chinese = language in (None, "zh")
    if note == NOT_SUPPLIED:
        return f"未提供 {NOT_SUPPLIED}" if language is None else "未提供" if is_chinese else NOT_SUPPLIED
    phrase, colon, number = note.rpartition(": ")
    if colon and phrase in regime.notes:
        return f"{regime.notes[phrase]}：{number}" if is_chinese else note
    labels = {
        kind: label
        for breakdown in regime.breakdowns
        if code in breakdown.codes
        for column in breakdown.columns
        for kind, label in column.labels.items()
    }
    parts = [re.fullmatch(r"(\S+) (-?\d+(?:\.\d+)?)", part) for part in note.split("; ")]
    if not labels or not all(parts):
        return note
    named = [((labels.get(part[1], part[1]) if is_chinese else part[1].replace("_", " ")), Decimal(part[2])) for part in parts if part]
    return ("；" if is_chinese else "; ").join(f"{kind} {amount(value)}" for kind, value in named)
