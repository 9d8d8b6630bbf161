"""The log of deliveries, `HOME/filings/deliveries.jsonl`: every attempt and how it ended, append-only and hash-chained.

Belongs here: the record of an attempt. Does not: the content of a receipt; it lies beside the filing, and its SHA-256 is in the log.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

from glassbook.chained_file import ChainBroken, ChainedFile
from glassbook.clock import now
from glassbook.settings import Settings

Event = Literal["begun", "delivered", "already_there", "fault", "failed"]
ARRIVED: tuple[Event, ...] = ("delivered", "already_there")


@dataclass(frozen=True)
class Attempt:
    """One event of an attempt. `attempt` counts from 1 in each call; 0 means that no attempt was made.

    `problem` is set for fault (transient) and failed; `receipt` is the name of the receipt's file (see receipts.py).
    """

    at: str
    regime: str
    period: str
    version: int
    seal: str
    target: str
    address: str
    parcel: str
    sha256: str
    bytes: int
    attempt: int
    event: Event
    problem: str | None
    receipt: str | None
    receipt_sha256: str | None


def read_attempts(settings: Settings) -> list[Attempt]:
    """Every event, oldest first. Raises ChainBroken."""
    attempts, problem = examine_attempts(settings)
    if problem is not None:
        raise ChainBroken(f"{_file(settings).path}: {problem}. Restore the file from a backup; nothing is added to it until then.")
    return attempts


def examine_attempts(settings: Settings) -> tuple[list[Attempt], str | None]:
    """The valid events, and what is wrong with the first invalid one; None when all are valid."""
    records, problem = _file(settings).examine()
    attempts: list[Attempt] = []
    for record in records:
        attempt = _attempt(record)
        if attempt is None:
            return attempts, f"entry {len(attempts) + 1}: is not an entry of the log of deliveries"
        attempts.append(attempt)
    return attempts, problem


def add_attempt(settings: Settings, **fields: Any) -> Attempt:
    """Records an event; `at` is now."""
    attempt = Attempt(at=now(settings).isoformat(), **fields)
    _file(settings).append(asdict(attempt))
    return attempt


def arrival(attempts: list[Attempt], target: str, address: str, seal: str) -> Attempt | None:
    """The event of the arrival of the package with this seal at the target's present address; None when it did not arrive."""
    return next((a for a in attempts if (a.target, a.address, a.seal) == (target, address, seal) and a.event in ARRIVED), None)


def _file(settings: Settings) -> ChainedFile:
    return ChainedFile(settings.filings_dir / "deliveries.jsonl")


def _attempt(record: dict[str, Any]) -> Attempt | None:
    """None for a record without the fields of an event, or with a receipt outside the folder of receipts."""
    try:
        attempt = Attempt(**{name: value for name, value in record.items() if name not in ("sequence", "previous_hash", "hash")})
        places = [attempt.regime, attempt.period, *([] if attempt.receipt is None else [attempt.receipt])]
        return attempt if all(re.fullmatch(r"\w[\w.-]*", place) for place in places) and type(attempt.version) is int else None
    except TypeError:
        return None
