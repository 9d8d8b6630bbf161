"""The steps that make a filing: as a filing of the home with its life cycle, or as a separate package."""

from __future__ import annotations

import time
from pathlib import Path

from glassbook.runs import StepRun, recorded
from glassbook.settings import Settings
from reports.filing.acts.acts import open_or_check
from reports.filing.acts.writing import write_filing


def open_or_check_filing(settings: Settings, regime: str, period: str) -> StepRun:
    """Opens the filing of a period from the snapshot in force, or makes its package again while nobody has signed."""
    began = time.perf_counter()
    act = open_or_check(settings, f"{regime}-{period}", settings.person or "monthly_filing")
    return _recorded(settings, regime, period, act.package, is_draft=act.filing.state == "draft", next_step=act.next, began=began)


def write_package(settings: Settings, regime: str, period: str, out: Path, supersedes: Path | None = None) -> StepRun:
    """Writes a package into the folder `out`, outside the life cycle of the filing."""
    began = time.perf_counter()
    made = write_filing(settings, regime, period, out, supersedes=supersedes)
    return _recorded(settings, regime, period, made.folder, is_draft=made.is_draft, next_step="", began=began)


def _recorded(settings: Settings, regime: str, period: str, package: Path, *, is_draft: bool, next_step: str, began: float) -> StepRun:
    metadata = {
        "regime": regime,
        "period": period,
        "is_draft": is_draft,
        "next": next_step,
        "bytes": sum(path.stat().st_size for path in package.rglob("*") if path.is_file()),
        "seconds": time.perf_counter() - began,
        "path": str(package),
    }
    return recorded(settings, StepRun("file", metadata))
