"""Records the statements that readers send to databases while a test runs.

Belongs here: listening to connections. Does not: which statements a test expects.
"""

from __future__ import annotations

import re
from typing import Any

import duckdb
import pytest


class Asked:
    """The statements sent over connections that were opened since."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.statements: list[str] = []
        opened = duckdb.connect
        monkeypatch.setattr(duckdb, "connect", lambda *args, **more: _Listening(opened(*args, **more), self.statements))

    @property
    def words(self) -> set[str]:
        """Every word of them, names of relations and columns among them."""
        return {word for statement in self.statements for word in re.findall(r"\w+", statement)}


class _Listening:
    """A connection that records its statements."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, statements: list[str]) -> None:
        self._connection, self._statements = connection, statements

    def execute(self, query: str, *args: Any) -> Any:
        self._statements.append(query)
        answer = self._connection.execute(query, *args)
        return self if answer is self._connection else answer

    def cursor(self) -> _Listening:
        return _Listening(self._connection.cursor(), self._statements)

    def __enter__(self) -> _Listening:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)
