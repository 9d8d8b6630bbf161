"""Makes a filing again from the lake as known then, and compares every figure and every byte with the package.

Belongs here: the settings that the package names, a scratch home, and the comparison. Does not: building, which the caller passes in. The
home is never changed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from glassbook.errors import InputError
from glassbook.json_text import parse_json
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from reports.filing.life.log import NewEntry, open_log
from reports.filing.make.conditions import BUILD_SETTINGS
from reports.filing.make.edits import Reason
from reports.filing.make.filing import MadeFiling, Terms, make_filing
from reports.filing.package.package import clear_leftovers
from reports.filing.package.seal import make_seal, parse_seal
from reports.restating.annex import ANNEX_JSON
from reports.restating.sides import Filed, Side, read_file, read_filed
from reports.restating.superseding import explains_since

SCRATCH = "recompute"
# The fields that a package records of a filing due before it.
KNOWN = ("regime", "period", "version", "state", "seal", "at")


class Build(Protocol):
    """Builds a snapshot of what was known at an instant, in the home of the settings."""

    def __call__(self, settings: Settings, *, full: bool, known_at: datetime | None) -> Snapshot: ...


@dataclass(frozen=True)
class Reproduction:
    """The result: figures that differ as (code, filed, made again), files that differ, and possible reasons.

    `file_count` and `figure_count` are those of the package; `seal` is the package's seal, which the reproduction has too when it is exact.
    """

    filed: Filed
    snapshot_id: str
    figure_count: int
    file_count: int
    figures: tuple[tuple[str, str | None, str | None], ...]
    files: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def is_reproduced(self) -> bool:
        """Whether every figure and every byte is as sealed."""
        return not self.figures and not self.files


def reproduce(settings: Settings, package: Path, build: Build) -> Reproduction:
    """Makes the filing of `package` again in a scratch home, only from the package and the lake of `settings`.

    Raises CheckFailed when the package is not as sealed, InputError when nothing had been loaded by then.
    """
    filed = read_filed(package)
    seal = parse_seal(read_file(package, "SEAL"))
    contents = {name: read_file(package, name) for name in seal.files}
    with _scratch(settings, contents.get("profile.yml")) as scratch:
        _tell_filings(scratch, filed.head)
        known = _as_filed(scratch, filed.head)
        snapshot = build(known, full=True, known_at=_known_at(filed.head))
        terms = _terms(scratch, filed, contents, build)
        made = make_filing(known, filed.head["regime"], filed.head["period"], snapshot=snapshot, terms=terms, with_attachments=False)
    files = sorted(name for name in contents.keys() | made.contents.keys() if contents.get(name) != made.contents.get(name))
    # The seal is computed from the files and the seal before it.
    if not files and make_seal(made.contents, seal.previous).whole != filed.seal:
        files = ["SEAL"]
    return Reproduction(
        filed=filed,
        snapshot_id=snapshot.snapshot_id,
        figure_count=len(filed.records),
        file_count=len(contents),
        figures=tuple(_differing(filed, made)),
        files=tuple(files),
        reasons=tuple(_reasons(filed.head, snapshot)) if files else (),
    )


@contextmanager
def _scratch(settings: Settings, profile: bytes | None) -> Iterator[Settings]:
    """A temporary home beside the builds: it reads the same lake, and is removed with everything made in it."""
    settings.builds_dir.mkdir(parents=True, exist_ok=True)
    # The name lets a cleanup recognise what a killed run left.
    clear_leftovers(settings.builds_dir, SCRATCH)
    home = settings.builds_dir / f".{SCRATCH}.{os.getpid()}.partial"
    home.mkdir()
    try:
        for folder in (settings.lake_dir, settings.log_dir):
            if folder.is_dir():
                (home / folder.name).symlink_to(folder.resolve(), target_is_directory=True)
        scratch = settings.model_copy(update={"home": home, "profile": None})
        if profile is not None:
            scratch.profile_file.parent.mkdir(parents=True)
            scratch.profile_file.write_bytes(profile)
        yield scratch
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _tell_filings(scratch: Settings, head: Mapping[str, Any]) -> None:
    """Gives the edits what was known of filings then, as a log with only that: the log itself is not in the package.

    Raises InputError for a record that no filing has.
    """
    known = head.get("known_filings") or ()
    try:
        with open_log(scratch) as log:
            for filing in known:
                log.append(NewEntry(action="known", from_state=None, who="", **{name: filing[name] for name in KNOWN}))
    except (KeyError, TypeError) as error:
        raise InputError(
            found=f"known filings that no filing has ({type(error).__name__})",
            where="known_filings in filing.json of the package",
            expected="a list of " + ", ".join(KNOWN),
            remedy="This package was not made by `glassbook file` or `glassbook filing`.",
        ) from None


def _as_filed(scratch: Settings, head: Mapping[str, Any]) -> Settings:
    """The settings with which a filing was made, from its own record. Raises InputError for a record that no filing has."""
    # A package may come from anywhere: home, profile, targets and similar settings are always ours.
    try:
        given = {name: value for name, value in (head.get("parameters") or {}).items() if name in BUILD_SETTINGS}
        given |= {name: head[name] for name in ("country", "timezone", "filings_since") if name in head}
        return Settings(**(scratch.model_dump() | given))
    except (ValidationError, AttributeError) as error:
        raise InputError(
            found=f"settings that no filing has ({type(error).__name__})",
            where="parameters in filing.json of the package",
            expected=", ".join(BUILD_SETTINGS),
            remedy="This package was not made by `glassbook file` or `glassbook filing`.",
        ) from None


def _known_at(head: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(head["known_at"])


def _terms(scratch: Settings, filed: Filed, contents: Mapping[str, bytes], build: Build) -> Terms:
    """What the package says besides its data; an annex is made again from the version before, built as known then."""
    head = filed.head
    edits = parse_json(contents["checks.json"])["edits"]
    reasons = {edit["code"]: Reason(edit["reason"], edit["findings"]) for edit in edits if edit["reason"] is not None}
    explain = None
    if ANNEX_JSON in contents:
        told = parse_json(contents[ANNEX_JSON])
        before = told["before"]
        snapshot = build(_as_filed(scratch, before), full=True, known_at=_known_at(before))
        # Figures that did not change are as in this version.
        records = {code: filed.records[code] for code in told["unchanged"]}
        records |= {figure["code"]: figure["before"] for figure in told["changed"] if figure["before"] is not None}
        explain = explains_since(Side(before, dict(sorted(records.items())), snapshot))
    return Terms(head["version"], head["replaces"], tuple(head["sign_offs"]), reasons, explain)


def _differing(filed: Filed, made: MadeFiling) -> Iterator[tuple[str, str | None, str | None]]:
    again = {record["code"]: record for record in parse_json(made.contents["figures.json"])["figures"]}
    for code in sorted(filed.records.keys() | again.keys()):
        old, new = filed.records.get(code), again.get(code)
        if old != new:
            yield code, _said(old), _said(new)


def _said(record: Mapping[str, str | None] | None) -> str | None:
    if record is None:
        return None
    return ", ".join(f"{name} {value}" for name, value in record.items() if name != "code" and value is not None)


def _reasons(head: Mapping[str, Any], snapshot: Snapshot) -> Iterator[str]:
    """The conditions that are not as they were; none of them excuses a figure that differs."""
    for name in ("code_version", "engine", "rule_set_version", "contract_version"):
        here = snapshot.manifest.get(name)
        # Older packages do not record their engine, so no difference is known.
        if head.get(name, here if name == "engine" else None) != here:
            yield f"{name} was {head.get(name)}, here it is {here}: install the version that made the package to have it byte for byte"
    if head["known_at"] != snapshot.manifest["known_at"]:
        yield f"the newest load known then was of {head['known_at']}, in this lake it is of {snapshot.manifest['known_at']}"


def build_from_home() -> Callable[..., Snapshot]:
    """The installed builder; imported only here, since readers do not build."""
    from importlib.metadata import entry_points

    (point,) = entry_points(group="glassbook.builders", name="build")
    builder: Callable[..., Snapshot] = point.load()
    return builder
