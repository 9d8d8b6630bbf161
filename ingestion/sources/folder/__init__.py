"""A folder of files, or an archive of one, as a source engine; also used for any other path, since its errors say what is there."""

from __future__ import annotations

from pathlib import Path

from ingestion.sources.source_engine import SourceEngine, opener

ENGINE = SourceEngine(
    address="a folder, or a .zip of one",
    reads="`<table>.parquet`, `.csv` or `.xlsx`, each also as `.gz`, `.bz2`, `.xz` or `.zip`, or a folder `<table>/` of such files",
    opens=opener("folder.source:FolderSource", takes=Path, with_encoding=True),
    opens_tables=opener("folder.tables:FolderTables", takes=Path, with_encoding=True),
    # The files are read through views of the engine that loads.
    dialect="duckdb",
    takes_the_rest=True,
)
