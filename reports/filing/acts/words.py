"""Checks what people write into the log of filings: reasons, receipts, names.

Belongs here: checks of the text itself. Does not: when a reason is asked for (life.yml).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from glassbook.errors import InputError
from reports.signing.register import letters

# Limits for what a person writes into the log. People type the full-width space too.
_LONGEST = 4000
_SPACES = "\u3000\xa0"


def refuse_unprintable(**texts: str | None) -> None:
    """Raises InputError for text that a log, a form or a terminal could not show as it was written."""
    for name, text in texts.items():
        wrong = [sign for sign in text or "" if not sign.isprintable() and sign not in _SPACES]
        if wrong or len(text or "") > _LONGEST:
            raise InputError(
                found=f"the character {wrong[0]!a}" if wrong else f"{len(text or ''):,} characters",
                where=f"--{name}",
                expected=f"at most {_LONGEST:,} characters on one line, all of which can be seen",
                remedy="Write it so; longer explanations belong in a document that it names.",
            )


def refuse_reason(found: Collection[str], code: str, reason: str, reasons: Mapping[str, str], filing_id: str) -> None:
    """Raises InputError for a code that is not among the warnings `found`, or for the reason of another code (`reasons`)."""
    if code not in found:
        raise InputError(
            found=code,
            where=filing_id,
            expected="a warning that fired: " + (", ".join(sorted(found)) or "there is none"),
            remedy="An error cannot be explained away: fix its data. What passed needs no reason.",
        )
    if any(other != code and letters(given) == letters(reason) for other, given in reasons.items()):
        raise InputError(
            found="the reason of another warning, word for word",
            where=f"{filing_id} {code}",
            expected="a reason of its own for each warning",
            remedy="Say what holds for this one.",
        )


def said(text: str | None) -> str | None:
    """The text without white space around it; None when nothing is left."""
    return text.strip() if text and text.strip() else None
