"""A folder of files, or an archive of one, as a source engine; also used for any other path, since its errors say what is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.sources.source_engine import SourceEngine

if TYPE_CHECKING:
    from ingestion.sources.folder.source import FolderSource
    from ingestion.sources.folder.tables import FolderTables


def _open(address: str, encoding: str) -> FolderSource:
    from ingestion.sources.folder.source import FolderSource

    return FolderSource(Path(address), encoding)


def _open_tables(address: str, encoding: str) -> FolderTables:
    from ingestion.sources.folder.tables import FolderTables

    return FolderTables(Path(address), encoding)


ENGINE = SourceEngine(
    address="a folder, or a .zip of one",
    reads="`<table>.parquet`, `.csv` or `.xlsx`, each also as `.gz`, `.bz2`, `.xz` or `.zip`, or a folder `<table>/` of such files",
    opens=_open,
    opens_tables=_open_tables,
    # The files are read through views of the engine that loads.
    dialect="duckdb",
    takes_the_rest=True,
)
