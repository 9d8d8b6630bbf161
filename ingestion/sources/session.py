"""One session with a database: what each engine says and does in its own language, and what most of them have in common there.

Belongs here: the questions that a load asks of any database. Does not: their order, and what is made of the answers (`database`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import duckdb

from ingestion.mapping import TableMapping
from ingestion.mapping.conversion import Kind
from ingestion.sources.away import NOT_NOW
from ingestion.sources.declared import Relation, SourceColumn
from ingestion.sources.receiving import Taken


class DatabaseSession(ABC):
    """A database in one read-only transaction at one moment; `dialect` is sqlglot's name of its SQL."""

    kind_of_database: str
    dialect: str
    how_to_name_schema: str
    timezone: str = "UTC"
    """Zone of what the database keeps without one, as the mapping says; set before it is opened."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Kind, host and database, without user and password."""

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    @abstractmethod
    def relations(self) -> list[Relation]:
        """Every table and view that this user may see, for a draft of a mapping."""

    @abstractmethod
    def columns_of(self, relation: str) -> list[SourceColumn] | None:
        """Columns of a table or view, or None when there is none of that name."""

    @abstractmethod
    def describe(self, query: str) -> list[SourceColumn]:
        """Columns of a query's result, without running it."""

    @abstractmethod
    def stream(self, engine: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
        """Registers the query's rows in the engine under a name, to be read once."""

    def give_up(self, engine: duckdb.DuckDBPyConnection, name: str) -> None:
        """Ends a stream that stopped at a value that cannot be read, so that the next query can run."""
        engine.complete()
        engine.unregister(name)

    @abstractmethod
    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        """A small result."""

    @abstractmethod
    def said(self, error: Exception) -> str | None:
        """The server's own words in one line, without secrets; None for an error that is not the server's."""

    def is_away(self, error: Exception) -> bool:
        """Whether no server answered, or one that is not ready now, so that the same call may succeed later."""
        return NOT_NOW.search(self.said(error) or "") is not None

    def quote(self, identifier: str) -> str:
        """An identifier in the database's own quotes, double ones as the standard has it."""
        return '"' + identifier.replace('"', '""') + '"'

    def rights_beside_reading(self) -> list[str]:
        """What the login may do besides reading, one sentence each; none where there is no login."""
        return []

    @abstractmethod
    def sent(self, column: SourceColumn) -> str:
        """The column, by its name, as it must be sent so that nothing is lost."""

    def is_sent_as_text(self, column: SourceColumn) -> bool:
        """Whether the column's values come as text, whatever they are."""
        return False

    def summed(self, column: SourceColumn) -> str | None:
        """The exact sum of a column, by its name, as a number or its text; None where the database can only round."""
        return f"sum({self.quote(column.name)})"

    @abstractmethod
    def instant(self, moment: datetime, kind: Kind) -> str | None:
        """A literal to compare a column of a kind with; `moment` is local time for a column without zone, UTC for one with. None: comparing
        is impossible."""

    def before_all(self, expression: str) -> str | None:
        """A condition that finds instants which are on no calendar and come before all others, so that no cursor reaches them; None where
        the database has none."""
        return None

    def require_same_instants(self, mapping: TableMapping, taken: Sequence[Taken], kinds: Mapping[str, SourceColumn], where: str) -> None:
        """Raises InputError for SQL of a mapping that would mean another instant in this session than the mapping says."""
        zoned = [one for one in taken if (one.rule.timezone or mapping.timezone) != self.timezone and one.column.type in ("date", "time")]
        own = [one for one in zoned if one.rule.sql is not None or mapping.query is not None]
        if own:
            from ingestion.sources.session_zones import require_named_zones  # imports a parser

            require_named_zones(self, mapping, own, kinds, where)

    def answer(self, expression: str) -> Any:
        """The value of an expression of a mapping that is no column's; an instant with a zone is told with it."""
        rows = self.fetch(f"select ({expression}\n)")
        return rows[0][0] if rows else None

    def relation_sql(self, name: str) -> str:
        """A table's name, with its schema where it has one, quoted."""
        return ".".join(self.quote(part) for part in name.split("."))
