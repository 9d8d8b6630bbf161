"""Which files of the lake a build compares with the load log before it reads them.

Belongs here: choosing them. Does not: the comparison (`glassbook.lake.comparison`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from glassbook.lake.loads import Load, files_of

Files = dict[str, str | None]
"""Path below the lake, and recorded SHA-256."""

# Of the files that a daily build does not read, each build compares one in this many: with one build per day, all of them once a month.
_SHARES = 30


def files_of_a_start(loads: Sequence[Load], seen_load_seq: int) -> Files:
    """What every build reads first: files of the loads after the seen one, and from all loads the files that hold rows back or remove them.

    A share of the other files is added, a different one with each load. A build from nothing (`seen_load_seq` 0) compares all files.
    """
    files, new = files_of(loads), files_of(load for load in loads if load.load_seq > seen_load_seq)
    rows = {part.path for load in loads for part in load.tables.values() if part.path}
    rest = sorted(rows - new.keys())
    share = set(rest[len(loads) % _SHARES :: _SHARES])
    return {path: digest for path, digest in files.items() if path in new or path not in rows or path in share}


def files_of_tables(loads: Sequence[Load], tables: Collection[str], compared: Files) -> Files:
    """The files of tables that are read whole, except those already compared."""
    return {path: digest for path, digest in files_of(loads, tables).items() if path not in compared}
