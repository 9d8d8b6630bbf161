"""SQL of an engine that is too long for a line of Python: each statement a file in the engine's folder.

Belongs here: reading one. Does not: what it asks, and of whom.
"""

from __future__ import annotations

from importlib import resources


def sql_of(package: str, name: str) -> str:
    """The statement `name` of the folder that is the package `package`."""
    return (resources.files(package) / f"{name}.sql").read_text(encoding="utf-8")
