"""Which snapshot a reader asks for: the current one, one by its id, or the one of what was known at an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime

from glassbook.errors import InputError
from glassbook.lake.log import entries_after, known_instants, read_entries
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
    """The snapshot to read: by id, else by the instant at which it was known, else the current one.

    Raises InputError when there is none; an older state never stands in for the one asked for.
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
    """Instants of the loads in the lake's log that are later than the snapshot, newest first: none of them is built yet."""
    waiting = entries_after(settings, len(snapshot.manifest.get("loads", [])))
    corrected = {int(number): str(at) for entry in waiting for number, at in entry.get("corrected", {}).items()}
    instants = [corrected.get(entry.get("load_seq", 0), str(entry["loaded_at"])) for entry in waiting]
    return sorted(map(datetime.fromisoformat, instants), reverse=True)


def _loaded_at(settings: Settings) -> list[datetime]:
    """Instants of the loads in the lake's log; empty when only snapshots were copied. Raises LogBroken."""
    return known_instants(read_entries(settings))
