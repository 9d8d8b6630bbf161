"""The lake's load log on disk: one file per entry, chained by hashes, and a second copy of all entries at another place of the home.

Entry 7 is `lake/_loads/00000007.json`; it names the hash of entry 6, and `log/loads.jsonl` holds it too. So the loss of any entry, even the
newest, is noticed and it can be restored. Belongs here: reading and adding entries of any content, and what is wrong with them.
Does not: what an entry means (`glassbook.lake.loads`), restoring one (`ingestion.loading.repair`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from glassbook.chained_file import ChainBroken, ChainedFile, HeldChain, Record, holds, linked, proven_record
from glassbook.disk import sync_folder, write_synced
from glassbook.errors import CheckFailed
from glassbook.faults import checkpoint
from glassbook.in_the_way import in_the_load_log
from glassbook.json_text import parse_json
from glassbook.settings import Settings

LOADS = "_loads"
SET_ASIDE = "_set_aside"
"""Folder of the lake for files that no entry of the log names, or that do not match their entry."""
_ENTRY = re.compile(r"[0-9]+\.json")
_LINKS = ("sequence", "previous_hash", "hash")
_HEAL = "`glassbook repair` puts it back from the other place where it stands"


class LogBroken(CheckFailed):
    """The load log is damaged; the message names the file, what is wrong, and what to do."""


def entry_path(settings: Settings, number: int) -> Path:
    """File of an entry."""
    return settings.lake_dir / LOADS / f"{number:08d}.json"


def second_place(settings: Settings) -> ChainedFile:
    """The second copy of the entries."""
    return ChainedFile(settings.log_dir / "loads.jsonl")


def read_entries(settings: Settings) -> list[Record]:
    """Every entry, oldest first; none where nothing was loaded. Raises LogBroken."""
    records, problem = examine_entries(settings)
    if problem is not None:
        raise LogBroken(f"the load log is not as it was written: {problem}")
    return records


def examine_entries(settings: Settings) -> tuple[list[Record], str | None]:
    """The valid entries, oldest first, and what is wrong with the first invalid one, with what to do, or None."""
    obstacle = in_the_load_log(settings)
    if obstacle is not None:
        return [], str(obstacle)
    place = second_place(settings)
    while True:
        try:
            head = place.head()
        except ChainBroken as error:
            return [], f"{error} {_HEAL}."
        records, problem = _chained(settings)
        # A load may have ended between the two readings.
        try:
            if place.head() == head:
                break
        except ChainBroken:
            continue
    return records, problem or _against_head(settings, place, records, head)


def require_known(settings: Settings, load_ids: Sequence[str]) -> None:
    """Raises LogBroken where a published snapshot was built from a load that the log, with these loads, lacks or has with other content."""
    problem = missed_by_snapshots(settings, load_ids)
    if problem is not None:
        raise LogBroken(problem)


def missed_by_snapshots(settings: Settings, load_ids: Sequence[str]) -> str | None:
    """Which published snapshot was built from a load that the log lacks or has with other content, with what to do; None when none was."""
    for manifest in sorted(settings.snapshots_dir.glob("[!.]*/snapshot.json")):
        try:
            number, name = parse_json(manifest.read_bytes())["loads"][-1]
            is_known = load_ids[number - 1] == name
        except IndexError:
            is_known = False
        except (OSError, ValueError, KeyError, TypeError):
            continue  # a manifest that cannot be read is reported by the code that needs it
        if not is_known:
            return (
                f"snapshot {manifest.parent.name} was built of load {number}, {entry_path(settings, number)}, which the load log lacks or "
                f"has otherwise. Restore {settings.lake_dir} and {settings.log_dir} from the newest backup; when that load is lost "
                f"for good, move {manifest.parent} away, and load and build again."
            )
    return None


def entries_after(settings: Settings, number: int) -> list[Record]:
    """The entries after that one, with the chain unchecked: a quick look for new entries that does not follow the chain of years. Raises
    LogBroken for one that cannot be read."""
    records = []
    for path in sorted((settings.lake_dir / LOADS).glob("*.json")):
        if path.stem.isdecimal() and int(path.stem) <= number:
            continue
        try:
            record = parse_json(path.read_bytes())
            datetime.fromisoformat(record["loaded_at"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LogBroken(f"{path}: cannot be read ({type(error).__name__}). {_HEAL}.") from error
        records.append(record)
    return records


def known_instants(records: Sequence[Mapping[str, Any]]) -> list[datetime]:
    """When each entry became visible (aware, UTC), as later entries corrected it where a clock was wrong."""
    instants = [record["loaded_at"] for record in records]
    for record in records:
        for number, instant in (record.get("corrected") or {}).items():
            instants[int(number) - 1] = instant
    return [datetime.fromisoformat(instant) for instant in instants]


def entry_problem(record: object, number: int, previous_hash: str | None, *, is_proven: bool = False) -> str | None:
    """What is wrong with a record as entry `number` after the one with that hash, or None; `is_proven`: its own hash is known to hold."""
    if not isinstance(record, dict) or record.get("load_seq") != number:
        return "is no entry of that number"
    if is_unchained(record):
        return None
    if not is_proven and not holds(record):
        return "was changed, its hash does not follow from it"
    if record.get("sequence") != number or record.get("previous_hash") != previous_hash:
        return f"does not follow from {number - 1:08d}.json; one of the two was changed or replaced"
    return None


def is_unchained(record: Mapping[str, object]) -> bool:
    """Whether an entry is older than the chain; the next entry still links to its content."""
    return not any(name in record for name in _LINKS)


def as_linked(record: Record, number: int, previous_hash: str | None) -> Record:
    """The record with its links; a record that is older than the chain gets them here."""
    return linked(record, number, previous_hash) if is_unchained(record) else record


def without_links(record: Record) -> Record:
    """The content of an entry, without its links."""
    return {name: value for name, value in record.items() if name not in _LINKS}


def as_text(record: Mapping[str, object]) -> bytes:
    """An entry as its file."""
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True).encode()


def begin_entry(settings: Settings, number: int) -> None:
    """Marks that files with that number are being written; a kill leaves the mark, so the next load knows that they are leftovers."""
    mark = _mark(settings, number)
    mark.parent.mkdir(parents=True, exist_ok=True)
    write_synced(mark, b"")
    sync_folder(mark.parent)


def is_begun(settings: Settings, number: int) -> bool:
    """Whether a load of that number was started and not finished."""
    return _mark(settings, number).is_file()


def end_entry(settings: Settings, number: int) -> None:
    """Removes the mark of a load that wrote nothing, or whose files were removed."""
    _mark(settings, number).unlink(missing_ok=True)


def append_entry(settings: Settings, number: int, record: Mapping[str, object]) -> None:
    """Makes an entry visible in one step, and writes its second copy. Raises LogBroken; then nothing was written."""
    place = second_place(settings)
    place.path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with place.held() as chain:
            _bring_up(settings, chain)
            added = chain.following(record)
            if added["sequence"] != number:
                raise LogBroken(f"{place.path}: holds {len(chain.records)} entries, and {number - 1} were expected. {_HEAL}.")
            write_synced(_mark(settings, number), as_text(added))
            checkpoint("in_load_log")
            _mark(settings, number).replace(entry_path(settings, number))
            sync_folder(entry_path(settings, number).parent)
            checkpoint("after_load_entry")
            chain.add(added)
            sync_folder(place.path.parent)
    except ChainBroken as error:
        raise LogBroken(f"{error} Or: {_HEAL}.") from error


def _bring_up(settings: Settings, chain: HeldChain) -> None:
    """Adds entries that a kill kept from the second copy, or all of them where a lake was moved here without it.

    Where both have the same number of entries, nothing is added; the caller has read the log and has held the writer's lock since.
    """
    if len(_entry_names(settings)) == len(chain.records):
        return
    records = read_entries(settings)
    for record in records[len(chain.records) :]:
        chain.add(linked(without_links(record), len(chain.records) + 1, chain.records[-1]["hash"] if chain.records else None))


def _mark(settings: Settings, number: int) -> Path:
    path = entry_path(settings, number)
    return path.with_name(f".{path.name}.part")


def _entry_names(settings: Settings) -> set[str]:
    return {path.name for path in (settings.lake_dir / LOADS).glob("*.json")}


def _chained(settings: Settings) -> tuple[list[Record], str | None]:
    """The entries of the lake whose links hold, and what is wrong with the first one whose link does not."""
    folder, names = settings.lake_dir / LOADS, _entry_names(settings)
    records: list[Record] = []
    is_linked = False
    for number in range(1, len(names) + 1):
        path = entry_path(settings, number)
        if path.name not in names:
            strangers = sorted(name for name in names if not _ENTRY.fullmatch(name))
            if strangers:
                return records, f"{folder / strangers[0]}: is no entry of the log. Move it away."
            return records, f"{path}: is missing, and later entries are there. {_HEAL}."
        previous = records[-1]["hash"] if records else None
        try:
            text = path.read_bytes()
            proven = proven_record(text)
            record = parse_json(text) if proven is None else proven
        except (OSError, ValueError) as error:
            return records, f"{path}: cannot be read ({type(error).__name__}). {_HEAL}."
        problem = entry_problem(record, number, previous, is_proven=proven is not None)
        if problem is None and is_unchained(record) and is_linked:
            problem = "has lost its link to the entry before"
        if problem is not None:
            return records, f"{path}: {problem}. {_HEAL}."
        is_linked = not is_unchained(record)
        records.append(as_linked(record, number, previous))
    return records, None


def _against_head(settings: Settings, place: ChainedFile, records: Sequence[Record], head: tuple[int, str] | None) -> str | None:
    """Which entries the second copy shows to be missing; after a kill between the two writes it is one entry behind."""
    if head is None:
        # A lake that was moved has no second copy; the next load writes it again.
        return f"{place.head_path}: is missing. {_HEAL}." if len(records) > 1 and place.path.exists() else None
    if not place.path.exists():
        return f"{place.path}: is missing. {_HEAL}."
    number, name = head
    if number > len(records):
        missing = entry_path(settings, len(records) + 1)
        return f"{missing}: is missing; {place.head_path} knows entries up to {number}. {_HEAL}."
    if records[number - 1]["hash"] != name:
        return f"{entry_path(settings, number)}: is not the one that {place.head_path} names. {_HEAL}."
    if len(records) > number + 1:
        return f"{place.head_path}: knows entries up to {number}, and there are {len(records)}. {_HEAL}."
    return None
