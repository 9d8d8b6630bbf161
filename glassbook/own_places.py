"""Where output that a user asks for is never written: places of the home that Glassbook manages itself, and what is no file."""

from __future__ import annotations

from pathlib import Path

from glassbook.errors import InputError
from glassbook.settings import Settings


def refuse_own_place(settings: Settings, out: Path, option: str = "--out") -> None:
    """Raises InputError where `out`, with links resolved, is such a place, lies in one, or is a log.

    Filings are not among them: a package for inspection may lie beside those of the log.
    """
    target = out.resolve()
    kept = {
        "the lake": settings.lake_dir,
        "the log of loads": settings.log_dir,
        "the builds": settings.builds_dir,
        "the snapshots": settings.snapshots_dir,
        "the keys": settings.keys_dir,
        "the log of filings": settings.filings_dir / "log.jsonl",
        "the log of deliveries": settings.filings_dir / "deliveries.jsonl",
        "the log of runs": settings.home / "runs.jsonl",
    }
    for name, place in kept.items():
        if target.is_relative_to(place.resolve()):
            raise InputError(
                found=f"a place in {name} of the home",
                where=f"{option} {out}",
                expected="a place that Glassbook does not keep itself",
                remedy=f"Name another {option}; nothing was written.",
            )


def refuse_other_than_file(out: Path, option: str = "--out") -> None:
    """Raises InputError where `out` is there and no file, such as a device: a file that is written in one step would take its place."""
    if out.exists() and not out.is_file():
        raise InputError(
            found="a folder" if out.is_dir() else "a device or a pipe",
            where=f"{option} {out}",
            expected="a file or a free name",
            remedy=f"Name another {option}; nothing was written.",
        )
