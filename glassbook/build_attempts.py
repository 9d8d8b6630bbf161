"""Whether the last build of a home finished: readers of the snapshot in force must know that a newer build was tried.

Belongs here: writing and reading the note that a build keeps until it is done. Does not: what is built (`warehouse.build`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from glassbook.clock import now
from glassbook.disk import is_held, write_synced
from glassbook.json_text import parse_json
from glassbook.settings import Settings
from glassbook.snapshots import POINTER

FILE = "unfinished.json"


@dataclass(frozen=True)
class Unfinished:
    """A build that did not finish. `reason` is the first line of its error, None where the process was stopped."""

    started_at: datetime
    reason: str | None


@contextmanager
def attempted(settings: Settings, snapshot_id: str) -> Iterator[None]:
    """Wraps a build of the next current snapshot, under the lock of builds: keeps a note when it fails or is cut short."""
    note = settings.builds_dir / FILE
    record = {"started_at": now(settings).isoformat(), "snapshot": snapshot_id, "reason": None}
    _write(note, record)
    try:
        yield
    except Exception as error:
        # A full disk may be the error; failing to write this note must not hide it.
        with suppress(OSError):
            _write(note, record | {"reason": (str(error).splitlines() or [type(error).__name__])[0]})
        raise
    note.unlink(missing_ok=True)


def unfinished(settings: Settings) -> Unfinished | None:
    """The last build, if it failed or was stopped; None where it finished or is under way."""
    try:
        note = parse_json((settings.builds_dir / FILE).read_text(encoding="utf-8"))
        found = Unfinished(datetime.fromisoformat(note["started_at"]), note["reason"])
        # Stopped just after readers got its snapshot: it is done.
        in_force = (settings.snapshots_dir / POINTER).read_text(encoding="utf-8").strip()
        is_done = found.reason is None and in_force == note["snapshot"]
        return None if is_done or is_held(settings.builds_dir / ".lock") else found
    except (OSError, ValueError, KeyError, TypeError):
        # No note, no current snapshot, a note that a loss of power left incomplete, or a home that this reader may not read.
        return None


def _write(note: Path, record: dict[str, str | None]) -> None:
    part = note.with_suffix(".part")
    write_synced(part, json.dumps(record, ensure_ascii=False).encode())
    part.replace(note)
