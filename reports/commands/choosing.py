"""What commands that read a snapshot ask for: which snapshot, and which day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import date

    from glassbook.settings import Settings
    from glassbook.snapshots import Snapshot


def choose(as_of: str | None, known_at: str | None, snapshot_id: str | None) -> tuple[Settings, Snapshot, date]:
    """Settings, the snapshot asked for and the day; each option as it was given. Raises InputError when a value will not do."""
    from glassbook.errors import InputError
    from glassbook.settings import load_settings
    from reports.figures.selection import choose_snapshot, parse_day, parse_instant

    instant = None if known_at is None else parse_instant(known_at, "--known-at")
    asked = None if as_of is None else parse_day(as_of, "--as-of")
    settings = load_settings()
    snapshot = choose_snapshot(settings, snapshot_id=snapshot_id, known_at=instant)
    day = asked or snapshot.as_of
    if day is None:
        raise InputError(
            found="a platform without any data, and no --as-of",
            where=f"snapshot {snapshot.snapshot_id}",
            expected="a day to report on",
            remedy="Add --as-of with a day such as 2019-12-31.",
        )
    if snapshot.as_of is not None and day > snapshot.as_of:
        click.echo(f"note: the data ends on {snapshot.as_of}; {day} shows what is known of it by then", err=True)
    return settings, snapshot, day
