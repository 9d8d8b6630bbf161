"""What a database declares of its tables and columns.

Belongs here: the records. Does not: asking a database for them (the engines' folders).
"""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.mapping.conversion import Kind


@dataclass(frozen=True)
class SourceColumn:
    """A column as the database declares it, and what its values are; `declared` is the type with its size, where the catalogue says it."""

    name: str
    type: str
    kind: Kind
    declared: str = ""


@dataclass(frozen=True)
class Relation:
    """A table or view of a database, as a draft of a mapping sees it; `foreign_keys`: own column → (table, column)."""

    name: str
    columns: tuple[SourceColumn, ...]
    key: tuple[str, ...] = ()
    foreign_keys: tuple[tuple[str, str, str], ...] = ()
