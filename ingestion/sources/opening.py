"""Which kind of source an address means: a PostgreSQL database by its URL, a folder by its path."""

from __future__ import annotations

from pathlib import Path

from glassbook.errors import InputError
from ingestion.mapping import Mapping
from ingestion.sources.folder import FolderSource
from ingestion.sources.table import Source


def open_source(address: str, mapping: Mapping | None = None) -> Source:
    """The source of an address, read through a mapping where one is given. Raises InputError for a kind that is not known."""
    scheme, is_url, _ = address.partition("://")
    if not is_url:
        if mapping is not None:
            raise InputError(
                found="a mapping for a folder of files",
                where=address,
                expected="files in the contract's own shape; a mapping is for a database",
                remedy="Leave --mapping out, or load the files into a database first.",
            )
        return FolderSource(Path(address))
    if scheme in ("postgresql", "postgres"):
        # Imported here: loading a folder needs no database driver.
        from ingestion.sources.postgresql import PostgresSource

        return PostgresSource(address)
    if scheme in ("mysql", "mariadb"):
        from ingestion.sources.mysql import MySqlSource

        return MySqlSource(address)
    raise InputError(
        found=f"an address that begins with {scheme}://",
        where="--source",
        expected="a folder of Parquet or CSV files, postgresql://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE",
        remedy="Name one of these; other databases can be exported to a folder.",
    )
