"""Writing to the lake: one writer at a time, its engine and work folder, and cleaning up after a refused or killed load.

Belongs here: what every writer of the lake needs before and after its work. Does not: what is written (`load`, `decisions`).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import duckdb

from glassbook.disk import only_one, sync_folder
from glassbook.engine import Option, connect
from glassbook.engine_errors import is_full_disk, no_room
from glassbook.in_the_way import in_the_load_log, refuse
from glassbook.lake.log import SET_ASIDE, begin_entry, end_entry, is_begun
from glassbook.settings import Settings
from ingestion.loading.held_rows import QUARANTINE


@contextmanager
def only_writer(settings: Settings) -> Iterator[None]:
    """Holds the lake's lock; a second load or decision waits for the first. Raises InputError where something stands in the log's way."""
    refuse(in_the_load_log(settings))
    with only_one(settings.lake_dir / ".lock"):
        yield


@contextmanager
def engine_of(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The engine of a load, with a work folder that is removed at the end."""
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
    """Raises InputError in place of the engine's or the system's own error when the disk is full."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        if not is_full_disk(error):
            raise
        remedy = "Make room and start the load again; nothing of it became visible."
        raise no_room(error, str(settings.home), remedy) from error


def begin(settings: Settings, load_seq: int) -> list[str]:
    """Takes the number for files that are about to be written, and makes its paths free.

    Files that a killed load of that number left are removed. Other files of that number, such as those of a lost entry, are not ours to
    remove: they are set aside, and their new paths below the lake are returned.
    """
    if is_begun(settings, load_seq):
        clean(settings, load_seq)
    set_aside = _set_aside(settings, load_seq)
    begin_entry(settings, load_seq)
    return set_aside


def notes_of_set_aside(paths: list[str]) -> list[str]:
    """The message about files that were set aside."""
    if not paths:
        return []
    return [
        f"{len(paths)} file(s) that no entry of the load log claims lay in the way and were set aside, the first at lake/{paths[0]}; "
        "if an entry was lost, restore lake/_loads and log/ from a backup of its day and put them back"
    ]


@contextmanager
def swept_on_failure(settings: Settings, load_seq: int) -> Iterator[None]:
    """Removes what a refused load has written so far. What a killed load leaves is removed by the next load."""
    try:
        yield
    except BaseException:
        clean(settings, load_seq)
        raise


def clean(settings: Settings, load_seq: int) -> None:
    """Removes the files of a load that started but never became visible."""
    for path in _numbered(settings, load_seq):
        path.unlink()
    end_entry(settings, load_seq)


def _set_aside(settings: Settings, load_seq: int) -> list[str]:
    moved = []
    for path in _numbered(settings, load_seq):
        target = free_place(settings, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
        sync_folder(target.parent)
        moved.append(str(target.relative_to(settings.lake_dir)))
    return moved


def free_place(settings: Settings, path: Path) -> Path:
    """A free path for a file of the lake in the folder of files set aside."""
    inside = path.relative_to(settings.lake_dir)
    return next(place for n in count(1) if not (place := settings.lake_dir / SET_ASIDE / str(n) / inside).exists())


def _numbered(settings: Settings, load_seq: int) -> list[Path]:
    number = f"{load_seq:08d}"
    patterns = (f"[!_]*/{number}.*parquet*", f"{QUARANTINE}/*/{number}.*parquet*")
    return sorted(path for pattern in patterns for path in settings.lake_dir.glob(pattern))
