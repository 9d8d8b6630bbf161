"""Writes a package that is not in the log of filings, as `glassbook file --out` does: to look at, signed by nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from glassbook.own_places import refuse_own_place
from glassbook.settings import Settings
from glassbook.snapshot_comparison import unchanged
from glassbook.snapshots import Snapshot, current_snapshot
from reports.filing.make.filing import Terms, make_filing
from reports.filing.make.first_day import refuse_before_first_day
from reports.filing.package.package import write_package
from reports.restating.sides import read_replaced, side_of_package
from reports.restating.superseding import explains_since


@dataclass(frozen=True)
class FilingResult:
    """What was filed. A draft has `open_edits`: error edits that fired or crashed, what a form lacks, control totals that do not hold."""

    folder: Path
    archive: Path
    regime: str
    period: str
    status: str
    open_edits: tuple[str, ...]
    seal: str
    snapshot_id: str
    due_on: date
    is_new: bool

    @property
    def is_draft(self) -> bool:
        """Whether something must be fixed before anyone may sign; the command then exits 1."""
        return self.status == "draft"


def write_filing(
    settings: Settings,
    regime: str,
    period: str,
    out: Path,
    *,
    snapshot: Snapshot | None = None,
    previous_seal: str | None = None,
    supersedes: Path | None = None,
) -> FilingResult:
    """Writes the package of `regime` for `period` as the folder `out` and the archive `out`.zip.

    Reads the current snapshot unless given one; its bytes are compared first. The same data gives the same bytes. `supersedes` is the
    package of the version before: the new package is chained to its seal and explains what changed. Raises InputError for an unusable
    regime, period, place or snapshot; then nothing is written.
    """
    refuse_own_place(settings, out, is_package=True)
    snapshot = unchanged(snapshot or current_snapshot(settings))
    terms = None
    if supersedes is None:
        refuse_before_first_day(settings, regime, period, snapshot)
    else:
        replaced = read_replaced(supersedes, regime, period)
        version = int(replaced.head["version"])
        explain = explains_since(side_of_package(settings, replaced))
        terms = Terms(version + 1, {"version": version, "seal": replaced.seal}, explain=explain)
        previous_seal = replaced.seal
    made = make_filing(settings, regime, period, snapshot=snapshot, terms=terms)
    written = write_package(out, made.contents, previous_seal)
    return FilingResult(
        folder=written.folder,
        archive=written.archive,
        regime=made.regime,
        period=made.period,
        status=made.status,
        open_edits=made.open_edits,
        seal=written.seal.whole,
        snapshot_id=made.snapshot_id,
        due_on=made.due_on,
        is_new=written.is_new,
    )
