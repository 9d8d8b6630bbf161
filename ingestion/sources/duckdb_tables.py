"""Tables of DuckDB as a source, whichever engine has it open: those of a database file, or views over files of a folder.

Belongs here: DuckDB's catalogue and types. Does not: opening it for a file or a folder (`duckdb`, `folder`), the SELECT of a table
(`database`).
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from glassbook.errors import InputError
from glassbook.sql_paths import file_read
from glassbook.sql_text import quoted
from ingestion.mapping.conversion import Kind
from ingestion.sources.database import DatabaseSource
from ingestion.sources.declared import Relation, SourceColumn

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(
        ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), "integer"
    ),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "float"),
    **dict.fromkeys(("VARCHAR", "UUID", "JSON"), "text"),
    "DATE": "date",
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS"), "timestamp"),
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "BOOLEAN": "bool",
}  # type: ignore[dict-item]
_KEYS = """
select table_name, constraint_type, constraint_column_names, referenced_table, referenced_column_names
from duckdb_constraints() where schema_name = current_schema() and constraint_type in ('PRIMARY KEY', 'FOREIGN KEY')
"""


class DuckDbTables(DatabaseSource):
    """Tables and views of one DuckDB connection, read in one transaction; `schema.table` names one outside the schema `main`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: Any = None
        self._batches: Any = None

    @property
    def name(self) -> str:
        """The own name of the file or folder."""
        return self._path.name

    @abstractmethod
    def _connect(self) -> duckdb.DuckDBPyConnection:
        """A connection that reads only files of the source, and changes none."""

    def __enter__(self) -> Self:
        try:
            self._connection = self._connect()
        except duckdb.Error as error:
            raise InputError(
                found=str(error).splitlines()[0],
                where=str(self._path),
                expected="a DuckDB file that no program has open for writing",
                remedy="End the program that writes to it, or name a copy; a file of a newer version needs a newer engine.",
            ) from error
        self._connection.execute("begin transaction")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    @cached_property
    def _catalogue(self) -> dict[tuple[str, str], list[SourceColumn]]:
        found: dict[tuple[str, str], list[SourceColumn]] = {}
        for schema, relation, name, kind in self.fetch(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() "
            "where database_name = current_database() and not internal order by schema_name, table_name, column_index"
        ):
            found.setdefault((schema, relation), []).append(_column(name, kind))
        return found

    def relations(self) -> list[Relation]:
        """Every table and view; those of the schema `main` without it."""
        keys: dict[str, tuple[str, ...]] = {}
        foreign: dict[str, list[tuple[str, str, str]]] = {}
        for relation, kind, columns, target, others in self.fetch(_KEYS):
            if kind == "PRIMARY KEY":
                keys[relation] = tuple(columns)
            else:
                foreign.setdefault(relation, []).extend((own, target, other) for own, other in zip(columns, others, strict=True))
        return [
            Relation(
                relation if schema == "main" else f"{schema}.{relation}",
                tuple(columns),
                keys.get(relation, ()) if schema == "main" else (),
                tuple(foreign.get(relation, [])) if schema == "main" else (),
            )
            for (schema, relation), columns in self._catalogue.items()
        ]

    def columns_of(self, relation: str) -> list[SourceColumn] | None:
        """Columns of `table` or `schema.table`."""
        schema, _, name = relation.rpartition(".")
        return self._catalogue.get((schema or "main", name))

    def describe(self, query: str) -> list[SourceColumn]:
        """Columns of a query's result, without running it."""
        return [_column(row[0], row[1]) for row in self.fetch(f"describe {query}")]

    def stream(self, engine: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
        """Rows in batches, as Arrow."""
        self._batches = self._connection.sql(query).to_arrow_reader(100_000)
        engine.complete()
        engine.register(name, self._batches)

    def give_up(self, engine: duckdb.DuckDBPyConnection, name: str) -> None:
        """Releases the result as well: an open result blocks the connection."""
        super().give_up(engine, name)
        self._batches.close()

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        """A small result."""
        rows: list[tuple[Any, ...]] = self._connection.execute(query).fetchall()
        return rows

    def sent(self, column: SourceColumn) -> str:
        """Wide integers and texts of their own types as text, the rest as it is."""
        name = self.quote(column.name)
        as_text = column.type in ("HUGEINT", "UHUGEINT") or (column.kind == "text" and column.type != "VARCHAR")
        return f"{name}::varchar" if as_text else name

    def is_sent_as_text(self, column: SourceColumn) -> bool:
        """True for integers that Arrow has no type for."""
        return column.type in ("HUGEINT", "UHUGEINT")

    def instant(self, moment: datetime, kind: Kind) -> str | None:
        """A timestamp literal."""
        zone = "+00" if kind == "timestamptz" else ""
        return f"{kind} {quoted(moment.isoformat(sep=' ') + zone)}"

    def before_all(self, expression: str) -> str | None:
        """What is minus infinity."""
        return f"{expression} = '-infinity'"

    def said(self, error: Exception) -> str | None:
        """The engine's words."""
        return re.sub(r"\s+", " ", str(error)).strip() if isinstance(error, duckdb.Error) else None


def close_to_the_outside(connection: duckdb.DuckDBPyConnection, timezone: str, files: Sequence[Path] = ()) -> None:
    """Limits the connection to its own file and `files`, without network access, in a zone, and locks these settings."""
    connection.execute(f"set TimeZone = {quoted(timezone)}")
    # The engine asks for a file as a pattern that matches only this file, and opens it by its name.
    allowed = [*map(quoted, files), *map(file_read, files)]
    connection.execute(f"set allowed_paths = [{', '.join(allowed)}]")
    for setting in ("enable_external_access = false", "python_enable_replacements = false", "lock_configuration = true"):
        connection.execute(f"set {setting}")


def _column(name: str, kind: str) -> SourceColumn:
    if kind.startswith("DECIMAL"):
        return SourceColumn(name, kind, "decimal")
    return SourceColumn(name, kind, "text" if kind.startswith("ENUM") else _KINDS.get(kind, "other"))
