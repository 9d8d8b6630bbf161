"""MySQL and MariaDB as a source engine. The driver is imported when a source is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestion.sources.source_engine import SourceEngine

if TYPE_CHECKING:
    from ingestion.sources.mysql.source import MySqlSource


def _open(address: str, encoding: str) -> MySqlSource:
    from ingestion.sources.mysql.source import MySqlSource

    return MySqlSource(address)


ENGINE = SourceEngine(
    address="mysql://USER@HOST:PORT/DATABASE",
    reads="MySQL 8 or newer, MariaDB 10.6 or newer: tables and views",
    opens=_open,
    opens_tables=_open,
    dialect="mysql",
    schemes=("mysql", "mariadb"),
)
