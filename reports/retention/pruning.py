"""What may be removed from a home, why the rest stays, and the removal itself.

A snapshot stays while it is current, one of the newest, or needed by a filing under retention. A snapshot that was built for an instant
is removed only by the command: the next build must not remove backfilled days. When needs are unknown, nothing is removed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from glassbook.clock import now
from glassbook.errors import CheckFailed, GlassbookError
from glassbook.settings import Settings
from glassbook.snapshots import (
    Snapshot,
    all_snapshots,
    clear_removed,
    current_snapshot,
    find_snapshot,
    has_snapshot,
    only_one_build,
    remove_snapshot,
)
from reports.retention.packages import Package, packages


class StillNeeded(CheckFailed):
    """A snapshot to be removed is still needed; the message names what needs it."""


@dataclass(frozen=True)
class Kept:
    """Something that stays, and why."""

    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class PrunePlan:
    """What would be removed and what stays; `missing` are snapshots that filings need and that do not exist."""

    snapshots: tuple[Snapshot, ...]
    kept: tuple[Kept, ...]
    missing: tuple[Package, ...]


def make_plan(settings: Settings) -> PrunePlan:
    """What may be removed now: snapshots that nothing needs.

    Raises RetentionUnknown or ChainBroken when it is not known what must be kept.
    """
    today = now(settings).astimezone(ZoneInfo(settings.timezone)).date()
    found = packages(settings, today)
    reasons = _reasons(settings, found, today)
    snapshots = all_snapshots(settings)
    return PrunePlan(
        snapshots=tuple(s for s in snapshots if s.snapshot_id not in reasons),
        kept=tuple(Kept(s.snapshot_id, tuple(reasons[s.snapshot_id])) for s in snapshots if s.snapshot_id in reasons),
        missing=tuple(p for p in found if _is_needed(p, today) and p.snapshot_id not in {s.snapshot_id for s in snapshots}),
    )


def prune(settings: Settings) -> PrunePlan:
    """Removes what may be removed, after any running build, and returns that. Raises as `make_plan` does, and then removes nothing."""
    with only_one_build(settings):
        plan = make_plan(settings)
        clear_removed(settings)
        for snapshot in plan.snapshots:
            remove_snapshot(settings, snapshot)
        return plan


def prune_one(settings: Settings, snapshot_id: str, *, is_rehearsal: bool) -> Snapshot:
    """Removes one snapshot by name, or only says that it may be removed.

    Raises InputError for an unknown name, and StillNeeded when the snapshot is current or a filing needs it; then nothing is removed.
    """
    with only_one_build(settings):
        snapshot = find_snapshot(settings, snapshot_id)
        today = now(settings).astimezone(ZoneInfo(settings.timezone)).date()
        reasons = [_reason(p) for p in packages(settings, today) if p.snapshot_id == snapshot_id and _is_needed(p, today)]
        if _is_current(settings, snapshot):
            reasons.insert(0, "readers use it now")
        if reasons:
            raise StillNeeded(f"snapshot {snapshot_id} stays: {'; '.join(reasons)}. Nothing was removed.")
        if not is_rehearsal:
            remove_snapshot(settings, snapshot)
        return snapshot


def prune_after_build(settings: Settings) -> None:
    """Removes unneeded snapshots, except those built for an instant, at the end of a build that holds the lock.

    Never fails a build that is already published.
    """
    clear_removed(settings)
    try:
        plan = make_plan(settings)
    except GlassbookError as error:
        logging.getLogger("glassbook").error("old snapshots are kept: %s", error)
        return
    for snapshot in plan.snapshots:
        if not snapshot.is_beside:
            remove_snapshot(settings, snapshot)


def _reasons(settings: Settings, found: Iterable[Package], today: date) -> dict[str, list[str]]:
    """Why snapshots stay, by their id."""
    reasons: dict[str, list[str]] = {}
    snapshots = all_snapshots(settings)
    if has_snapshot(settings):
        reasons[current_snapshot(settings).snapshot_id] = ["readers use it now"]
    for snapshot in snapshots[-settings.keep_snapshots :]:
        reasons.setdefault(snapshot.snapshot_id, []).append(f"one of the newest {settings.keep_snapshots}")
    for package in found:
        if _is_needed(package, today):
            reasons.setdefault(package.snapshot_id, []).append(_reason(package))
    return reasons


def _is_needed(package: Package, today: date) -> bool:
    return not package.is_replaced and today <= package.keep_until


def _reason(package: Package) -> str:
    return f"the filing {package.name} needs it until {package.keep_until}"


def _is_current(settings: Settings, snapshot: Snapshot) -> bool:
    return has_snapshot(settings) and current_snapshot(settings).snapshot_id == snapshot.snapshot_id
