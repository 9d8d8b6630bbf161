"""The packages of a home, each with the day until which it must be kept.

Packages are found by searching the folders, so that each counts, however it was made. What the log of filings says of a version takes
precedence over what the package says of itself.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from glassbook.errors import CheckFailed
from glassbook.json_text import parse_json
from glassbook.settings import Settings
from reports.filing.declare.regime import load_regime, regime_names
from reports.filing.life.states import Filing, filings, package_folder

HEAD = "filing.json"


class RetentionUnknown(CheckFailed):
    """It is not known what must be kept, so nothing may be removed; the message names the package."""


@dataclass(frozen=True)
class Package:
    """A package of a home. `path` is its folder, or its archive if there is no folder; `keep_until` is the last day of its retention.

    A draft that another one replaced before sign-off needs no snapshot (`is_replaced`).
    """

    path: Path
    regime: str
    period: str
    version: int
    snapshot_id: str
    known_at: str
    keep_until: date
    is_replaced: bool

    @property
    def name(self) -> str:
        """The filing's name in messages."""
        return f"{self.regime} {self.period} version {self.version}"


def packages(settings: Settings, today: date) -> list[Package]:
    """Every package under the home's filings, in order of path.

    Raises RetentionUnknown when a package cannot be read, or a version in the log lacks one before its retention is over, and ChainBroken.
    """
    known = filings(settings)
    places = {package_folder(settings, filing).resolve(): filing for filing in known}
    found = [_package(settings, path, known, places) for path in _paths(settings.filings_dir)]
    there = {package.path.resolve() for package in found} | {package.path.resolve().with_suffix("") for package in found}
    for place, filing in places.items():
        if place not in there and today <= _keep_until(settings, filing.regime, filing.period, known):
            raise RetentionUnknown(
                f"{filing.filing_id} version {filing.version}: its package {place} is missing, so that its snapshot is not known. "
                "Restore the filings from the backup; nothing is removed until then."
            )
    return found


def _paths(folder: Path) -> Iterator[Path]:
    """Folders of packages, and archives without a folder; not what is still being written."""
    folders = [head.parent for head in sorted(folder.rglob(HEAD)) if not _is_hidden(head.relative_to(folder))]
    yield from folders
    for archive in sorted(folder.rglob("*.zip")):
        if archive.with_suffix("") not in folders and not _is_hidden(archive.relative_to(folder)):
            yield archive


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _package(settings: Settings, path: Path, known: list[Filing], places: dict[Path, Filing]) -> Package:
    try:
        head = _head(path)
        regime, period, version = str(head["regime"]), str(head["period"]), int(head["version"])
        snapshot_id, known_at = str(head["snapshot"]), str(head["known_at"])
        last = max(date.fromisoformat(head["due_on"]), datetime.fromisoformat(known_at).astimezone(ZoneInfo(settings.timezone)).date())
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise RetentionUnknown(
            f"{path}: its {HEAD} cannot be read ({type(error).__name__}: {error}), so that its snapshot is not known. "
            "Restore it from the backup, or move what is no package elsewhere; nothing is removed until then."
        ) from error
    place = path.resolve() if path.is_dir() else path.resolve().with_suffix("")
    return Package(
        path=path,
        regime=regime,
        period=period,
        version=version,
        snapshot_id=snapshot_id,
        known_at=known_at,
        keep_until=max(years_after(last, _years(settings, regime)), _keep_until(settings, regime, period, known)),
        is_replaced=place.parent.name.endswith(".drafts") and place not in places,
    )


def _head(path: Path) -> dict[str, Any]:
    if path.is_dir():
        content = (path / HEAD).read_bytes()
    else:
        with zipfile.ZipFile(path) as archive:
            content = archive.read(HEAD)
    head = parse_json(content)
    if not isinstance(head, dict):
        raise ValueError("it is no object")
    return head


def _keep_until(settings: Settings, regime: str, period: str, known: list[Filing]) -> date:
    """Last day of retention, by the last step of any version of a filing; long ago for a filing that the log does not have."""
    zone = ZoneInfo(settings.timezone)
    steps = [entry for filing in known if (filing.regime, filing.period) == (regime, period) for entry in filing.entries]
    days = [datetime.fromisoformat(entry.at).astimezone(zone).date() for entry in steps]
    return years_after(max(days), _years(settings, regime)) if days else date.min


def _years(settings: Settings, regime: str) -> int:
    retention = load_regime(regime).retention if regime in regime_names() else None
    return max(settings.retention_years, 0 if retention is None else retention.years)


def years_after(day: date, years: int) -> date:
    """The same day of a later year; 29 February becomes 1 March in a year without it."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
