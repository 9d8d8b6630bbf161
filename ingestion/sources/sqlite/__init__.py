"""A SQLite database file as a source engine."""

from __future__ import annotations

from pathlib import Path

from ingestion.sources.source_engine import SourceEngine, opener

ENGINE = SourceEngine(
    address="a SQLite file",
    reads="its tables and views; the file is recognised by its content, not its name",
    opens=opener("sqlite.source:SqliteSource", takes=Path),
    opens_tables=opener("sqlite.source:SqliteSource", takes=Path),
    dialect="sqlite",
    recognises=lambda path, head: head == b"SQLite format 3\x00",
)
