"""The snapshot that a build starts from: which one it may be, and its copy.

Belongs here: choosing and copying. Does not: what a build makes of it (`build`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from glassbook.disk import copy_hashed
from glassbook.errors import InputError
from glassbook.lake.loads import Load
from glassbook.settings import Settings
from glassbook.snapshots import DATABASE, Snapshot, current_snapshot
from warehouse.control import supplied

# Parameters that every row depends on: where one changed, nothing of an earlier build can be used.
_FOUNDATIONS = (
    *("timezone", "currency", "code_version", "engine", "contract_version"),
    *("over_90_amount", "overdue_rate_base", "count_promotional", "home_regime"),
    *("own_hosts", "return_hosts"),
)


def choose_base(settings: Settings, loads: list[Load], parameters: dict[str, str | None]) -> Snapshot | None:
    """The current snapshot, when a build may start from it: the same foundations, and its loads are the first of those known now."""
    try:
        base = current_snapshot(settings)
    except InputError:
        # None yet, or pointer or manifest are damaged: everything is computed, and both are written again.
        return None
    same = all(base.manifest["parameters"].get(name) == parameters[name] for name in _FOUNDATIONS)
    held = base.manifest["loads"]
    # A table or column that is supplied for the first time gives figures of every past month a value.
    is_supplied_alike = supplied(loads) == supplied(loads[: len(held)])
    # A row version that went into quarantine has no newer version by which a later build could find the loans that it touches, and rows
    # kept from it would have to be replaced by an older version.
    has_lost = any(table.withdrawn_path for load in loads[len(held) :] for table in load.tables.values())
    return base if same and is_supplied_alike and not has_lost and held == names_of(loads)[: len(held)] else None


def names_of(loads: list[Load]) -> list[list[Any]]:
    """Number and name of each load, as a snapshot's manifest lists them."""
    return [[load.load_seq, load.load_id] for load in loads]


def copy_base(base: Snapshot, database: Path) -> str | None:
    """Copies a snapshot's file to `database`; returns None, or what is wrong with the file (then no copy stays)."""
    recorded = base.manifest.get("files", {}).get(DATABASE)
    try:
        found = copy_hashed(base.database, database)
    except OSError as error:
        return f"{base.database}: {error.strerror}"
    if recorded in (None, found):
        return None
    database.unlink()
    return f"{base.database}: is not as it was published, its SHA-256 is {found} and {recorded} is recorded"
