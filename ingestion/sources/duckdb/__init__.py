"""A DuckDB database file as a source engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.sources.source_engine import SourceEngine

if TYPE_CHECKING:
    from ingestion.sources.duckdb.source import DuckDbSource


def _open(address: str, encoding: str) -> DuckDbSource:
    from ingestion.sources.duckdb.source import DuckDbSource

    return DuckDbSource(Path(address))


ENGINE = SourceEngine(
    address="a DuckDB file",
    reads="its tables and views; the file is recognised by its content, not its name",
    opens=_open,
    opens_tables=_open,
    dialect="duckdb",
    # A checksum of eight bytes comes first.
    recognises=lambda path, head: head[8:12] == b"DUCK",
)
