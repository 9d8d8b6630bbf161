"""Texts and names in a statement of the engine, quoted so that nothing in them is read as SQL."""

from __future__ import annotations


def quoted(text: object) -> str:
    """A text as SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name in the engine's quotes."""
    return '"' + name.replace('"', '""') + '"'
