"""Where output that a user asks for is never written: places of the home that Glassbook manages itself, and what is no file."""

from __future__ import annotations

from pathlib import Path

from glassbook.errors import InputError
from glassbook.regimes import known_regimes
from glassbook.settings import Settings

# Of a package, its seal, or its first file while it is not sealed.
_OF_A_PACKAGE = ("SEAL", "filing.json")


def refuse_own_place(settings: Settings, out: Path, option: str = "--out", *, is_package: bool = False) -> None:
    """Raises InputError where `out`, with links resolved, is such a place, lies in one, or is a log.

    Of the folder of filings, only a name that Glassbook does not use itself is free: a package for inspection may lie beside those of the
    log. `is_package`: what is written is a package, and its writer refuses one that is there and differs.
    """
    target = out.resolve()
    kept = {
        "the lake": settings.lake_dir,
        "the log of loads": settings.log_dir,
        "the builds": settings.builds_dir,
        "the snapshots": settings.snapshots_dir,
        "the keys": settings.keys_dir,
        "the log of runs": settings.home / "runs.jsonl",
    }
    for name, place in kept.items():
        if target.is_relative_to(place.resolve()):
            raise _refusal(f"a place in {name} of the home", out, option)
    if _is_kept_of_filings(settings.filings_dir.resolve(), target, is_package=is_package):
        raise _refusal("a place of the filings of the home", out, option)


def _is_kept_of_filings(filings: Path, target: Path, *, is_package: bool) -> bool:
    if not target.is_relative_to(filings):
        return False
    names = target.relative_to(filings).parts
    # Logs with their heads and locks, receipts, and a folder per regime.
    if not names or names[0].startswith((".", "log.", "deliveries.", "receipts")) or names[0] in known_regimes():
        return True
    if any((filings / names[0]).glob("*/v*")):
        return True  # the folder of a regime that is not installed any more
    archived = target.with_suffix("") if target.suffix == ".zip" else target
    folders = [archived, *target.parents]
    inside = [folder for folder in folders if folder.is_relative_to(filings) and any((folder / name).exists() for name in _OF_A_PACKAGE)]
    return bool(inside) and not (is_package and inside == [target])


def _refusal(found: str, out: Path, option: str) -> InputError:
    return InputError(
        found=found,
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
