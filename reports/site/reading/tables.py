"""The tables that a regime makes public besides its figures, with their words: rows as the public file holds them.

Belongs here: reading them, and the kind of a column's values, which follows from its name. Does not: words (the regime's public_data.yml).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from reports.site.public_data import PublicColumn, PublicData, PublicWords

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Row = tuple[Any, ...]
Kind = Literal["amount", "count", "share", "day", "quarter", "flag", "number", "text"]
# Suffixes of column names, and the kinds that they mean; the naming rules are in CONTRIBUTING.md.
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("amount", "amount"), ("_count", "count"), ("_months", "count"), ("_days", "count"), ("_share", "share"), ("_rate", "share"),
    ("_quarter_on", "quarter"), ("_on", "day"), ("_id", "number"),
)  # fmt: skip
NUMBERS: tuple[Kind, ...] = ("amount", "count", "share", "number")


@dataclass(frozen=True)
class OpenColumn:
    """A column with its words."""

    name: str
    words: PublicColumn

    @property
    def kind(self) -> Kind:
        """The kind of its values."""
        if self.name.startswith(("is_", "has_")):
            return "flag"
        return next((kind for ending, kind in _KINDS if self.name.endswith(ending)), "text")


@dataclass(frozen=True)
class OpenTable:
    """A public table. `file` is the name of its data files without suffix; `typed` has the same rows with their types."""

    relation: str
    file: str
    title: PublicWords
    columns: tuple[OpenColumn, ...]
    rows: tuple[Row, ...]
    typed: pa.Table = field(compare=False, repr=False)

    def column(self, name: str) -> OpenColumn:
        """The column of that name. Raises KeyError."""
        return self.columns[self.place(name)]

    def place(self, name: str) -> int:
        """The position of a column in a row. Raises KeyError."""
        return self._places[name]

    def values(self, name: str) -> list[Any]:
        """The distinct values of a column, in order."""
        return sorted({row[self.place(name)] for row in self.rows})

    def by(self, name: str) -> dict[Any, list[Row]]:
        """The rows under each value of a column."""
        place, found = self.place(name), dict[Any, list[Row]]()
        for row in self.rows:
            found.setdefault(row[place], []).append(row)
        return found

    def where(self, **wanted: Any) -> list[Row]:
        """The rows that have these values."""
        return [row for row in self.rows if all(row[self.place(name)] == value for name, value in wanted.items())]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {column.name: place for place, column in enumerate(self.columns)}


def read_lacking(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Tables of the contract that the source does not supply, of those that the public file names; none for a file that is older."""
    import duckdb

    try:
        found = connection.execute("select supply_name from ctl_supplied where not is_supplied").fetchall()
    except duckdb.CatalogException:
        return frozenset()
    return frozenset(name for (name,) in found)


def read_table(connection: duckdb.DuckDBPyConnection, relation: str, file: str, data: PublicData) -> OpenTable | None:
    """None for a public file older than the table."""
    import duckdb
    import pyarrow as pa

    try:
        rows = connection.execute(f"select * from {relation} order by all").fetchall()
    except duckdb.CatalogException:
        return None
    # The types, which an empty column of a file would lack.
    schema = connection.sql(f"select * from {relation} limit 0").to_arrow_table().schema
    values = list(zip(*rows, strict=True)) or [()] * len(schema.names)
    typed = pa.table([list(of) for of in values], schema=schema)
    columns = tuple(OpenColumn(name, data.columns[name]) for name in schema.names)
    return OpenTable(relation, file, data.tables[relation], columns, tuple(rows), typed)
