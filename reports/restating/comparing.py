"""Two packages, or a package and the current snapshot, as the two sides of one comparison."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from glassbook.errors import InputError
from glassbook.settings import Settings
from glassbook.snapshots import current_snapshot
from reports.filing.declare.regime import load_regime
from reports.restating.comparison import Comparison, compare
from reports.restating.sides import read_filed, side_of_package, side_of_snapshot


def compare_packages(settings: Settings, package: Path, other: Path | None) -> Comparison:
    """Compares a package with another, or with the current snapshot if there is none; the side that was known first comes first.

    Raises InputError for packages of different periods, or whose snapshot is no longer kept.
    """
    filed = read_filed(package)
    regime = load_regime(str(filed.head["regime"]))
    sides = [side_of_package(settings, filed)]
    if other is None:
        sides.append(side_of_snapshot(current_snapshot(settings), regime, filed.as_of))
    else:
        second = read_filed(other)
        if (second.head["regime"], second.head["period"]) != (filed.head["regime"], filed.head["period"]):
            raise InputError(
                found=f"{filed.name} and {second.name}",
                where="the packages to compare",
                expected="two versions of one filing: the same regime and period",
                remedy="Name two such packages; `glassbook figures` reads any day of any snapshot.",
            )
        sides.append(side_of_package(settings, second))
    first, last = sorted(sides, key=lambda side: datetime.fromisoformat(side.facts["known_at"]))
    return compare(regime, filed.as_of, first, last)
