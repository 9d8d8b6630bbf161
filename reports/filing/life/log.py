"""The log of filings: one append-only, hash-chained file for all regimes, `HOME/filings/log.jsonl`.

A sign-off also signs the newest hash of the log at its time. Belongs here: what an entry is, and adding one. Does not: how entries are
chained (glassbook.chained_file), what is allowed in which state (life.yml), what an entry means for a filing (states.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from glassbook.chained_file import ChainBroken, ChainedFile, HeldChain, Record, canonical
from glassbook.clock import now
from glassbook.faults import checkpoint
from glassbook.settings import Settings

LOG_NAME = "log.jsonl"
HEAD_NAME = "log.head"


@dataclass(frozen=True)
class NewEntry:
    """One step in the life of a filing, as an act adds it to the log.

    `at` is an ISO instant (UTC), now unless a signed text states it; `from_state` is None for the first step of a version; `code` is the
    explained edit; `seal` is the SHA-256 of the package of the step; `sign_off` is the signed text with its signature; `receipt` what the
    recipient or the channel answered.
    """

    regime: str
    period: str
    version: int
    action: str
    from_state: str | None
    state: str
    who: str
    role: str | None = None
    reason: str | None = None
    code: str | None = None
    seal: str | None = None
    sign_off: str | None = None
    receipt: str | None = None
    at: str | None = None


@dataclass(frozen=True, kw_only=True)
class LogEntry(NewEntry):
    """A step as it stands in the log: `sequence` counts from 1, `previous_hash` is None for the first entry."""

    at: str
    sequence: int
    previous_hash: str | None
    hash: str

    def line(self) -> str:
        """The entry as its line of the file."""
        return canonical(asdict(self)).decode() + "\n"


_FIELDS = {each.name for each in fields(LogEntry)}


class FilingLog:
    """The log, locked for one act: its entries, and the right to add one. Only `open_log` makes it."""

    def __init__(self, settings: Settings, chain: HeldChain, entries: list[LogEntry]) -> None:
        self._settings = settings
        self._chain = chain
        self.entries = entries

    @property
    def last_hash(self) -> str | None:
        """Hash of the newest entry, None for an empty log."""
        return self.entries[-1].hash if self.entries else None

    def append(self, new: NewEntry) -> LogEntry:
        """Appends an entry; it is on the disk when this returns."""
        given = asdict(new) | {"at": new.at or now(self._settings).isoformat()}
        checkpoint("log_before_append")
        entry = LogEntry(**self._chain.append(given))
        checkpoint("log_after_head")
        self.entries.append(entry)
        return entry


def log_path(settings: Settings) -> Path:
    """The log's file."""
    return settings.filings_dir / LOG_NAME


def read_log(settings: Settings) -> list[LogEntry]:
    """Every entry, oldest first; none when nothing was filed yet. Raises ChainBroken when the file was changed or lost."""
    return _entries(ChainedFile(log_path(settings)).read(), settings)


def examine_log(settings: Settings) -> tuple[list[LogEntry], str | None]:
    """The valid entries, and what is wrong with the first invalid one; None when all are valid."""
    records, problem = ChainedFile(log_path(settings)).examine()
    entries = list(takewhile(lambda entry: entry is not None, map(_entry, records)))
    if len(entries) < len(records):
        problem = f"entry {len(entries) + 1}: is not an entry of the log"
    return [entry for entry in entries if entry is not None], problem


@contextmanager
def open_log(settings: Settings) -> Iterator[FilingLog]:
    """Locks the log for one act, so that no other process can act in between.

    First moves an incomplete last line, which nobody was shown, to `log.torn`. Raises ChainBroken.
    """
    with ChainedFile(log_path(settings)).held() as chain:
        yield FilingLog(settings, chain, _entries(chain.records, settings))


def submitted_without_log(settings: Settings) -> Path | None:
    """A submitted package without a log: the log was lost, with its head. None when there is no such package."""
    found = (path for path in settings.filings_dir.glob("*/*/v*") if re.fullmatch(r"v[0-9]+", path.name) and path.is_dir())
    return None if log_path(settings).exists() else next(found, None)


def _entries(records: list[Record], settings: Settings) -> list[LogEntry]:
    path = log_path(settings)
    if not records and (left := submitted_without_log(settings)) is not None:
        raise ChainBroken(f"{path}: is lost, though {left} was submitted. Restore it with {HEAD_NAME} from a backup.")
    entries = []
    for number, record in enumerate(records, start=1):
        entry = _entry(record)
        if entry is None:
            raise ChainBroken(f"{path}: entry {number}: is not an entry of the log. Restore the file from a backup.")
        entries.append(entry)
    return entries


# Fields used as file names or numbers: a forged log must not lead out of the home.
_TEXTS = {"regime": r"[a-z][a-z0-9_]*", "period": r"[0-9]{4}(-([0-9]{2}|Q[1-4]))?", "action": r"[a-z-]+", "state": r"[a-z_]+", "who": r".*"}
_HEXADECIMAL = r"[0-9a-f]+"


def _entry(record: Record) -> LogEntry | None:
    """None for a record without the fields of an entry, or with a value that no act writes."""
    if record.keys() != _FIELDS:
        return None
    try:
        entry = LogEntry(**record)
        shapes = _TEXTS | ({} if entry.seal is None else {"seal": _HEXADECIMAL})
        fits = all(re.fullmatch(shape, getattr(entry, name), re.DOTALL) for name, shape in shapes.items())
        optional = (entry.from_state, entry.role, entry.reason, entry.code, entry.sign_off, entry.receipt)
        fits = fits and type(entry.version) is int and entry.version > 0 and all(isinstance(text, str | None) for text in optional)
        return entry if fits and datetime.fromisoformat(entry.at).tzinfo is not None else None
    except (TypeError, ValueError):
        return None
