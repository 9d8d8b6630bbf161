"""Which snapshot a reader asks for: the current one, one by its id, or the one that says what was known at an instant."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

from glassbook.errors import InputError
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, all_snapshots, current_snapshot, find_snapshot


def parse_instant(text: str, where: str) -> datetime:
    """An ISO 8601 instant; without an offset it is UTC. Raises InputError."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            found=repr(text),
            where=where,
            expected="an instant such as 2020-01-03T02:00:00Z (without an offset: UTC)",
            remedy="Write the instant in this form.",
        ) from None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def parse_day(text: str, where: str) -> date:
    """A calendar day YYYY-MM-DD. Raises InputError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(found=repr(text), where=where, expected="a day such as 2019-12-31", remedy="Write the day in this form.") from None


def choose_snapshot(settings: Settings, *, snapshot_id: str | None, known_at: datetime | None) -> Snapshot:
    """The snapshot to read: by id, else by what was known at an instant, else the current one.

    Raises InputError when there is none; an older state is never passed off as the one asked for.
    """
    if snapshot_id is not None:
        return find_snapshot(settings, snapshot_id)
    current = current_snapshot(settings)
    if known_at is None:
        return current
    known = [s for s in all_snapshots(settings) if _instant(s) <= known_at]
    newest = max(map(_instant, known), default=None)
    if newest is None or any(newest < loaded_at <= known_at for loaded_at in _loaded_at(settings)):
        raise InputError(
            found="no snapshot of what was known then",
            where=f"--known-at {known_at.isoformat()}",
            expected="a snapshot built from exactly the loads that were visible at that instant",
            remedy=f"Run `glassbook build --known-at {known_at.isoformat()}` first.",
        )
    alike = [s for s in known if _instant(s) == newest]
    return next((s for s in alike if s.snapshot_id == current.snapshot_id), alike[-1])


def _instant(snapshot: Snapshot) -> datetime:
    known_at = snapshot.known_at
    return known_at.replace(tzinfo=UTC) if known_at.tzinfo is None else known_at


def loads_after(settings: Settings, snapshot: Snapshot) -> list[datetime]:
    """Instants of the loads in the lake's log that came after everything in the snapshot, newest first: none of them is built yet."""
    found = []
    # Newest first, and no further than needed: the log of years holds thousands.
    for entry in reversed(_load_entries(settings)):
        at = _of_load(entry)
        if at <= _instant(snapshot):
            break
        found.append(at)
    return found


def _loaded_at(settings: Settings) -> list[datetime]:
    """Instants of the loads in the lake's log; empty where only snapshots were copied."""
    return [_of_load(entry) for entry in _load_entries(settings)]


def _load_entries(settings: Settings) -> list[Path]:
    return sorted((settings.lake_dir / "_loads").glob("*.json"))


def _of_load(entry: Path) -> datetime:
    try:
        return parse_instant(json.loads(entry.read_text(encoding="utf-8"))["loaded_at"], "the load log")
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            found=f"an entry that cannot be read ({type(error).__name__})",
            where=str(entry),
            expected="the entry that `glassbook ingest` wrote",
            remedy="Restore the lake from its backup.",
        ) from error
