"""PostgreSQL as a source engine. The driver is imported when a source is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestion.sources.source_engine import SourceEngine

if TYPE_CHECKING:
    from ingestion.sources.postgresql.source import PostgresSource


def _open(address: str, encoding: str) -> PostgresSource:
    from ingestion.sources.postgresql.source import PostgresSource

    return PostgresSource(address)


ENGINE = SourceEngine(
    address="postgresql://USER@HOST:PORT/DATABASE",
    reads="PostgreSQL 12 or newer: tables and views",
    opens=_open,
    opens_tables=_open,
    dialect="postgres",
    schemes=("postgresql", "postgres"),
)
