"""What the guide says about a figure: its formula in words, and what readers often misunderstand.

Belongs here: looking it up. Does not: the words themselves (glassbook/catalogue/guide).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from glassbook.catalogue.guide import Text, load_topics


@dataclass(frozen=True)
class Guide:
    """Each is (Chinese, English), or None when the guide adds nothing to the catalogue."""

    formula: tuple[str, str] | None
    mind: tuple[str, str] | None


def guide_of(code: str) -> Guide | None:
    """None for a figure that the guide does not have, such as one of a user's own regime."""
    return _guides().get(code)


@cache
def _guides() -> dict[str, Guide]:
    found = {}
    for topic in load_topics():
        for section, figure in topic.figures():
            found[figure.code] = Guide(_both(figure.formula or section.formula), _both(figure.mind))
    return found


def _both(text: Text | None) -> tuple[str, str] | None:
    return None if text is None else (text.zh, text.en)
