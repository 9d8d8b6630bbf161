"""Doctor's check of who may read the home's files."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from glassbook.settings import Settings
from glassbook.snapshots import PUBLIC_DATABASE
from reports.doctor.lake import Seen

_READ = stat.S_IRGRP | stat.S_IROTH
_ENTER = stat.S_IXGRP | stat.S_IXOTH
_MANY = 1000


def look_at_rights(settings: Settings) -> Seen:
    """Whether only the owner can read files that may hold personal data or keys. The page and the public file are for all."""
    found = list(islice(_readable_by_others(settings), _MANY))
    if not found:
        return Seen("ok", "what may hold personal data is readable by its owner alone")
    count = f"{_MANY} or more" if len(found) == _MANY else str(len(found))
    told = f"{count} file(s) that may hold personal data can be read by others on this machine, the first {found[0]}"
    return Seen("note", told, f"chmod go= {settings.home}, or each of its folders except the page's when a web server reads that.")


def _readable_by_others(settings: Settings) -> Iterator[Path]:
    places = (
        *(settings.lake_dir, settings.log_dir, settings.builds_dir, settings.snapshots_dir, settings.keys_dir),
        *(settings.filings_dir, settings.outbox_dir, settings.profile_file.parent, settings.platform_dir),
    )
    if settings.home.is_dir() and settings.home.stat().st_mode & _ENTER:
        for place in places:
            if place.is_dir() and place.is_relative_to(settings.home):
                yield from _readable_in(place)


def _readable_in(folder: Path) -> Iterator[Path]:
    if not folder.stat().st_mode & _ENTER:
        return
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink():
            continue
        if entry.is_dir():
            yield from _readable_in(entry)
        elif entry.stat().st_mode & _READ and entry.name != PUBLIC_DATABASE:
            yield entry
