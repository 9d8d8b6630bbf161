"""A DuckDB database file as a source engine."""

from __future__ import annotations

from pathlib import Path

from ingestion.sources.source_engine import SourceEngine, opener

ENGINE = SourceEngine(
    address="a DuckDB file",
    reads="its tables and views; the file is recognised by its content, not its name",
    opens=opener("duckdb.source:DuckDbSource", takes=Path),
    opens_tables=opener("duckdb.source:DuckDbSource", takes=Path),
    dialect="duckdb",
    # A checksum of eight bytes comes first.
    recognises=lambda path, head: head[8:12] == b"DUCK",
)
