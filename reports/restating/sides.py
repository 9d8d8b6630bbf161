"""One side of a comparison: figures, how they were made as far as known, and the snapshot with the rows behind them.

Belongs here: a side from a package or from a snapshot. Does not: comparing two of them (`comparison`).
"""

from __future__ import annotations

import shlex
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from glassbook.errors import CheckFailed, InputError
from glassbook.json_text import parse_json
from glassbook.settings import Settings
from glassbook.snapshots import MANIFEST, Snapshot, connect, find_snapshot
from reports.figures.reading import FigureSet, read_figures
from reports.filing.declare.regime import Regime
from reports.filing.make.conditions import BUILD_SETTINGS, read_conditions
from reports.verifying.package import verify_package

_FACTS = (
    *("version", "known_at", "data_until", "snapshot", "code_version", "model_version", "rule_set_version", "contract_version"),
    *("parameters", "rule_tables"),
)


@dataclass(frozen=True)
class Side:
    """`facts` are from filing.json, with `seal` None when nothing was sealed; `records` are those of figures.json, by code."""

    facts: Mapping[str, Any]
    records: Mapping[str, Mapping[str, str | None]]
    snapshot: Snapshot


@dataclass(frozen=True)
class Filed:
    """A package that is as sealed."""

    path: Path
    head: Mapping[str, Any]
    records: Mapping[str, Mapping[str, str | None]]
    seal: str

    @property
    def as_of(self) -> date:
        """The day of its figures."""
        return date.fromisoformat(self.head["as_of"])

    @property
    def name(self) -> str:
        """Its name for people: regime, period and version."""
        return f"{self.head['regime']}-{self.head['period']} v{self.head['version']}"


def read_file(package: Path, name: str) -> bytes:
    """One file of a package, folder or archive. Raises KeyError when there is none of that name."""
    if package.is_dir():
        try:
            return (package / name).read_bytes()
        except FileNotFoundError:
            raise KeyError(name) from None
    with zipfile.ZipFile(package) as archive:
        return archive.read(name)


def read_filed(package: Path) -> Filed:
    """The package at `package`. Raises CheckFailed when it is not as sealed, InputError when it is not a filing."""
    verdict = verify_package(package)
    if not verdict.is_intact or verdict.seal is None:
        raise CheckFailed(
            f"{package} is not as it was sealed, so that nothing is read from it:\n  "
            + "\n  ".join(verdict.problems)
            + "\nRestore it from a copy, then run `glassbook verify`."
        )
    try:
        head = parse_json(read_file(package, "filing.json"))
        figures = {record["code"]: record for record in parse_json(read_file(package, "figures.json"))["figures"]}
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(
            found=f"no {error}", where=str(package), expected="a package made by `glassbook file`", remedy="Name such a package."
        ) from error
    return Filed(package, head, figures, verdict.seal.whole)


def read_replaced(package: Path, regime: str, period: str) -> Filed:
    """The package that a new one replaces. Raises InputError unless it has that regime and period."""
    replaced = read_filed(package)
    if (replaced.head["regime"], replaced.head["period"]) != (regime, period):
        raise InputError(
            found=replaced.name,
            where=str(package),
            expected=f"an earlier version of {regime}-{period}",
            remedy="Name the package that the new one replaces.",
        )
    return replaced


def filed_snapshot(settings: Settings, head: Mapping[str, Any], called: str) -> Snapshot:
    """The snapshot from which a filing was made. If it was removed, raises InputError with the command that makes it again."""
    snapshot_id = str(head["snapshot"])
    if (settings.snapshots_dir / snapshot_id / MANIFEST).is_file():
        return find_snapshot(settings, snapshot_id)
    others = [(name, str(value)) for name, value in (head.get("parameters") or {}).items() if name in BUILD_SETTINGS]
    # Quoted: the maker of the package chose these words, and a user may run them as they are.
    differing = [f"GLASSBOOK_{name.upper()}={shlex.quote(value)}" for name, value in others if _differs(settings, name, value)]
    command = " ".join([*differing, f"glassbook build --known-at {shlex.quote(str(head['known_at']))}"])
    raise InputError(
        found=f"that snapshot {snapshot_id} is not kept any more",
        where=f"{settings.snapshots_dir}, for {called}",
        expected="the snapshot that the filing was made from",
        remedy=f"Run `{command}` with the code {head.get('code_version')} that made it; the lake gives the same snapshot again.",
    )


def _differs(settings: Settings, name: str, value: str) -> bool:
    held = getattr(settings, name, value)
    return value != (str(held).lower() if isinstance(held, bool) else str(held))


def side_of_package(settings: Settings, filed: Filed) -> Side:
    """What a package says."""
    return side_of_head(filed.head, filed.records, filed_snapshot(settings, filed.head, filed.name), filed.seal)


def side_of_head(head: Mapping[str, Any], records: Mapping[str, Any], snapshot: Snapshot, seal: str | None) -> Side:
    """A side from the document filing.json."""
    return Side({"filing": f"{head['regime']}-{head['period']}", "seal": seal} | {n: head.get(n) for n in _FACTS}, records, snapshot)


def side_of_snapshot(snapshot: Snapshot, regime: Regime, as_of: date) -> Side:
    """What a snapshot says of a day."""
    with connect(snapshot.database) as connection:
        conditions = read_conditions(connection, regime.name)
    manifest = snapshot.manifest
    facts = dict.fromkeys(("filing", "seal", *_FACTS)) | {name: manifest.get(name) for name in _FACTS if name in manifest}
    facts |= {"snapshot": snapshot.snapshot_id, "data_until": manifest["as_of"]} | conditions
    return Side(facts, records_of(read_figures(snapshot, regime, as_of)), snapshot)


def records_of(figures: FigureSet) -> dict[str, dict[str, str | None]]:
    """Figures as figures.json writes them, by code."""
    return {figure.code: figure.record() for figure in figures.figures}
