"""How the guide joins phrases in each language: lists, clauses, punctuation, tables.

Belongs here: joining texts. Does not: the texts (the records), what a page contains (`pages`).
"""

from __future__ import annotations

from collections.abc import Iterable

from glassbook.catalogue.guide import Language, load_words


def label(name: str, language: Language) -> str:
    """The guide's label for a part of a page."""
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
    """Words in a row."""
    return ("、" if language == "zh" else ", ").join(texts)


def semicolons(texts: Iterable[str], language: Language) -> str:
    """Clauses in a row, without empty ones."""
    return ("；" if language == "zh" else "; ").join(text for text in texts if text)


def clause(text: str, language: Language) -> str:
    """A clause in brackets, after the text that it belongs to."""
    return f"（{text}）" if language == "zh" else f" ({text})"


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Lines of a Markdown table."""
    lines = [f"| {' | '.join(heads).lower()} |", f"|{' --- |' * len(heads)}"]
    return lines + [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
