"""A SQLite database file, opened read-only in one transaction.

Belongs here: SQLite's catalogue, and its types, which belong to values rather than columns. Does not: the SELECT of a table (`database`).
Values travel as text, and dates and instants, which SQLite has no type for, are texts. SQLite keeps a decimal that is no whole number as
binary floating point; its text of 15 digits is the decimal that was written, and one that needs more digits is refused.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote as url_quoted

import duckdb
import pyarrow as pa

from glassbook.errors import InputError
from ingestion.mapping.conversion import Kind
from ingestion.sources.database import DatabaseSource
from ingestion.sources.declared import Relation, SourceColumn
from ingestion.sources.sqlite import ENGINE
from ingestion.sources.sqlite.text_rows import text_batch, text_schema

_BATCH_ROWS = 20_000
# In this order, as SQLite itself finds the affinity of a declared type; instants, which it does not know, come first.
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("BOOL", "integer"),
    ("DATE", "text"),
    ("TIME", "text"),
    ("INT", "integer"),
    ("CHAR", "text"),
    ("CLOB", "text"),
    ("TEXT", "text"),
    ("BLOB", "other"),
    ("REAL", "float"),
    ("FLOA", "float"),
    ("DOUB", "float"),
    ("DEC", "numeral"),
    ("NUM", "numeral"),
)
_READING = {
    *(sqlite3.SQLITE_READ, sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE),
    *(sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_CREATE_TEMP_VIEW),
}
_OWN_WRITES = {(sqlite3.SQLITE_INSERT, "sqlite_temp_master")} | {
    (sqlite3.SQLITE_UPDATE, name) for name in ("sqlite_master", "sqlite_temp_master")
}
# One more than the whole units that an amount of money may have (decimal(18, 2)).
_BEYOND_MONEY = 10**16
_PRAGMAS = {"table_info", "table_xinfo", "foreign_key_list"}
_REACHING = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}


class SqliteSource(DatabaseSource):
    """A SQLite database file."""

    kind_of_database = "SQLite"
    dialect = ENGINE.dialect
    how_to_name_schema = ""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._views = itertools.count(1)

    @property
    def name(self) -> str:
        """The file's own name."""
        return self._path.name

    def __enter__(self) -> Self:
        address = f"file:{url_quoted(str(self._path.resolve()))}?mode=ro"
        try:
            # The engine fetches from threads of its own, one at a time.
            self._connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
            self._connection.set_authorizer(_authorized)
            self.fetch("begin")
            # A transaction sees the moment of its first read.
            self.fetch("select count(*) from sqlite_master")
        except sqlite3.Error as error:
            if self._connection is not None:
                self._connection.close()
            raise InputError(
                found=str(error), where=str(self._path), expected="a whole SQLite file that may be read", remedy="Copy the file again."
            ) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._connection is not None
        self._connection.close()

    @cached_property
    def _catalogue(self) -> dict[str, list[SourceColumn]]:
        names = [
            name for (name,) in self.fetch("select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%'")
        ]
        return {name: self._columns_in(name) for name in names}

    def _columns_in(self, relation: str) -> list[SourceColumn]:
        return [_column(row[1], row[2]) for row in self.fetch(f"pragma table_xinfo({self.quote(relation)})")]

    def relations(self) -> list[Relation]:
        """Every table and view."""
        found = []
        for name, columns in self._catalogue.items():
            shape = self.fetch(f"pragma table_info({self.quote(name)})")
            key = tuple(row[1] for row in sorted(shape, key=lambda row: row[5]) if row[5])
            foreign = tuple((row[3], row[2], row[4] or "") for row in self.fetch(f"pragma foreign_key_list({self.quote(name)})"))
            found.append(Relation(name, tuple(columns), key, foreign))
        return found

    def columns_of(self, relation: str) -> list[SourceColumn] | None:
        """Columns of a table or view."""
        return self._catalogue.get(relation)

    def describe(self, query: str) -> list[SourceColumn]:
        """Columns of a query's result with the types that tables declare; a computed one has none and is text."""
        view = f"described_{next(self._views)}"
        self.fetch(f"create temporary view {view} as {query}")
        columns = self._columns_in(view)
        names = {column.name for column in columns}
        # A view renames a second column of the same name; the query itself does not.
        first = [name if (name := re.sub(r":\d+$", "", column.name)) in names else column.name for column in columns]
        return [replace(column, name=name) for column, name in zip(columns, first, strict=True)]

    def stream(self, engine: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
        """Rows in batches."""
        assert self._connection is not None
        cursor = self._connection.execute(query)
        schema = text_schema([column[0] for column in cursor.description])

        def batches() -> Iterator[pa.RecordBatch]:
            while rows := cursor.fetchmany(_BATCH_ROWS):
                yield text_batch(rows, schema)

        engine.complete()
        engine.register(name, pa.RecordBatchReader.from_batches(schema, batches()))

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        """A small result."""
        assert self._connection is not None
        return self._connection.execute(query).fetchall()

    def sent(self, column: SourceColumn) -> str:
        """As text. A number with more digits than SQLite's own text of it is sent in a form that is no decimal, so that it is refused."""
        name = self.quote(column.name)
        is_rounded = f"typeof({name}) = 'real' and cast(cast({name} as text) as real) <> {name}"
        return f"iif({is_rounded}, printf('%!.16e', {name}), cast({name} as text))"

    def is_sent_as_text(self, column: SourceColumn) -> bool:
        """Everything is."""
        return True

    def summed(self, column: SourceColumn) -> str | None:
        """In hundredths, as whole numbers: any other sum would be rounded. A value with more decimals is refused when it is read. One that
        the contract's type cannot hold goes to quarantine: SQLite's sum, which has 64 bits, would end with an error."""
        name = self.quote(column.name)
        hundredths = f"sum(case when abs({name}) < {_BEYOND_MONEY} then cast(round({name} * 100) as integer) end)"
        return f"printf('%s%d.%02d', iif({hundredths} < 0, '-', ''), abs({hundredths}) / 100, abs({hundredths}) % 100)"

    def instant(self, moment: datetime, kind: Kind) -> str | None:
        """None: instants are texts of many formats, so every load compares all rows."""
        return None

    def said(self, error: Exception) -> str | None:
        """SQLite's words."""
        return re.sub(r"\s+", " ", str(error)).strip() if isinstance(error, sqlite3.Error | duckdb.Error) else None


def _authorized(action: int, first: str | None, second: str | None, database: str | None, _: str | None) -> int:
    """Whether SQLite may do it: read, or make a temporary view; no other file is ever opened."""
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if (second or "").lower() in _REACHING else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if first in _PRAGMAS else sqlite3.SQLITE_DENY
    # What SQLite itself does to store a temporary view and to declare what `json_each` gives; both in memory.
    is_own = (action, first) in _OWN_WRITES
    return sqlite3.SQLITE_OK if action in _READING or is_own else sqlite3.SQLITE_DENY


def _column(name: str, declared: str) -> SourceColumn:
    kind = next((kind for word, kind in _KINDS if word in declared.upper()), "text" if not declared else "numeral")
    return SourceColumn(name, declared.lower() or "computed", kind)
