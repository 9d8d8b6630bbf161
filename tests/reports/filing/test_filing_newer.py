"""What differs by now is reported before anyone signs: newer snapshots, loads that are not built, a due day that may move."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from glassbook import calendar
from glassbook.errors import CheckFailed
from glassbook.lake.log import entry_path
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from reports.audit.home import verify_home
from reports.filing.life.log import read_log
from reports.filing.life.states import filings, package_folder, read_head
from tests.reports.filing.test_filing_life import FILING, RESTATED
from tests.support.earlier_log import write_log


def test_newer_data_is_said_before_a_sign_off_and_a_reason_falls_with_its_findings(
    desk: Callable[..., Result], snapshot: Snapshot, publish_snapshot: Any, settings: Settings
) -> None:
    desk("open", FILING)
    desk("explain-edit", FILING, "TOY-E02", "--reason", "Loan 1 pays on Friday.")
    desk("check", FILING)
    publish_snapshot("s-0002", known_at="2020-01-04T01:00:00+00:00")
    assert "s-0002" not in desk("status", FILING).output, "a newer snapshot that says the same of the period is no news"
    publish_snapshot("s-0003", also=RESTATED, known_at="2020-01-05T01:00:00+00:00")
    assert "s-0001 is no longer the newest for 2019-12: s-0003" in desk("status", FILING).output
    held = desk("sign", FILING, "--role", "preparer", "--by", "li.na")
    assert isinstance(held.exception, CheckFailed) and "says otherwise of TOY-A02" in str(held.exception)
    on = desk("sign", FILING, "--role", "preparer", "--by", "li.na", "--despite-newer-data", "The correction belongs to January.")
    assert on.exit_code == 0 and read_log(settings)[-1].reason == "The correction belongs to January."
    assert desk("check", FILING).exit_code == 0
    (filing,) = filings(settings)
    assert filing.state == "validated" and filing.sign_offs == ()
    assert "TOY-E02" not in desk("status", FILING).output, "the warning finds what it found, so that its reason holds"
    assert verify_home(settings).problems == ()


def test_newer_data_of_a_form_without_figures_is_said_too(
    desk: Callable[..., Result], snapshot: Snapshot, publish_snapshot: Any, settings: Settings
) -> None:
    desk("open", FILING)
    publish_snapshot("s-0002", also="update stg_fees set fee_kind = 'late' where fee_id = 2", known_at="2020-01-04T01:00:00+00:00")
    assert "s-0002, known at 2020-01-04T01:00:00+00:00, says otherwise of 表A04" in desk("status", FILING).output
    shutil.rmtree(snapshot.folder)
    assert "forms that cannot be compared, since snapshot s-0001 is not kept" in desk("status", FILING).output


def test_a_load_that_is_not_built_yet_is_said_before_a_sign_off(
    desk: Callable[..., Result], snapshot: Snapshot, settings: Settings
) -> None:
    desk("open", FILING)
    desk("explain-edit", FILING, "TOY-E02", "--reason", "Loan 1 pays on Friday.")
    desk("check", FILING)
    write_log(settings, "2020-01-02T01:00:00+00:00", snapshot.manifest["known_at"], "2020-01-03T01:30:00+00:00")
    newest = entry_path(settings, 3)
    held = desk("sign", FILING, "--role", "preparer", "--by", "li.na")
    assert isinstance(held.exception, CheckFailed)
    assert "1 load(s), the newest of 2020-01-03T01:30:00+00:00, are in no snapshot yet: run `glassbook build`" in str(held.exception)
    newest.write_text("{")
    assert isinstance(desk("sign", FILING, "--role", "preparer", "--by", "li.na").exception, CheckFailed)
    newest.unlink()
    assert desk("sign", FILING, "--role", "preparer", "--by", "li.na").exit_code == 0


def test_a_clock_that_was_wrong_is_said_before_a_sign_off(
    desk: Callable[..., Result], toy: Any, publish_snapshot: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_snapshot("s-2099", known_at="2099-01-01T00:00:00+00:00")
    desk("open", FILING)
    desk("explain-edit", FILING, "TOY-E02", "--reason", "Loan 1 pays on Friday.")
    desk("check", FILING)
    told = str(desk("sign", FILING, "--role", "preparer", "--by", "li.na").exception)
    assert "known at 2099-01-01T00:00:00+00:00, later than the clock shows" in told and "entry 3 of the log" not in told
    monkeypatch.setenv("GLASSBOOK_CLOCK_NOW", "2019-12-31T00:00:00Z")
    told = desk("status", FILING).output
    assert "entry 3 of the log of filings says 2020-01-03T02:00:00+00:00, later than the clock shows" in " ".join(told.split())
    assert read_log(settings)[-1].action == "check"


def test_a_due_day_that_may_still_move_is_not_sealed_as_known(
    desk: Callable[..., Result], snapshot: Snapshot, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk("open", FILING)
    assert "due_on_is_provisional" not in read_head(package_folder(settings, filings(settings)[-1]))
    monkeypatch.setattr(calendar, "is_arranged", lambda year, country: year != 2020)
    desk("open", "toy-2019-11")
    assert "due_on_is_provisional" not in read_head(package_folder(settings, filings(settings)[0])), "due in 2019"
    assert desk("check", FILING).exit_code == 0
    assert read_head(package_folder(settings, filings(settings)[-1]))["due_on_is_provisional"] is True
    assert "may move: holidays" in desk("status", FILING).output
