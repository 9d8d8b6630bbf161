"""Restores the load log as far as the home itself proves its content: each entry is stored at two places and chained to the one before.

Belongs here: the proof, and writing entries back. Does not: finding what is wrong with a log (`glassbook.lake.log`), files of rows, which
have one copy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from glassbook.chained_file import ChainBroken, Record, canonical
from glassbook.disk import sync_folder, write_synced
from glassbook.json_text import parse_json
from glassbook.lake.log import (
    LogBroken,
    as_linked,
    as_text,
    entry_path,
    entry_problem,
    is_unchained,
    missed_by_snapshots,
    read_entries,
    second_place,
    without_links,
)
from glassbook.settings import Settings
from ingestion.loading.lake_writer import free_place, only_writer


def repair(settings: Settings) -> list[str]:
    """Restores what one place of the log lost and the other holds. Returns what was done, one sentence each; empty when all is well.

    Nothing is thrown away: what was there is set aside in the lake. Raises LogBroken for an entry that neither place proves, or on which
    the two differ.
    """
    with only_writer(settings):
        proven = _proven(settings)
        problem = missed_by_snapshots(settings, [record["load_id"] for record in proven])
        done = _restore_entries(settings, proven) + _restore_second_place(settings, proven)
        read_entries(settings)
        if problem is not None:
            raise LogBroken(problem)
        return done


def _proven(settings: Settings) -> list[Record]:
    """Every entry that one of the two places holds and that follows from the entry before."""
    lake = [_parsed(entry_path(settings, number)) for number in range(1, max(_numbers(settings), default=0) + 1)]
    copies = _copies(settings)
    head = _head(settings)
    length = max(len(lake), len(copies), head[0] if head else 0)
    found = [_chain(length, first, second) for first, second in ((lake, copies), (copies, lake))]
    whole = [chain for chain in found if len(chain) == length]
    if len(whole) == 2 and whole[0] != whole[1]:
        # The file that names the newest entry decides between the two.
        whole = [chain for chain in whole if head and chain[head[0] - 1]["hash"] == head[1]]
        if len(whole) != 1:
            raise LogBroken(
                f"{entry_path(settings, length)} and entry {length} of {second_place(settings).path} belong to different logs, and each "
                "holds by itself: one was replaced. Restore both from a backup of one day."
            )
    if not whole:
        lost = max(map(len, found)) + 1
        raise LogBroken(
            f"entry {lost} holds neither in {entry_path(settings, lost)} nor in {second_place(settings).path}. Restore one of them from a "
            "backup, then run `glassbook repair` again."
        )
    return whole[0]


def _chain(length: int, first: Sequence[Record | None], second: Sequence[Record | None]) -> list[Record]:
    """The chain of entries, each from `first` if it is valid there, else from `second`; up to the first that is valid in neither."""
    chain: list[Record] = []
    for number in range(1, length + 1):
        previous = chain[-1]["hash"] if chain else None
        candidates = (place[number - 1] if number <= len(place) else None for place in (first, second))
        found = next(filter(None, (_follows(record, number, previous) for record in candidates)), None)
        if found is None:
            break
        chain.append(found)
    return chain


def _follows(record: Record | None, number: int, previous: str | None) -> Record | None:
    if record is None or entry_problem(record, number, previous) is not None:
        return None
    return as_linked(record, number, previous)


def _numbers(settings: Settings) -> list[int]:
    return [int(path.stem) for path in entry_path(settings, 1).parent.glob("*.json") if path.stem.isdecimal()]


def _parsed(path: Path) -> Record | None:
    try:
        record = parse_json(path.read_bytes())
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def _copies(settings: Settings) -> list[Record | None]:
    """The lines of the second place, each as far as it can be read."""
    path = second_place(settings).path
    if not path.is_file():
        return []
    found: list[Record | None] = []
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            record = parse_json(line)
        except ValueError:
            record = None
        found.append(record if isinstance(record, dict) else None)
    return found


def _head(settings: Settings) -> tuple[int, str] | None:
    try:
        return second_place(settings).head()
    except ChainBroken:
        return None


def _restore_entries(settings: Settings, proven: Sequence[Record]) -> list[str]:
    done = []
    for number, record in enumerate(proven, start=1):
        path = entry_path(settings, number)
        there = _parsed(path)
        if there is not None and (there == record or (is_unchained(there) and there == without_links(record))):
            continue
        was = "was missing"
        if path.exists():
            was = f"was not as it was written, and lies in {_moved(settings, path)} now"
        temporary = path.with_name(f".{path.name}.part")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_synced(temporary, as_text(record))
        temporary.replace(path)
        sync_folder(path.parent)
        done.append(f"{path}: {was}; put back from {second_place(settings).path}")
    return done


def _restore_second_place(settings: Settings, proven: Sequence[Record]) -> list[str]:
    place = second_place(settings)
    text = b"".join(canonical(record) + b"\n" for record in proven)
    if not proven or (place.path.is_file() and place.path.read_bytes() == text and _head(settings) == (len(proven), proven[-1]["hash"])):
        return []
    was = "was missing"
    if place.path.is_file() and place.path.read_bytes() != text:
        target = free_place(settings, settings.lake_dir / "log" / place.path.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_synced(target, place.path.read_bytes())
        was = f"was not as the log says, and lies in {target} now"
    elif place.path.is_file():
        was = "had lost the file that names its newest entry"
    place.path.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.path.with_name(f".{place.path.name}.part")
    write_synced(temporary, text)
    temporary.replace(place.path)
    place.write_head(proven[-1])
    sync_folder(place.path.parent)
    return [f"{place.path}: {was}; written again from the entries of the lake"]


def _moved(settings: Settings, path: Path) -> Path:
    target = free_place(settings, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)
    sync_folder(target.parent)
    return target
