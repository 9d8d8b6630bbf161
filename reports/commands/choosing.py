"""The options of commands that read a snapshot: which snapshot, and which day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from datetime import date

    from glassbook.settings import Settings
    from glassbook.snapshots import Snapshot


@dataclass(frozen=True)
class Asked:
    """The day and the snapshot that the user asked for; None where an option was not given."""

    as_of: str | None
    known_at: str | None
    snapshot_id: str | None

    @property
    def is_of_the_past(self) -> bool:
        """Whether the user asked for a snapshot by id, or for what was known at an instant."""
        return self.known_at is not None or self.snapshot_id is not None


def asked_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds --as-of, --known-at and --snapshot to a command, which gets them as one argument `asked`."""

    @wraps(command)
    def with_asked(*args: Any, as_of: str | None, known_at: str | None, snapshot_id: str | None, **others: Any) -> None:
        command(*args, asked=Asked(as_of, known_at, snapshot_id), **others)

    for option in (
        click.option("--snapshot", "snapshot_id", help="Id of a kept snapshot. [default: the current one]"),
        click.option("--known-at", "known_at", help="Instant: as known then, by the load log (ISO 8601; without an offset: UTC)."),
        click.option("--as-of", "as_of", help="Business date YYYY-MM-DD. [default: latest day of the snapshot]"),
    ):
        with_asked = option(with_asked)
    return with_asked


def choose(asked: Asked) -> tuple[Settings, Snapshot, date]:
    """Settings, the snapshot asked for and the day. Raises InputError for a day, instant or snapshot that does not exist."""
    from glassbook.errors import InputError
    from glassbook.settings import load_settings
    from reports.figures.selection import choose_snapshot, parse_day, parse_instant

    instant = None if asked.known_at is None else parse_instant(asked.known_at, "--known-at")
    day = None if asked.as_of is None else parse_day(asked.as_of, "--as-of")
    settings = load_settings()
    snapshot = choose_snapshot(settings, snapshot_id=asked.snapshot_id, known_at=instant)
    day = day or snapshot.as_of
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
