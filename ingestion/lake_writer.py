"""The lake while it is written: one writer, its engine and folder of work, and what a refused or killed load leaves behind.

Belongs here: what every writer of the lake needs around its work. Does not: what is written (`load`, `decisions`).
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from glassbook.disk import only_one
from glassbook.engine import Option, connect
from glassbook.errors import InputError
from glassbook.settings import Settings
from ingestion.quarantine import QUARANTINE


@contextmanager
def only_writer(settings: Settings) -> Iterator[None]:
    """Holds the lake's lock; a second load or decision waits for the first."""
    with only_one(settings.lake_dir / ".lock"):
        yield


@contextmanager
def engine_of(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The engine that a load works in, with a folder of its own that goes with it."""
    work = settings.lake_dir / "_work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    options: dict[str, Option] = {
        "memory_limit": settings.load_memory_limit,
        "threads": settings.threads,
        "temp_directory": str(work),
    }
    try:
        with connect(work / "load.duckdb", options=options) as connection:
            yield connection
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def full_disk_named(settings: Settings) -> Iterator[None]:
    """Raises InputError in place of the engine's or the system's own error when there is no room to write."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        if not is_full and "Could not write file" not in str(error):
            raise
        raise InputError(
            found=f"no room to write: {error}",
            where=str(settings.home),
            expected="room for what is new at the source, beside twice the largest table while it is read",
            remedy="Make room and start the load again; nothing of it became visible.",
        ) from error


@contextmanager
def swept_on_failure(settings: Settings, load_seq: int) -> Iterator[None]:
    """Removes what a refused load has written so far; what a killed one leaves goes with the next load."""
    try:
        yield
    except BaseException:
        clean(settings, load_seq)
        raise


def clean(settings: Settings, load_seq: int) -> None:
    """Removes what a killed load left behind: files of a load that never became visible."""
    number = f"{load_seq:08d}"
    for pattern in (f"*/{number}.*parquet*", f"{QUARANTINE}/*/{number}.*parquet*", "_loads/.*.part"):
        for path in settings.lake_dir.glob(pattern):
            path.unlink()
