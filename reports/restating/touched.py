"""Which filings later loads have changed: every filing's figures as filed, compared with the current snapshot for its period.

Belongs here: finding the packages of a home and comparing figures. Does not: causes (`comparison`), or opening a new version.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from glassbook.errors import GlassbookError
from glassbook.json_text import parse_json
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, current_snapshot
from reports.figures.reading import read_figures
from reports.filing.declare.regime import load_regime
from reports.filing.life.states import ACKNOWLEDGED, SUBMITTED, filings
from reports.restating.sides import read_file, read_filed, records_of

# Maximum depth of a package below the folder of filings: regime, period, version, or a draft of a version.
_DEPTH = 4


@dataclass(frozen=True)
class FilingComparison:
    """The standing of a filing's newest version: `changed` are codes with the value filed and the value known now.

    `problem` says why it could not be compared. `is_draft` means that nobody could sign the package. `state` is that of the log of filings,
    None for a package that is not in it.
    """

    package: Path
    filing: str
    version: int
    is_draft: bool
    known_at: str
    state: str | None = None
    changed: tuple[tuple[str, str | None, str | None], ...] = ()
    problem: str | None = None

    @property
    def is_touched(self) -> bool:
        """Whether it differs from what is known now."""
        return bool(self.changed)

    def record(self) -> dict[str, Any]:
        """The standing for JSON."""
        return {
            "package": str(self.package),
            "filing": self.filing,
            "version": self.version,
            "draft": self.is_draft,
            "state": self.state,
            "known_at": self.known_at,
            "touched": self.is_touched,
            "changed": [{"code": code, "filed": filed, "now": now} for code, filed, now in self.changed],
            "problem": self.problem,
        }


def find_packages(folder: Path) -> list[Path]:
    """Every package below a folder: its folder, or its archive if the folder is not kept."""
    found = {path.parent for path in _within(folder, "filing.json")}
    archives = [path for path in _within(folder, "*.zip") if path.with_suffix("") not in found]
    return sorted(found) + sorted(archives)


def _within(folder: Path, pattern: str) -> Iterator[Path]:
    for depth in range(_DEPTH + 1):
        for path in folder.glob("*/" * depth + pattern):
            # Names that begin with a dot are being written.
            if not any(part.startswith(".") for part in path.relative_to(folder).parts):
                yield path


def standings(settings: Settings) -> tuple[Snapshot, list[FilingComparison]]:
    """The current snapshot, and every filing of the home compared with it, in order of regime and period.

    Of each filing: the newest version, and if that is not yet with the recipient also the newest one that is. Raises ChainBroken.
    """
    snapshot = current_snapshot(settings)
    logged = filings(settings)
    states = {(f.regime, f.period, f.version): f.state for f in logged}
    named = {(f.regime, f.period, f.version, f.seal[:12]) for f in logged}
    found: dict[tuple[str, str], dict[int, tuple[tuple[bool, bool, bool, str], Path, Mapping[str, Any]]]] = {}
    broken: list[FilingComparison] = []
    for package in find_packages(settings.filings_dir):
        try:
            head = parse_json(read_file(package, "filing.json"))
            version, filing = int(head["version"]), (str(head["regime"]), str(head["period"]))
            # Among packages of one version, a signed one wins, then the one that the log names; without a log one that is no draft, then
            # the one known latest.
            is_named = (*filing, version, package.stem) in named
            rank = (package.stem == f"v{version}", is_named, head["status"] != "draft", str(head["known_at"]))
        except (KeyError, ValueError, TypeError, OSError, zipfile.BadZipFile) as error:
            broken.append(FilingComparison(package, package.name, 0, False, "", problem=f"filing.json cannot be read: {error}"))
            continue
        versions = found.setdefault(filing, {})
        if version not in versions or rank > versions[version][0]:
            versions[version] = (rank, package, head)
    standing = [
        _standing(snapshot, package, head, states.get((*filing, version)))
        for filing, versions in sorted(found.items())
        for version, (_, package, head) in sorted(versions.items())
        if version == max(versions) or version == _in_force(filing, states)
    ]
    return snapshot, [*standing, *broken]


def _in_force(filing: tuple[str, str], states: Mapping[tuple[str, str, int], str]) -> int | None:
    """The newest version that the recipient has."""
    return max((v for (*name, v), state in states.items() if tuple(name) == filing and state in (SUBMITTED, ACKNOWLEDGED)), default=None)


def _standing(snapshot: Snapshot, package: Path, head: Mapping[str, Any], state: str | None) -> FilingComparison:
    name, is_draft = f"{head['regime']}-{head['period']}", head["status"] == "draft"
    given = (package, name, int(head["version"]), is_draft, str(head["known_at"]), state)
    try:
        filed = read_filed(package)
        now = records_of(read_figures(snapshot, load_regime(str(head["regime"])), date.fromisoformat(head["as_of"])))
    except GlassbookError as error:
        return FilingComparison(*given, problem=str(error))
    codes = sorted(code for code in filed.records.keys() | now.keys() if filed.records.get(code) != now.get(code))
    return FilingComparison(*given, changed=tuple((code, _value(filed.records, code), _value(now, code)) for code in codes))


def _value(records: Mapping[str, Mapping[str, str | None]], code: str) -> str | None:
    return records[code]["value"] if code in records else None
