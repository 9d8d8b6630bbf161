"""How the guide puts phrases together in each language: lists, clauses, punctuation, tables.

Belongs here: what joins words. Does not: the words (the records), what a page tells (`pages`).
"""

from __future__ import annotations

from collections.abc import Iterable

from glassbook.catalogue.guide import Language, load_words


def label(name: str, language: Language) -> str:
    """What the guide calls a part of a page."""
    return load_words().labels[name].of(language)


def other(language: Language) -> Language:
    """The other of the two languages."""
    return "en" if language == "zh" else "zh"


def colon(language: Language) -> str:
    """A colon and what follows it."""
    return "：" if language == "zh" else ": "


def comma(language: Language) -> str:
    """A comma and what follows it."""
    return "，" if language == "zh" else ", "


def full_stop(language: Language) -> str:
    """The end of a sentence."""
    return "。" if language == "zh" else "."


def listed(texts: Iterable[str], language: Language) -> str:
    """Words one after the other."""
    return ("、" if language == "zh" else ", ").join(texts)


def semicolons(texts: Iterable[str], language: Language) -> str:
    """Clauses one after the other, without those that say nothing."""
    return ("；" if language == "zh" else "; ").join(text for text in texts if text)


def clause(text: str, language: Language) -> str:
    """A clause in brackets, after what it belongs to."""
    return f"（{text}）" if language == "zh" else f" ({text})"


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Lines of a table of Markdown."""
    lines = [f"| {' | '.join(heads).lower()} |", f"|{' --- |' * len(heads)}"]
    return lines + [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
