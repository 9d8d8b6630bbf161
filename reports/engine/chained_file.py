"""An append-only file of JSON lines in which each line carries the hash of the one before it.

Lines are in canonical form (keys sorted, no spaces), so that no byte can change unseen; a file `.head` beside names the newest line whose
writing was finished, so that lines cut off the end are missed too. Belongs here: writing, reading and checking lines of any content.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from glassbook.errors import CheckFailed
from glassbook.faults import checkpoint

Record = dict[str, Any]


class ChainBroken(CheckFailed):
    """The file is not as it was written; the message names the first bad entry."""


class ChainedFile:
    """The file at `path`; `sequence` (from 1), `previous_hash` and `hash` are added to each record."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._head_path = path.with_suffix(".head")

    def examine(self) -> tuple[list[Record], str | None]:
        """The records that hold, oldest first, and what is wrong with the first that does not; None when all is well."""
        whole, rest = self._lines()
        records: list[Record] = []
        for number, line in enumerate(whole, start=1):
            problem = _problem(line, number, records[-1]["hash"] if records else None)
            if problem is not None:
                return records, f"entry {number}: {problem}"
            records.append(json.loads(line))
        problem = self._missing(records)
        if problem is None and rest:
            problem = f"entry {len(records) + 1}: its writing was cut short"
        return records, problem

    def read(self) -> list[Record]:
        """Every record, oldest first; none when nothing was written yet. Raises ChainBroken."""
        records, problem = self.examine()
        if problem is not None:
            raise ChainBroken(f"{self.path}: {problem}. Restore the file from a backup; nothing is added to it until then.")
        return records

    def append(self, record: Mapping[str, Any]) -> Record:
        """Adds a record at the end; it is on the disk when this returns. Raises ChainBroken."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self._set_torn_line_aside()
            records = self.read()
            previous = records[-1]["hash"] if records else None
            added = {**record, "sequence": len(records) + 1, "previous_hash": previous}
            added["hash"] = _hash_of(added)
            if records:
                self._write_head(records[-1])
            with self.path.open("ab") as handle:
                handle.write(_canonical(added) + b"\n")
                handle.flush()
                os.fsync(handle.fileno())
            checkpoint("chain_before_head")
            self._write_head(added)
            return added

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self.path.with_name(f".{self.path.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _lines(self) -> tuple[list[bytes], bytes]:
        content = self.path.read_bytes() if self.path.is_file() else b""
        *whole, rest = content.split(b"\n")
        return whole, rest

    def _set_torn_line_aside(self) -> None:
        """A line cut short by a kill, which nobody was told of, moves to `.torn`; whatever else is wrong is left for reading."""
        whole, rest = self._lines()
        records, _ = self.examine()
        if not rest or len(records) < len(whole) or self._missing(records) is not None:
            return
        with self.path.with_suffix(".torn").open("ab") as torn:
            torn.write(rest + b"\n")
            torn.flush()
            os.fsync(torn.fileno())
        os.truncate(self.path, self.path.stat().st_size - len(rest))

    def _missing(self, records: list[Record]) -> str | None:
        """What the head misses; the head may be one entry behind, when a kill came between the two writes."""
        if not self._head_path.is_file():
            return None if len(records) <= 1 else f"entry {len(records)}: {self._head_path.name}, which names the newest entry, is missing"
        head = self._head_path.read_bytes()
        for record in records[-2:]:
            if head == _head_of(record):
                return None
        return f"entry {len(records) + 1}: {self._head_path.name} names a newest entry that is not among the last"

    def _write_head(self, record: Record) -> None:
        text = _head_of(record)
        if self._head_path.is_file() and self._head_path.read_bytes() == text:
            return
        temporary = self._head_path.with_name(f".{self._head_path.name}.part")  # written under the lock alone
        with temporary.open("wb") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(self._head_path)


def _problem(line: bytes, number: int, previous: str | None) -> str | None:
    try:
        record = json.loads(line.decode())
        given = record["hash"]
    except (ValueError, TypeError, KeyError):
        return "is not an entry of this file"
    if _canonical(record) != line:
        return "is not written as this file is"
    if record.get("sequence") != number:
        return f"says that it is entry {record.get('sequence')}; one was removed, added or moved"
    if _hash_of({name: value for name, value in record.items() if name != "hash"}) != given:
        return "was changed, its hash does not follow from it"
    if record.get("previous_hash") != previous:
        return "does not follow from the one before it"
    return None


def _canonical(record: Record) -> bytes:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _hash_of(record: Record) -> str:
    return hashlib.sha256(_canonical(record)).hexdigest()


def _head_of(record: Record) -> bytes:
    return f"{record['sequence']} {record['hash']}\n".encode()
