"""Figures that an edit calls impossible, as the public file keeps them: which figures, and by which rules.

Belongs here: reading them. Does not: finding them (`warehouse/refuting.py`), or how a page marks them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from glassbook.catalogue import Check, load_checks
from glassbook.errors import InputError
from glassbook.snapshots import Snapshot
from reports.filing.declare.regime import Regime

if TYPE_CHECKING:
    import duckdb

QUERY = (
    "select as_of_on, check_code, figure_code, outcome, finding_count from chk_refuted_figures where regime = ? "
    "order by as_of_on desc, check_code, figure_code nulls first"
)


@dataclass(frozen=True)
class Refutation:
    """One edit that refutes figures of one day. `figure_codes` is empty when any of them may be wrong."""

    as_of: date
    check: Check
    figure_codes: tuple[str, ...]
    outcome: str
    finding_count: int

    def concerns(self, code: str) -> bool:
        """Whether the figure of that code is one of them."""
        return not self.figure_codes or code in self.figure_codes


@dataclass(frozen=True)
class Refuted:
    """All edits that refute figures which a page compares, newest day first."""

    refutations: tuple[Refutation, ...]

    def on(self, day: date) -> list[Refutation]:
        """The edits that refute figures of one day."""
        return [found for found in self.refutations if found.as_of == day]

    def is_provisional(self, day: date, code: str) -> bool:
        """Whether an edit says that the figure of that day cannot be right."""
        return any(found.concerns(code) for found in self.on(day))


def read_refuted(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, regime: Regime) -> Refuted:
    """From a connection to the public file. Raises InputError for an old file without the edits' results."""
    import duckdb

    try:
        rows = connection.execute(QUERY, [regime.name]).fetchall()
    except duckdb.CatalogException as error:
        raise InputError(
            found="nothing of whether its figures can be right",
            where=f"public file of snapshot {snapshot.snapshot_id}",
            expected="the table chk_refuted_figures",
            remedy="Run `glassbook build` with this version.",
        ) from error
    return refuted(rows)


def refuted(rows: Iterable[tuple[date, str, str | None, str, int]]) -> Refuted:
    """The same from the rows of QUERY."""
    checks = {check.code: check for check in load_checks()}
    grouped: dict[tuple[date, str], list[tuple[str | None, str, int]]] = {}
    for day, check_code, figure_code, outcome, count in rows:
        grouped.setdefault((day, check_code), []).append((figure_code, outcome, count))
    found = []
    for (day, check_code), said in grouped.items():
        codes = tuple(code for code, _, _ in said if code is not None)
        # After one finding without a figure, no figure is certain.
        all_of_them = len(codes) < len(said)
        found.append(Refutation(day, checks[check_code], () if all_of_them else codes, said[0][1], sum(count for _, _, count in said)))
    return Refuted(tuple(found))
