"""Which written reasons go on to hold in the next version of a filing, and which have to be given again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from glassbook.errors import CheckFailed
from glassbook.settings import Settings
from reports.audit.home import verify_home
from reports.filing.life.states import filings, package_folder, signed_folder
from tests.reports.filing.test_filing_life import FILING, RESTATED, signed_by_all

FIRST, SECOND = "Loan 1 pays on Friday.", "Loan 2 is disputed."
# What the second warning finds is a row of a table, so that it can find something else in a later snapshot.
ROWS = "create table noted as select 'loan 2' as entity; "
NOTED = (
    "create macro chk_toy_noted(as_of_on) as table select entity, 'amount' as field, '2***' as masked_value, 'noted' as message from noted;"
)


def refused(desk: Callable[..., Result], toy: Any, publish_snapshot: Any) -> None:
    """Version 1 with two warnings explained, submitted and turned down."""
    toy["checks"].append(toy["checks"][1] | {"code": "TOY-E04", "name": "toy-e04", "relation": "chk_toy_noted"})
    publish_snapshot("s-0001", also=ROWS + NOTED)
    desk("open", FILING)
    desk("explain-edit", FILING, "TOY-E02", "--reason", FIRST)
    desk("explain-edit", FILING, "TOY-E04", "--reason", SECOND)
    desk("check", FILING)
    signed_by_all(desk)
    assert desk("submit", FILING).exit_code == 0
    desk("refuse", FILING, "--reason", "Form B is not legible.")


def reasons(settings: Settings) -> dict[str, str | None]:
    """Of the newest version: its warnings with the reasons in its package."""
    checks = json.loads((package_folder(settings, filings(settings)[-1]) / "checks.json").read_text(encoding="utf-8"))
    return {edit["code"]: edit["reason"] for edit in checks["edits"] if edit["severity"] == "warning" and edit["outcome"] == "failed"}


def test_on_the_same_snapshot_every_reason_goes_on_to_hold(
    desk: Callable[..., Result], toy: Any, publish_snapshot: Any, settings: Settings
) -> None:
    refused(desk, toy, publish_snapshot)
    opened = desk("supersede", FILING, "--reason", "Form B set again")
    assert "without a reason" not in opened.output and "--role preparer" in opened.output, opened.output
    assert reasons(settings) == {"TOY-E02": FIRST, "TOY-E04": SECOND}
    assert "nothing had changed" in desk("check", FILING).output, "and it is the package that a check makes"
    signed_by_all(desk)
    assert desk("submit", FILING).exit_code == 0
    assert verify_home(settings).problems == ()
    desk("refuse", FILING, "--reason", "Form A is not legible.")
    desk("supersede", FILING, "--reason", "Form A set again")
    assert reasons(settings) == {"TOY-E02": FIRST, "TOY-E04": SECOND}, "also in the version after that, which nobody explained"


@pytest.mark.parametrize(
    ("found", "holds"),
    [("loan 2", True), ("loan 3", False), ("loan 2'), ('loan 3", False), (None, None)],
    ids=["the same", "another loan", "one more", "none"],
)
def test_a_reason_holds_for_the_findings_that_it_was_given_for(
    desk: Callable[..., Result], toy: Any, publish_snapshot: Any, settings: Settings, found: str | None, holds: bool | None
) -> None:
    refused(desk, toy, publish_snapshot)
    rows = f"create table noted as select * from (values ('{found or 'x'}')) as rows (entity) where entity <> 'x'; "
    publish_snapshot("s-0002", also=RESTATED + ";" + rows + NOTED, known_at="2020-01-05T01:00:00+00:00")
    opened = desk("supersede", FILING, "--reason", "a correction")
    expected = {"TOY-E02": FIRST} | ({} if holds is None else {"TOY-E04": SECOND if holds else None})
    assert reasons(settings) == expected
    assert ("TOY-E04 without a reason" in opened.output) == (holds is False)


def test_a_new_reason_takes_the_place_of_one_of_before(
    desk: Callable[..., Result], toy: Any, publish_snapshot: Any, settings: Settings
) -> None:
    refused(desk, toy, publish_snapshot)
    desk("supersede", FILING, "--reason", "Form B set again")
    desk("explain-edit", FILING, "TOY-E04", "--reason", "Loan 2 was settled since.")
    desk("check", FILING)
    assert reasons(settings) == {"TOY-E02": FIRST, "TOY-E04": "Loan 2 was settled since."}
    twice = desk("explain-edit", FILING, "TOY-E04", "--reason", FIRST)
    assert "a reason of its own" in str(twice.exception), "reasons of before are taken, too"


@pytest.mark.parametrize("is_superseded_already", [False, True])
def test_reasons_are_taken_from_the_package_that_was_submitted_and_no_other(
    desk: Callable[..., Result], toy: Any, publish_snapshot: Any, settings: Settings, is_superseded_already: bool
) -> None:
    refused(desk, toy, publish_snapshot)
    if is_superseded_already:
        desk("supersede", FILING, "--reason", "Form B set again")
    checks: Path = signed_folder(settings, "toy", "2019-12", 1) / "checks.json"
    checks.chmod(0o644)
    checks.write_text(checks.read_text(encoding="utf-8").replace(FIRST, "Nothing to see here."), encoding="utf-8")
    held = desk("status", FILING) if is_superseded_already else desk("supersede", FILING, "--reason", "Form B set again")
    assert isinstance(held.exception, CheckFailed) and "glassbook verify" in str(held.exception), (held.output, held.exception)
