"""MySQL and MariaDB as a source engine. The driver is imported when a source is opened."""

from __future__ import annotations

from ingestion.sources.source_engine import SourceEngine, opener

ENGINE = SourceEngine(
    address="mysql://USER@HOST:PORT/DATABASE",
    reads="MySQL 8 or newer, MariaDB 10.6 or newer: tables and views",
    opens=opener("mysql.source:MySqlSource"),
    opens_tables=opener("mysql.source:MySqlSource"),
    dialect="mysql",
    schemes=("mysql", "mariadb"),
)
