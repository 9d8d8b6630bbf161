"""Where a simulation is written: first a sibling folder, which gets the requested name when everything is there."""

from __future__ import annotations

import ctypes
import glob
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from glassbook.errors import InputError
from glassbook.json_text import parse_json
from simulator.plan import Plan

MARKER = "simulation.json"
# Linux: renameat2(2) with paths taken as they are, and both names swapped.
AT_FDCWD = -100
RENAME_EXCHANGE = 2


@contextmanager
def replaced_folder(out: Path, plan: Plan) -> Iterator[Path]:
    """A new folder that replaces `out` when the block succeeds and is removed when it fails.

    Raises InputError when `out` holds anything but an earlier simulation of the same seed, size and start.
    """
    out = Path(out).absolute()
    refuse_dates(plan)
    _refuse_foreign(out, plan)
    out.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(out)
    folder = out.with_name(f".{out.name}.new-{os.getpid()}")
    folder.mkdir()
    try:
        yield folder
        shutil.rmtree(folder / ".spill", ignore_errors=True)
        (folder / MARKER).write_text(json.dumps(_marker(plan), indent=2, sort_keys=True) + "\n", encoding="utf-8")
        if out.exists():
            _exchange(folder, out)
        else:
            folder.rename(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _exchange(new: Path, old: Path) -> None:
    """Swaps two folders; in one step where Linux can, so that a reader finds one of them whole at any moment."""
    libc = ctypes.CDLL(None, use_errno=True)
    names = (AT_FDCWD, os.fsencode(new), AT_FDCWD, os.fsencode(old), RENAME_EXCHANGE)
    if not hasattr(libc, "renameat2") or libc.renameat2(*names) != 0:
        aside = old.with_name(f".{old.name}.old-{os.getpid()}")
        old.rename(aside)
        new.rename(old)
        aside.rename(new)


def _remove_leftovers(out: Path) -> None:
    """Removes what killed simulations left beside `out`."""
    for leftover in out.parent.glob(f".{glob.escape(out.name)}.new-*"):
        process = leftover.name.rpartition("-")[2]
        if process == str(os.getpid()) or not Path(f"/proc/{process}").exists():
            shutil.rmtree(leftover, ignore_errors=True)


def _marker(plan: Plan) -> dict[str, object]:
    return {
        "anomalies": plan.has_anomalies,
        "from": plan.start.isoformat(),
        "loans": plan.loans,
        "seed": plan.seed,
        "to": plan.end.isoformat(),
    }


def refuse_dates(plan: Plan) -> None:
    """Raises InputError when the last day is before the first."""
    if plan.end < plan.start:
        raise InputError(
            found=f"--from {plan.start} and --to {plan.end}",
            where="the dates of the simulation",
            expected="a last day that is not before the first",
            remedy="Give a --to on or after --from.",
        )


def _refuse_foreign(out: Path, plan: Plan) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    asked = _marker(plan)
    found = "files that no simulation made"
    if (out / MARKER).is_file():
        made = parse_json((out / MARKER).read_text(encoding="utf-8"))
        if all(made.get(name) == asked[name] for name in ("seed", "loans", "from", "anomalies")):
            return
        found = f"a simulation with seed {made.get('seed')}, {made.get('loans')} loans from {made.get('from')}"
    raise InputError(
        found=found,
        where=str(out),
        expected=f"no such folder, an empty one, or a simulation with seed {plan.seed}, {plan.loans} loans from {plan.start}",
        remedy="Name another --out, or remove the folder yourself.",
    )
