"""A file of the lake: its form, and how it comes to its place whole or not at all.

Belongs here: writing. Does not: which rows are written (`arrival`, `rejudging`).
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import duckdb

from glassbook.disk import sync_folder
from ingestion.conversion import quoted

FORM = "format parquet, parquet_version v2, compression zstd"
"""Parquet's second version keeps numbers and instants as differences: fewer bytes, in less time to write and to read."""


def write_file(engine: duckdb.DuckDBPyConnection, target: Path, query: str) -> tuple[str, int]:
    """Writes a Parquet file whole or not at all; returns its SHA-256 and size in bytes."""
    temporary = target.with_name(target.name + ".part")
    target.parent.mkdir(parents=True, exist_ok=True)
    engine.execute(f"copy ({query}) to {quoted(temporary)} ({FORM})")
    return keep(temporary, target)


def keep(written: Path, target: Path) -> tuple[str, int]:
    """Moves a whole file to its place, so that it outlives a loss of power; returns its SHA-256 and size in bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with written.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
        os.fsync(handle.fileno())
    written.replace(target)
    sync_folder(target.parent)
    return digest, target.stat().st_size
