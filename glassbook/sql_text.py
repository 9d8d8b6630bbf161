"""SQL as text: statements that are files, and texts and names quoted so that nothing in them is read as SQL."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def sql_of(package: str, name: str) -> str:
    """The statement `name`.sql in the folder of the package `package`: statements that are too long for a line of Python."""
    return (resources.files(package) / f"{name}.sql").read_text(encoding="utf-8")


def quoted(text: object) -> str:
    """A text as SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name in the engine's quotes."""
    return '"' + name.replace('"', '""') + '"'
