"""Corrects when loads became known, if they were made while the machine's clock was wrong. Earlier entries stay in the log.

Belongs here: the one entry of the load log that says so. Does not: how instants are read (`glassbook.lake.log`).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from glassbook.clock import now
from glassbook.errors import InputError
from glassbook.lake.loads import Load, RecordedDecision, visible_loads, write_entry
from glassbook.lake.log import require_known
from glassbook.settings import Settings
from ingestion.contract import load_contract
from ingestion.loading.lake_writer import begin, only_writer

_STEP = timedelta(microseconds=1)
SOURCE = "clock"
"""What the load log calls the source of a correction."""


def correct_clock(settings: Settings, load_seq: int, known_at: datetime, by: str, reason: str) -> Load:
    """Records that the entry `load_seq` became known at `known_at` (UTC if it has no offset), and when the entries after it did.

    A later entry keeps its instant if that can be right. Otherwise it gets the start time of its load or, if that cannot be right either,
    the next instant after the entry before it. Raises InputError for an entry that does not exist, or an instant that is not between the
    entry before and now.
    """
    if not by.strip() or not reason.strip():
        raise _refused("nothing", "--by or --reason", "who says so and why", "Both stay in the log: say them.")
    instant = known_at.replace(tzinfo=UTC) if known_at.tzinfo is None else known_at.astimezone(UTC)
    with only_writer(settings):
        loads, present = visible_loads(settings), now(settings)
        require_known(settings, [load.load_id for load in loads])
        if not 1 <= load_seq <= len(loads):
            raise _refused(
                f"no load {load_seq}", "--load", f"a load from 1 to {len(loads)}", "`glassbook doctor` names the first that is wrong."
            )
        earliest = loads[load_seq - 2].loaded_at if load_seq > 1 else datetime.min.replace(tzinfo=UTC)
        if not earliest < instant <= present:
            expected = f"an instant after load {load_seq - 1} ({earliest.isoformat()})" if load_seq > 1 else "an instant"
            raise _refused(instant.isoformat(), "--known-at", f"{expected} and not later than now", "Name when it was really made.")
        corrected = {str(load_seq): instant.isoformat()}
        last = instant
        for load in loads[load_seq:]:
            is_right = last < load.loaded_at <= present
            begun = load.started_at if load.started_at and last < load.started_at <= present else last + _STEP
            last = load.loaded_at if is_right else begun
            if not is_right:
                corrected[str(load.load_seq)] = last.isoformat()
        number = len(loads) + 1
        begin(settings, number)
        decision = RecordedDecision("clock", by.strip(), reason.strip())
        load = Load(
            load_seq=number,
            load_id=hashlib.sha256(repr((decision, sorted(corrected.items()))).encode()).hexdigest()[:16],
            loaded_at=max(present, last + _STEP),
            started_at=present,
            source=SOURCE,
            contract_version=load_contract().version,
            tables={},
            decision=decision,
            corrected=corrected,
        )
        write_entry(settings, load)
        return load


def _refused(found: str, where: str, expected: str, remedy: str) -> InputError:
    return InputError(found=found, where=where, expected=expected, remedy=remedy)
