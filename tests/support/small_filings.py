"""Filings made without an engine: packages of a few short files, opened, signed and submitted by the real acts.

Belongs here: stand-ins for documents, for tests of log, seals and signatures. Does not: anything that reads a snapshot.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from glassbook.settings import Settings
from reports.filing.acts import facts as filing_facts
from reports.filing.acts import packages as filing_packages
from reports.filing.acts.acts import check_filing, explain_edit, open_filing, sign_filing, submit_filing
from reports.filing.make.filing import MadeFiling, Terms
from tests.support.signers import PASSPHRASE, SIGNERS, make_keys

WARNING = "TOY-E02"


@dataclass
class World:
    """The content of the next package: open errors, warnings with their findings, and figures; a test may change all of them."""

    errors: list[str] = field(default_factory=list)
    warnings: dict[str, str] = field(default_factory=dict)
    figure: int = 1
    is_newer: bool = False

    def make(self, settings: Settings, regime: str, period: str, *, terms: Terms, **_: Any) -> MadeFiling:
        """Stands in for the engine's `make_filing`."""
        edits = [{"code": code, "severity": "error", "outcome": "failed", "findings": [], "reason": None} for code in self.errors]
        for code, finding in self.warnings.items():
            findings = [{"entity": finding}]
            given = terms.reasons.get(code)
            reason = given.text if given is not None and given.findings == findings else None
            edits.append({"code": code, "severity": "warning", "outcome": "failed", "findings": findings, "reason": reason})
        status = "draft" if self.errors else "validated"
        head = {"regime": regime, "period": period, "version": terms.version, "status": status, "sign_offs": list(terms.signers)}
        head |= {"replaces": terms.replaces, "snapshot": "s", "known_at": "2020-01-03T01:00:00+00:00", "due_on": "2020-01-08"}
        documents = {"filing.json": head, "checks.json": {"open": self.errors, "edits": edits}}
        contents = {name: json.dumps(document).encode() for name, document in documents.items()}
        contents["figures.csv"] = f"code,value\nX,{self.figure}\n".encode()
        self.is_newer = False
        return MadeFiling(contents, regime, period, status, tuple(self.errors), "s", date(2020, 1, 8))

    def newer(self, *_: Any) -> list[str]:
        """Stands in for the comparison with the current snapshot."""
        return ["newer data says otherwise"] if self.is_newer else []


@contextmanager
def small_world() -> Iterator[World]:
    """The acts work on packages of this test world instead of a platform's."""
    world = World()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filing_packages, "make_filing", world.make)
        patch.setattr(filing_facts, "_newer", world.newer)
        patch.setattr(filing_facts, "_representative", lambda *_: None)
        for module in (filing_facts,):
            patch.setattr(module, "parse_filing_id", lambda text: tuple(text.split("-", 1)))
        from reports.filing.acts import acts as filing_acts

        patch.setattr(filing_acts, "parse_filing_id", lambda text: tuple(text.split("-", 1)))
        # This test world has no data, and so no snapshot and no first day.
        patch.setattr(filing_acts, "current_unchanged", lambda *_: None)
        patch.setattr(filing_acts, "refuse_before_first_day", lambda *_: None)
        yield world


def small_filings(home: Path, periods: Sequence[str] = ("2019-12",)) -> Settings:
    """A home with a submitted filing of each period, one after another; the first has a warning that was explained."""
    settings = Settings(home=home, clock_now=datetime(2020, 1, 6, 2, tzinfo=UTC))
    make_keys(settings)
    with small_world() as world:
        for number, period in enumerate(periods):
            world.warnings = {WARNING: "loan 1"} if number == 0 else {}
            filing_id = f"toy-{period}"
            open_filing(settings, filing_id, "li.na")
            if world.warnings:
                explain_edit(settings, filing_id, WARNING, "It pays on Friday.", "li.na")
                check_filing(settings, filing_id, "li.na")
            for role, person in SIGNERS.items():
                sign_filing(settings, filing_id, role, person, lambda: PASSPHRASE)
            submit_filing(settings, filing_id, "li.na")
    return settings
