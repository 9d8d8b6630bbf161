"""Which kind of source an address means: a database by its URL, a file or a folder by its path, a plan by its ending."""

from __future__ import annotations

from pathlib import Path

from glassbook.errors import InputError
from ingestion.mapping import Mapping
from ingestion.sources.database import DatabaseSource
from ingestion.sources.folder.offered_files import AUTO
from ingestion.sources.folder.source import FolderSource
from ingestion.sources.table import Source
from ingestion.sources.targets.source import ENDINGS, TargetsFile

_SQLITE = b"SQLite format 3\x00"
_DUCKDB = b"DUCK"
"""What a file of each begins with; DuckDB's at the ninth byte."""


def open_source(address: str, mapping: Mapping | None = None, encoding: str = AUTO) -> Source:
    """The source of an address, read through a mapping where one is given; `encoding` is that of its CSV files.

    Raises InputError for a kind that is not known.
    """
    if "://" not in address and Path(address).suffix.lower() in ENDINGS and Path(address).is_file():
        return TargetsFile(Path(address))
    if "://" not in address and mapping is None and not _is_database_file(Path(address)):
        return FolderSource(Path(address), encoding)
    return open_database(address, encoding)


def open_database(address: str, encoding: str = AUTO) -> DatabaseSource:
    """A source with tables and columns of its own names: a database, or the files of a folder as if they were one.

    Raises InputError for a kind that is not known. Drivers are imported here: loading a folder needs none.
    """
    scheme, is_url, _ = address.partition("://")
    if scheme in ("postgresql", "postgres") and is_url:
        from ingestion.sources.postgresql.source import PostgresSource

        return PostgresSource(address)
    if scheme in ("mysql", "mariadb") and is_url:
        from ingestion.sources.mysql.source import MySqlSource

        return MySqlSource(address)
    if is_url:
        raise InputError(
            found=f"an address that begins with {scheme}://",
            where="--source",
            expected="postgresql://USER@HOST/DATABASE, mysql://USER@HOST/DATABASE, or the path of a DuckDB or SQLite file or of a folder",
            remedy="Name one of these; other databases can be exported to a folder.",
        )
    path = Path(address)
    head = _head(path)
    if head.startswith(_SQLITE):
        from ingestion.sources.sqlite.source import SqliteSource

        return SqliteSource(path)
    if head[8:12] == _DUCKDB:
        from ingestion.sources.duckdb.source import DuckDbSource

        return DuckDbSource(path)
    from ingestion.sources.folder.tables import FolderTables

    return FolderTables(path, encoding)


def _is_database_file(path: Path) -> bool:
    head = _head(path)
    return head.startswith(_SQLITE) or head[8:12] == _DUCKDB


def _head(path: Path) -> bytes:
    if not path.is_file():
        return b""
    with path.open("rb") as handle:
        return handle.read(16)
