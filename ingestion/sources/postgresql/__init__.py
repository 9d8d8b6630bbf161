"""PostgreSQL as a source engine. The driver is imported when a source is opened."""

from __future__ import annotations

from ingestion.sources.source_engine import SourceEngine, opener

ENGINE = SourceEngine(
    address="postgresql://USER@HOST:PORT/DATABASE",
    reads="PostgreSQL 12 or newer: tables and views",
    opens=opener("postgresql.source:PostgresSource"),
    opens_tables=opener("postgresql.source:PostgresSource"),
    dialect="postgres",
    schemes=("postgresql", "postgres"),
)
