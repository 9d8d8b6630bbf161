"""An append-only file of JSON lines in which each line carries the hash of the one before it.

Lines are in canonical form (keys sorted, no spaces), so that no byte can change unnoticed. A file `.head` beside it names the newest line
that was completely written, so that lines cut off the end are noticed. Belongs here: writing, reading and checking lines of any content.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from glassbook.disk import append_synced, only_one, sync_folder, write_synced
from glassbook.errors import CheckFailed
from glassbook.faults import checkpoint
from glassbook.json_text import parse_json

Record = dict[str, Any]
_HEAD = re.compile(rb"([1-9][0-9]{0,17}) ([0-9a-f]{64})\n")


class ChainBroken(CheckFailed):
    """The file was changed or damaged; the message names the first bad entry."""


class HeldChain:
    """The file, locked for one operation: its records, and the right to add one. Made only by `ChainedFile.held`."""

    def __init__(self, file: ChainedFile, records: list[Record]) -> None:
        self._file = file
        self.records = records

    def append(self, record: Mapping[str, Any]) -> Record:
        """Adds a record at the end; it is on the disk when this returns."""
        added = self.following(record)
        self.add(added)
        return added

    def following(self, record: Mapping[str, Any]) -> Record:
        """The record as it will stand at the end, for callers that must write it elsewhere first; `add` puts it there."""
        return linked(record, len(self.records) + 1, self.records[-1]["hash"] if self.records else None)

    def add(self, added: Record) -> None:
        """Adds the record that `following` made; it is on the disk when this returns."""
        append_synced(self._file.path, canonical(added) + b"\n")
        checkpoint("chain_before_head")
        self._file.write_head(added)
        self.records.append(added)


class ChainedFile:
    """The file at `path`; `sequence` (from 1), `previous_hash` and `hash` are added to each record."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head_path = path.with_suffix(".head")

    def examine(self) -> tuple[list[Record], str | None]:
        """The valid records, oldest first, and what is wrong with the first invalid one, or None."""
        records, problem, is_torn = self._examined()
        if problem is None and is_torn:
            problem = f"entry {len(records) + 1}: the line is not complete, its writing was cut short"
        return records, problem

    def read(self) -> list[Record]:
        """Every record, oldest first; none when nothing was written yet. Raises ChainBroken.

        An incomplete line does not count: it is being written, or was cut short before anyone learned of it.
        """
        records, problem, _ = self._examined()
        if problem is not None:
            raise self._broken(problem)
        return records

    @contextmanager
    def held(self) -> Iterator[HeldChain]:
        """Locks the file for one operation, so that no other process can add to it in between.

        A line that was cut short, which nobody knows of, is moved to `.torn` first. Raises ChainBroken.
        """
        with only_one(self.path.with_name(f".{self.path.name}.lock")):
            records, problem, is_torn = self._examined()
            if problem is not None:
                raise self._broken(problem)
            if is_torn:
                self._set_torn_line_aside()
            if records:
                self.write_head(records[-1])
            yield HeldChain(self, records)

    def append(self, record: Mapping[str, Any]) -> Record:
        """Adds a record at the end; it is on the disk when this returns. Raises ChainBroken."""
        with self.held() as chain:
            return chain.append(record)

    def write_head(self, record: Record) -> None:
        """Notes that a record is completely written. Call it while the file is locked."""
        text = _head_of(record)
        if self.head_path.is_file() and self.head_path.read_bytes() == text:
            return
        temporary = self.head_path.with_name(f".{self.head_path.name}.part")
        write_synced(temporary, text)
        temporary.replace(self.head_path)
        # After a loss of power the head may be older by one entry, as after a kill, but not by more.
        sync_folder(self.head_path.parent)

    def _examined(self) -> tuple[list[Record], str | None, bool]:
        """Valid records, what is wrong with the first invalid one, and whether an incomplete line follows."""
        content, head = self._of_one_moment()
        *whole, rest = content.split(b"\n")
        records: list[Record] = []
        for number, line in enumerate(whole, start=1):
            record, problem = _entry(line, number, records[-1]["hash"] if records else None)
            if problem is not None:
                return records, f"entry {number}: {problem}", False
            records.append(record)
        return records, self._missing(records, head), bool(rest)

    def _of_one_moment(self) -> tuple[bytes, bytes | None]:
        """Content and head of the same moment: a reader takes no lock, and lines may be added while it reads."""
        head = _bytes_of(self.head_path)
        while True:
            content = _bytes_of(self.path) or b""
            now = _bytes_of(self.head_path)
            if now == head:
                return content, head
            head = now

    def _set_torn_line_aside(self) -> None:
        """Call it while the file is locked."""
        rest = (_bytes_of(self.path) or b"").rpartition(b"\n")[2]
        append_synced(self.path.with_suffix(".torn"), rest + b"\n")
        os.truncate(self.path, self.path.stat().st_size - len(rest))

    def _broken(self, problem: str) -> ChainBroken:
        return ChainBroken(f"{self.path}: {problem}. Restore the file from a backup; nothing is added to it until then.")

    def head(self) -> tuple[int, str] | None:
        """Sequence and hash of the newest completely written entry, without reading the file; None where no head was written.

        Raises ChainBroken for a head that was changed.
        """
        content = _bytes_of(self.head_path)
        if content is None:
            return None
        found = _HEAD.fullmatch(content)
        if found is None:
            raise ChainBroken(f"{self.head_path}: names no entry, it was changed.")
        return int(found[1]), found[2].decode()

    def _missing(self, records: list[Record], head: bytes | None) -> str | None:
        """Which entries the head shows to be missing or changed; after a kill between the two writes the head is one entry behind."""
        name = self.head_path.name
        if head is None:
            # The very first entry may have been written and its head not.
            return None if len(records) <= 1 else f"entry {len(records)}: {name}, which names the newest entry, is missing"
        found = _HEAD.fullmatch(head)
        if found is None:
            return f"entry {len(records)}: {name}, which names the newest entry, was changed"
        sequence = int(found[1])
        if sequence > len(records):
            return f"entry {len(records) + 1}: is missing; {name} knows entries up to {sequence}"
        if head != _head_of(records[sequence - 1]) or len(records) > sequence + 1:
            return f"entry {sequence}: is not the one that {name} names"
        return None


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _entry(line: bytes, number: int, previous: str | None) -> tuple[Record, str | None]:
    """The record of a line, and what is wrong with it as entry `number`, or None."""
    proven = proven_record(line)
    is_proven = proven is not None and orjson.dumps(proven, option=orjson.OPT_SORT_KEYS) == line
    try:
        record = proven if proven is not None and is_proven else parse_json(line.decode())
        _ = record["hash"]
    except (ValueError, TypeError, KeyError):
        return {}, "is not an entry of this file"
    problem = None
    if not is_proven and canonical(record) != line:
        problem = "is not written as this file is"
    elif record.get("sequence") != number:
        problem = f"says that it is entry {record.get('sequence')}; one was removed, added or moved"
    elif not is_proven and not holds(record):
        problem = "was changed, its hash does not follow from it"
    elif record.get("previous_hash") != previous:
        problem = f"does not follow from entry {number - 1}, which was changed or replaced"
    return record, problem


def proven_record(text: bytes) -> Record | None:
    """The record of a text, when its hash follows from what a quicker reader and writer of JSON make of it; None when only `holds` can say.

    A log of years is read by every command, and takes `json` three times as long. Where that library differs (integers of more than 64
    bits, some floats) the hash does not match.
    """
    try:
        record: Record = orjson.loads(text)
        content = orjson.dumps(_without_hash(record), option=orjson.OPT_SORT_KEYS)
        return record if hashlib.sha256(content).hexdigest() == record["hash"] else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def linked(record: Mapping[str, Any], sequence: int, previous_hash: str | None) -> Record:
    """The record as entry `sequence` of a chain, after the one that has the hash `previous_hash`."""
    added = {**record, "sequence": sequence, "previous_hash": previous_hash}
    return added | {"hash": _hash_of(added)}


def holds(record: Record) -> bool:
    """Whether the hash of an entry follows from its content."""
    return _hash_of(_without_hash(record)) == record.get("hash")


def canonical(record: Record) -> bytes:
    """A record as its line, without the end of the line."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _without_hash(record: Record) -> Record:
    return {name: value for name, value in record.items() if name != "hash"}


def _hash_of(record: Record) -> str:
    return hashlib.sha256(canonical(record)).hexdigest()


def _head_of(record: Record) -> bytes:
    return f"{record['sequence']} {record['hash']}\n".encode()
