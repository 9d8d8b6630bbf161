"""Writes that survive a loss of power, and locks for what only one process may do at a time.

Belongs here: the calls of the operating system that the rest must get right. Does not: which file is written when.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BLOCK = 1 << 20


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Locks the file `lock`, which is made with its folder if missing; another process that asks for it waits."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def is_held(lock: Path) -> bool:
    """Whether another process, or another handle of this one, has the file `lock` locked now."""
    if not lock.exists():
        return False
    with lock.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def write_synced(path: Path, content: bytes) -> None:
    """Writes a file that is on the disk when this returns; its name is when `sync_folder` has returned as well."""
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def append_synced(path: Path, content: bytes) -> None:
    """Adds to the end of a file; it is on the disk when this returns."""
    with path.open("ab") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def append_line(path: Path, line: str) -> None:
    """Adds a line to a log; it is on the disk when this returns. It starts on a new line even after one that a kill cut short."""
    content = line.encode() + b"\n"
    append_synced(path, content if _ends_whole(path) else b"\n" + content)


def sync_file(path: Path) -> None:
    """Syncs a file to disk; other code may write to it meanwhile."""
    _sync(path)


def sync_folder(folder: Path) -> None:
    """Syncs a folder, so that renames in it survive a loss of power."""
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _ends_whole(log: Path) -> bool:
    """Whether the last line of a log is complete."""
    if not log.is_file() or not log.stat().st_size:
        return True
    with log.open("rb") as handle:
        handle.seek(-1, 2)
        return handle.read(1) == b"\n"


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def copy_hashed(source: Path, target: Path) -> str:
    """Copies a file and returns the SHA-256 of what was copied, which is read once."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("wb") as writer:
        while block := reader.read(_BLOCK):
            digest.update(block)
            writer.write(block)
    return digest.hexdigest()
