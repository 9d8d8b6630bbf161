"""A SQLite database file as a source engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.sources.source_engine import SourceEngine

if TYPE_CHECKING:
    from ingestion.sources.sqlite.source import SqliteSource


def _open(address: str, encoding: str) -> SqliteSource:
    from ingestion.sources.sqlite.source import SqliteSource

    return SqliteSource(Path(address))


ENGINE = SourceEngine(
    address="a SQLite file",
    reads="its tables and views; the file is recognised by its content, not its name",
    opens=_open,
    opens_tables=_open,
    dialect="sqlite",
    recognises=lambda path, head: head == b"SQLite format 3\x00",
)
