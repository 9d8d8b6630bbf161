"""A file of the lake: its format, and how it is written atomically.

Belongs here: writing. Does not: which rows are written (`table_loading`, `holding_back`, `rejudging`).
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

from glassbook.disk import sync_folder
from glassbook.errors import InputError
from glassbook.settings import Settings
from glassbook.sql_paths import file_written

FORM = "format parquet, parquet_version v2, compression zstd"
"""Parquet's second version stores numbers and instants as differences: fewer bytes, faster to write and to read."""


@dataclass(frozen=True)
class Written:
    """A file that was written: its path below the lake, its SHA-256 and its size in bytes."""

    path: str
    sha256: str
    bytes: int


def write_file(settings: Settings, engine: duckdb.DuckDBPyConnection, path: str, query: str) -> Written:
    """Writes a Parquet file atomically at `path` below the lake. Raises InputError if a file is there already."""
    target = settings.lake_dir / path
    temporary = target.with_name(target.name + ".part")
    target.parent.mkdir(parents=True, exist_ok=True)
    engine.execute(f"copy ({query}) to {file_written(temporary)} ({FORM})")
    return keep(settings, temporary, path)


def keep(settings: Settings, written: Path, path: str) -> Written:
    """Moves a complete file to `path` below the lake, safe against a power failure. Raises InputError if a file is there already."""
    target = settings.lake_dir / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with written.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
        os.fsync(handle.fileno())
    if target.exists():
        raise InputError(
            found="a file that this load did not write",
            where=str(target),
            expected="no file of that name: files of the lake are never written over",
            remedy="Move it out of the lake and keep it; then load again.",
        )
    written.replace(target)
    sync_folder(target.parent)
    return Written(path, digest, target.stat().st_size)
