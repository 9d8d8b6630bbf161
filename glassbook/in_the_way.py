"""Something else in the place of a file or folder that the home keeps: a folder for a file, or a link that leads nowhere.

No command removes it, since it may be somebody's, or a disk that is not mounted: a person moves it away first. Belongs here: noticing it
before anything is read or written there. Does not: files of the right kind with a wrong content.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from glassbook.errors import InputError
from glassbook.settings import Settings

_MADE_AGAIN = "Move it away, or mount what it leads to; then run `glassbook build`, which makes it again."
_PUT_BACK = "Move it away, or mount what it leads to; then run `glassbook repair`, which puts it back from the other place of the log."
_RESTORED = "Move it away and restore the lake from its backup, or mount what it leads to."


@dataclass(frozen=True)
class Obstacle:
    """What stands in a place, what belongs there, and what to do."""

    place: Path
    found: str
    belongs: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.state}. {self.remedy}"

    @property
    def state(self) -> str:
        """What stands where, without what to do."""
        return f"{self.place}: {self.found} stands there, and {self.belongs} belongs there"

    def error(self) -> InputError:
        """The same as an error."""
        return InputError(found=self.found, where=str(self.place), expected=self.belongs, remedy=self.remedy)


def in_the_load_log(settings: Settings) -> Obstacle | None:
    """What stands in the way of the load log, at both of its places."""
    entries = settings.lake_dir / "_loads"
    return (
        _in_place_of_folder(settings.lake_dir, _RESTORED)
        or _first(_in_place_of_folder(place, _PUT_BACK) for place in (entries, settings.log_dir))
        or _first(_in_place_of_file(settings.log_dir / name, _PUT_BACK) for name in ("loads.jsonl", "loads.head"))
    )


def in_the_snapshots(settings: Settings) -> Obstacle | None:
    """What stands in the way of snapshots, of the pointer to the current one, or of builds."""
    folders = (settings.snapshots_dir, settings.builds_dir)
    return _first(_in_place_of_folder(place, _MADE_AGAIN) for place in folders) or _in_place_of_file(
        settings.snapshots_dir / "CURRENT", _MADE_AGAIN
    )


def in_a_snapshot(folder: Path) -> Obstacle | None:
    """What stands in the place of one snapshot."""
    return _in_place_of_folder(folder, _MADE_AGAIN)


def refuse(found: Obstacle | None) -> None:
    """Raises InputError for what stands in the way."""
    if found is not None:
        raise found.error()


def _first(found: Iterable[Obstacle | None]) -> Obstacle | None:
    return next(filter(None, found), None)


def _in_place_of_folder(place: Path, remedy: str) -> Obstacle | None:
    return Obstacle(place, _kind(place), "a folder", remedy) if os.path.lexists(place) and not place.is_dir() else None


def _in_place_of_file(place: Path, remedy: str) -> Obstacle | None:
    return Obstacle(place, _kind(place), "a file", remedy) if os.path.lexists(place) and not place.is_file() else None


def _kind(place: Path) -> str:
    if not place.exists():
        return "a link that leads nowhere"
    return "a folder" if place.is_dir() else "a file" if place.is_file() else "a device or a pipe"
