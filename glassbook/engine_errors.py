"""A full disk, too little memory, a missing or damaged file: turns errors of the engine and the system into messages that say what to do.

Belongs here: distinguishing these errors. Does not: printing (`cli`), damage that a reader can describe more exactly (`snapshots`).
"""

from __future__ import annotations

import errno
import re
from pathlib import Path

from glassbook.errors import InputError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_ROOM_WORDS = (
    *("No space left", "Could not write file", "Could not truncate file", "max_temp_directory_size", "Disk quota", "File too large"),
)
# The engine's error classes, by name: a command that reads no database has not loaded them. A damaged block raises any of the first
# four; a failed check inside the engine raises one of the last two, as does any statement after it.
_OF_FILES = {"IOException", "SerializationException", "Error", "DatabaseError", "InternalException", "FatalException"}
_NO_PARQUET = ("Parquet", "magic bytes", "No files found that match")
_HELD = "Could not set lock on file"
_PATH = re.compile(r"""["'](/[^"'\n]*)["']""")


def is_full_disk(error: BaseException) -> bool:
    """Whether there was no room to write."""
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    return _is_of_engine(error) and any(words in str(error) for words in _NO_ROOM_WORDS)


def no_room(error: BaseException, where: str, remedy: str) -> InputError:
    """The message about a full disk."""
    return InputError(
        found=f"no room to write: {_first_line(error)}",
        where=where,
        expected="room for the new files, and for twice the largest table while it is read",
        remedy=remedy,
    )


def in_our_words(error: BaseException, home: Path | None) -> InputError | None:
    """The message about an error of the engine or the system that any command may meet; None for other errors."""
    if is_full_disk(error):
        where = str(getattr(error, "filename", None) or home)
        return no_room(error, where, "Make room and run the command again; nothing half done is left.")
    if isinstance(error, MemoryError) or (_is_of_engine(error) and type(error).__name__ == "OutOfMemoryException"):
        return InputError(
            found=f"not enough memory: {_first_line(error)}",
            where="this machine, or the settings memory_limit and load_memory_limit",
            expected="memory for one table at a time, and room to spill the rest to disk",
            remedy="Raise the limit, lower the setting threads, or end what else runs, and run the command again.",
        )
    if not _is_of_engine(error):
        return None
    text = str(error)
    named = _PATH.search(text)
    where = named[1] if named else str(home)
    if _HELD in text:
        return InputError(
            found="a database that another program has open for writing",
            where=where,
            expected="a file that nobody else writes to",
            remedy="Wait for the other command, or end the program that has it open, and run this one again.",
        )
    if type(error).__name__ in _OF_FILES or any(words in text for words in _NO_PARQUET):
        return InputError(
            found=f"a file that is missing or damaged: {_first_line(error)}",
            where=where,
            expected="the files of the home as Glassbook wrote them",
            remedy="Run `glassbook doctor`, which says what is to be restored from the backup and what a build makes again.",
        )
    return None


def _is_of_engine(error: BaseException) -> bool:
    return type(error).__module__.split(".")[0] in ("duckdb", "_duckdb")


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
