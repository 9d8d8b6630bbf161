"""Runs the edits of a regime at the end of a period on a frozen snapshot; an edit that crashes is a failure, never a pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from glassbook.catalogue import Check, findings_sql, load_checks

if TYPE_CHECKING:
    import duckdb

FINDING_COLUMNS = ("entity", "field", "masked_value", "message")


@dataclass(frozen=True)
class Reason:
    """Why a person accepts a warning, and the findings that the reason is for: it does not cover others."""

    text: str
    findings: Sequence[Mapping[str, str | None]]


@dataclass(frozen=True)
class EditResult:
    """The result of one edit; `outcome` is passed, failed, crashed or not_supplied, `findings` are masked rows."""

    check: Check
    outcome: str
    findings: tuple[dict[str, str | None], ...]
    message: str | None

    @property
    def is_open(self) -> bool:
        """Whether it prevents a sign-off: an error that fired, or any edit that could not be evaluated."""
        return self.outcome == "crashed" or (self.outcome == "failed" and self.check.severity == "error")

    @property
    def needs_reason(self) -> bool:
        """Whether a person must say why it is accepted."""
        return self.outcome == "failed" and self.check.severity == "warning"

    def record(self, reason: Reason | None = None) -> dict[str, Any]:
        """The edit as checks.json writes it, with the reason for accepting it if that was given for exactly these findings."""
        is_meant = reason is not None and self.needs_reason and list(reason.findings) == list(self.findings)
        return {
            "code": self.check.code,
            "severity": self.check.severity,
            "outcome": self.outcome,
            "rule_zh": self.check.rule_zh,
            "rule_en": self.check.rule_en,
            "source": self.check.source,
            "finding_count": len(self.findings),
            "findings": list(self.findings),
            "message": self.message,
            "reason": reason.text if reason is not None and is_meant else None,
        }


def regime_edits(regime_name: str) -> list[Check]:
    """The edits of a regime in the order of the catalogue."""
    return [check for check in load_checks() if check.regime == regime_name]


def run_edits(connection: duckdb.DuckDBPyConnection, regime_name: str, as_of: date) -> list[EditResult]:
    """Every edit of the regime, run at `as_of`."""
    supplied = {table for (table,) in connection.execute("select supply_name from ctl_supplied where is_supplied").fetchall()}
    return [_run(connection, check, as_of, supplied) for check in regime_edits(regime_name)]


def _run(connection: duckdb.DuckDBPyConnection, check: Check, as_of: date, supplied: set[str]) -> EditResult:
    import duckdb

    if lacking := check.lacks(supplied):
        return EditResult(check, "not_supplied", (), "not supplied: " + ", ".join(lacking))
    if check.relation is None:
        return EditResult(check, "crashed", (), "the catalogue names no relation for this edit")
    try:
        found = findings_sql(check, "cast(? as date)")
        rows = connection.execute(f"select {', '.join(FINDING_COLUMNS)} from {found} order by all", [as_of]).fetchall()
    except duckdb.Error as error:
        # The first line names the error; the rest quotes the query, which does not help a reader of a filing.
        return EditResult(check, "crashed", (), f"{type(error).__name__}: {str(error).splitlines()[0]}")
    findings = tuple(
        {name: None if value is None else str(value) for name, value in zip(FINDING_COLUMNS, row, strict=True)} for row in rows
    )
    return EditResult(check, "failed" if findings else "passed", findings, None)
