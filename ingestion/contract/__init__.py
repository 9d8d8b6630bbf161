"""The source contract, read from `contract.yml`: the one declaration of what comes in.

Belongs here: its shape as Python records. Does not: what is checked with it (`form_rules`, `schemas`) or written from it (`documentation`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

Kind = Literal["mutable", "append"]

DUCKDB_TYPES = {
    "id": "BIGINT",
    "text": "VARCHAR",
    "money": "DECIMAL(18,2)",
    "rate": "DECIMAL(9,6)",
    "date": "DATE",
    "time": "TIMESTAMP",
    "bool": "BOOLEAN",
}


@dataclass(frozen=True)
class Column:
    """One column of a contract table; `has_happened`: it says when something happened, so that it never lies after the day of its load."""

    name: str
    type: str
    nullable: bool
    pii: bool
    values: tuple[str, ...] | None
    description: str
    has_happened: bool = False

    @property
    def duckdb_type(self) -> str:
        """Type in lake and warehouse; instants are naive and mean UTC."""
        return DUCKDB_TYPES[self.type]


@dataclass(frozen=True)
class Table:
    """One contract table; `columns` ends with the implied cursor columns."""

    name: str
    kind: Kind
    required: bool
    key: tuple[str, ...]
    description: str
    columns: tuple[Column, ...]

    @property
    def cursor(self) -> str:
        """Column by which new rows are found."""
        return "updated_at" if self.kind == "mutable" else "created_at"

    @property
    def money_columns(self) -> tuple[str, ...]:
        """Columns whose sums are part of the control totals."""
        return tuple(column.name for column in self.columns if column.type == "money")

    @property
    def happened_columns(self) -> tuple[Column, ...]:
        """Columns that say when something happened, cursors included."""
        return tuple(column for column in self.columns if column.has_happened)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names in the order of the contract."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class Contract:
    """All tables, by name."""

    version: int
    tables: dict[str, Table]


_IMPLIED = {
    "mutable": (
        Column("updated_at", "time", False, False, None, "When the row last changed, UTC.", True),
        Column("deleted_at", "time", True, False, None, "When the row was deleted, UTC; null while it stands.", True),
    ),
    "append": (
        Column(
            "created_at",
            "time",
            False,
            False,
            None,
            "When the row became known to the platform, UTC; can be later than when it happened.",
            True,
        ),
    ),
}

IMPLIED_COLUMNS = {kind: tuple(column.name for column in columns) for kind, columns in _IMPLIED.items()}
"""Names of the cursor columns that every table of a kind has."""


def _column(name: str, record: dict[str, Any]) -> Column:
    values = record.get("values")
    return Column(
        name=name,
        type=record["type"],
        nullable=record.get("nullable", False),
        pii=record.get("pii", False),
        values=None if values is None else tuple(values),
        description=record["description"],
        has_happened=record["happened"] if record["type"] in ("date", "time") else False,
    )


@cache
def load_contract() -> Contract:
    """The contract of this version of Glassbook."""
    text = (resources.files("ingestion") / "contract.yml").read_text(encoding="utf-8")
    data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    tables = {
        name: Table(
            name=name,
            kind=record["kind"],
            required=record["required"],
            key=tuple(record["key"]),
            description=record["description"],
            columns=tuple(_column(c, r) for c, r in record["columns"].items()) + _IMPLIED[record["kind"]],
        )
        for name, record in data["tables"].items()
    }
    return Contract(version=data["version"], tables=tables)
