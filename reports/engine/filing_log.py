"""The log of filings: one append-only, hash-chained file for all regimes, `HOME/filings/log.jsonl`.

One JSON object a line, in canonical form (keys sorted, no spaces), so that no byte of it can change unseen. Each entry carries the hash
of the one before it, and sign-offs sign the hash that was last when they were given. `log.head` beside it names the newest entry whose
writing was finished, so that entries cut off the end are missed too. Belongs here: writing, reading and checking entries. Does not: what
may be done in which state (life.yml) and what an entry means for a filing (filing_states.py).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from glassbook.clock import now
from glassbook.errors import CheckFailed
from glassbook.faults import checkpoint
from glassbook.settings import Settings

LOG_NAME = "log.jsonl"
HEAD_NAME = "log.head"
TORN_NAME = "log.torn"
_LOCK_NAME = ".lock"


@dataclass(frozen=True)
class Entry:
    """One step in the life of a filing.

    `sequence` counts from 1; `at` is an ISO instant (UTC); `from_state` is None for the first step of a version; `code` is the edit that
    was explained; `seal` is the SHA-256 of the package the step is about; `sign_off` the text that was signed with its signature;
    `receipt` what the recipient or the channel answered; `previous_hash` is None for the first entry.
    """

    sequence: int
    at: str
    regime: str
    period: str
    version: int
    action: str
    from_state: str | None
    state: str
    who: str
    role: str | None
    reason: str | None
    code: str | None
    seal: str | None
    sign_off: str | None
    receipt: str | None
    previous_hash: str | None
    hash: str

    def line(self) -> str:
        """The entry as its line of the file."""
        return _canonical(asdict(self)) + "\n"

    def computed_hash(self) -> str:
        """SHA-256 of everything but the hash itself."""
        return _hash_of({name: value for name, value in asdict(self).items() if name != "hash"})


class LogBroken(CheckFailed):
    """The log is not as it was written; the message names the first bad entry."""


class FilingLog:
    """The log held open for one act: what it says, and the right to add to it. Made by `open_log` alone."""

    def __init__(self, settings: Settings, entries: list[Entry]) -> None:
        self._settings = settings
        self.entries = entries

    @property
    def last_hash(self) -> str | None:
        """Hash of the newest entry, None for an empty log."""
        return self.entries[-1].hash if self.entries else None

    def append(
        self,
        *,
        regime: str,
        period: str,
        version: int,
        action: str,
        from_state: str | None,
        state: str,
        who: str,
        role: str | None = None,
        reason: str | None = None,
        code: str | None = None,
        seal: str | None = None,
        sign_off: str | None = None,
        receipt: str | None = None,
        at: str | None = None,
    ) -> Entry:
        """Adds an entry at the end; it is on the disk when this returns. `at` is now unless a signed text already states it."""
        given = {
            "sequence": len(self.entries) + 1,
            "at": at or now(self._settings).isoformat(),
            "regime": regime,
            "period": period,
            "version": version,
            "action": action,
            "from_state": from_state,
            "state": state,
            "who": who,
            "role": role,
            "reason": reason,
            "code": code,
            "seal": seal,
            "sign_off": sign_off,
            "receipt": receipt,
            "previous_hash": self.last_hash,
        }
        entry = Entry(**given, hash=_hash_of(given))  # type: ignore[arg-type]  # the values are those of the fields
        checkpoint("log_before_append")
        with log_path(self._settings).open("ab") as handle:
            handle.write(entry.line().encode())
            handle.flush()
            os.fsync(handle.fileno())
        checkpoint("log_before_head")
        _write_head(self._settings, entry)
        checkpoint("log_after_head")
        self.entries.append(entry)
        return entry


def log_path(settings: Settings) -> Path:
    """The log's file."""
    return settings.filings_dir / LOG_NAME


def read_log(settings: Settings) -> list[Entry]:
    """Every entry, oldest first; none when nothing was filed yet. Raises LogBroken when the file is not as it was written."""
    entries, problem = examine_log(settings)
    if problem is not None:
        raise LogBroken(f"{log_path(settings)}: {problem}. Restore the file from a backup; nothing is filed until then.")
    return entries


def examine_log(settings: Settings) -> tuple[list[Entry], str | None]:
    """The entries that hold, and what is wrong with the first that does not; None when all is well."""
    path = log_path(settings)
    content = path.read_bytes() if path.is_file() else b""
    entries: list[Entry] = []
    *lines, rest = content.split(b"\n")
    for number, line in enumerate(lines, start=1):
        problem = _add(entries, line, number)
        if problem is not None:
            return entries, problem
    missing = _missing_head(settings, entries)
    if missing is not None:
        return entries, missing
    if rest:
        return entries, f"entry {len(entries) + 1}: the line is not complete, its writing was cut short"
    return entries, None


@contextmanager
def open_log(settings: Settings) -> Iterator[FilingLog]:
    """Holds the log for one act, so that no other process can act in between.

    A line whose writing was cut short, which nobody was told of, is moved to `log.torn` first. Raises LogBroken.
    """
    settings.filings_dir.mkdir(parents=True, exist_ok=True)
    with (settings.filings_dir / _LOCK_NAME).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _set_torn_line_aside(settings)
        entries = read_log(settings)
        if entries:
            _write_head(settings, entries[-1])
        yield FilingLog(settings, entries)


def _add(entries: list[Entry], line: bytes, number: int) -> str | None:
    """Adds what `line` says, or says why it cannot be what was written."""
    try:
        found = json.loads(line.decode())
        entry = Entry(**found)
    except (ValueError, TypeError):
        return f"entry {number}: is not an entry of the log"
    if entry.line().encode() != line + b"\n":
        return f"entry {number}: is not written as the log writes"
    if entry.sequence != number:
        return f"entry {number}: says that it is entry {entry.sequence}; one was removed, added or moved"
    if entry.computed_hash() != entry.hash:
        return f"entry {number}: was changed, its hash does not follow from it"
    if entry.previous_hash != (entries[-1].hash if entries else None):
        return f"entry {number}: does not follow from entry {number - 1}, which was changed or replaced"
    entries.append(entry)
    return None


def _missing_head(settings: Settings, entries: list[Entry]) -> str | None:
    path = settings.filings_dir / HEAD_NAME
    if not path.is_file():
        # The very first entry may have been written and its head not.
        return None if len(entries) <= 1 else f"entry {len(entries)}: {HEAD_NAME}, which names the newest entry, is missing"
    head = path.read_bytes()
    found = re.fullmatch(rb"([1-9][0-9]{0,17}) [0-9a-f]{64}\n", head)
    if found is None:
        return f"entry {len(entries)}: {HEAD_NAME}, which names the newest entry, was changed"
    sequence = int(found[1])
    if sequence > len(entries):
        return f"entry {len(entries) + 1}: is missing; {HEAD_NAME} knows entries up to {sequence}"
    if head != _head(entries[sequence - 1]).encode() or len(entries) > sequence + 1:
        return f"entry {sequence}: is not the one that {HEAD_NAME} names"
    return None


def _set_torn_line_aside(settings: Settings) -> None:
    path = log_path(settings)
    content = path.read_bytes() if path.is_file() else b""
    whole, newline, rest = content.rpartition(b"\n")
    if not rest:
        return
    entries: list[Entry] = []
    for number, line in enumerate(whole.split(b"\n") if newline else [], start=1):
        if _add(entries, line, number) is not None:
            return  # reading names it
    if _missing_head(settings, entries) is not None:
        return
    with (settings.filings_dir / TORN_NAME).open("ab") as torn:
        torn.write(rest + b"\n")
        torn.flush()
        os.fsync(torn.fileno())
    os.truncate(path, len(content) - len(rest))


def _write_head(settings: Settings, entry: Entry) -> None:
    path = settings.filings_dir / HEAD_NAME
    text = _head(entry)
    if path.is_file() and path.read_bytes() == text.encode():
        return
    temporary = path.with_name(f".{HEAD_NAME}.part")  # written under the lock alone
    with temporary.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)


def _head(entry: Entry) -> str:
    return f"{entry.sequence} {entry.hash}\n"


def _canonical(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _hash_of(record: dict[str, object]) -> str:
    return hashlib.sha256(_canonical(record).encode()).hexdigest()
