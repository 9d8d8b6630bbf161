"""Warnings beside figures: loads that wait, a build that failed, a filing that is a draft; and that JSON stays JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from glassbook.build_attempts import attempted
from glassbook.disk import only_one
from glassbook.errors import CheckFailed
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from reports.commands.figures import figures as figures_command
from reports.doctor.examining import examine
from reports.filing.declare.regime import load_regime
from reports.standing import of_filing, of_snapshot
from tests.support.earlier_log import write_log

AFTER, BEFORE = "2020-01-03T01:30:00+00:00", "2020-01-03T01:00:00+00:00"


def loaded(settings: Settings, *instants: str) -> None:
    """Loads in the lake's log, each visible since an instant."""
    if instants:
        write_log(settings, "2020-01-02T01:00:00+00:00", *instants)


def failed(settings: Settings, message: str = "models do not build", snapshot_id: str = "s-0002") -> None:
    """A build that ended with an error."""
    settings.builds_dir.mkdir(parents=True, exist_ok=True)
    with pytest.raises(CheckFailed), attempted(settings, snapshot_id):
        raise CheckFailed(message)


def stopped(settings: Settings, snapshot_id: str = "s-0002") -> None:
    """A build whose process was stopped: it says nothing more."""
    settings.builds_dir.mkdir(parents=True, exist_ok=True)
    with pytest.raises(KeyboardInterrupt), attempted(settings, snapshot_id):
        raise KeyboardInterrupt


def figures(*more: str) -> Result:
    """What the command prints, on both streams."""
    return CliRunner().invoke(figures_command, ["--regime", "toy", *more])


@pytest.mark.parametrize(
    ("instants", "told"),
    [((BEFORE,), None), ((BEFORE, AFTER), "1 load(s)"), ((BEFORE, AFTER, "2020-01-03T01:45:00+00:00"), "2 load(s)"), ((), None)],
)
def test_loads_that_wait_are_told(settings: Settings, snapshot: Snapshot, instants: tuple[str, ...], told: str | None) -> None:
    loaded(settings, *instants)
    result = figures()
    assert (told is not None) == ("not in this snapshot" in result.stderr) and (told or "") in result.stderr
    assert result.exit_code == 0 and len(json.loads(result.stdout)["figures"]) == 6
    assert [("尚未进入本快照" in remark.zh) for remark in of_snapshot(settings, snapshot)] == ([True] if told else [])


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        (failed, "failed: this is the snapshot before it; models do not build"),
        (lambda settings: failed(settings, "one\ntwo"), "failed: this is the snapshot before it; one\n"),
        (stopped, "was stopped: this is the snapshot before it"),
        # Stopped when readers had its snapshot already.
        (lambda settings: stopped(settings, "s-0001"), None),
        # Built again over what is in force, with another outcome.
        (lambda settings: failed(settings, "rows differ", "s-0001"), "rows differ"),
    ],
    ids=["failed", "two lines", "stopped", "stopped when done", "full build of the same"],
)
def test_a_build_that_did_not_come_to_its_end_is_told(
    settings: Settings, snapshot: Snapshot, happened: Callable[[Settings], None], told: str | None
) -> None:
    happened(settings)
    result = figures()
    assert result.exit_code == 0 and json.loads(result.stdout)
    assert told in result.stderr if told else "build" not in result.stderr
    builds = next(finding for finding in examine() if finding.topic == "builds")
    assert ("the last build, begun at 2020-01-03T02:00:00+00:00" in builds.found) == (told is not None)
    with only_one(settings.builds_dir / ".lock"):
        assert "build" not in figures().stderr, "one that is under way has not failed"
    with attempted(settings, "s-0003"):
        pass
    assert "build" not in figures().stderr, "the next one made good"


def test_a_draft_is_told_for_the_days_of_its_period_alone(
    desk: Callable[..., Result], toy: Any, publish_snapshot: Any, settings: Settings
) -> None:
    toy["checks"][0] = toy["checks"][0] | {"relation": "chk_toy_overdue"}
    publish_snapshot()
    assert "draft" not in figures().stderr, "nothing was opened"
    desk("open", "toy-2019-12")
    for day, is_draft in (("2019-12-31", True), ("2019-12-01", True), ("2019-11-30", False), ("2018-12-31", False)):
        for shape in ("json", "csv", "table"):
            result = figures("--as-of", day, "--format", shape)
            assert ("the filing toy-2019-12, version 1, is a draft" in result.stderr) == is_draft, day
            assert "draft" not in result.stdout
            if shape == "csv":
                assert len(list(csv.DictReader(io.StringIO(result.stdout)))) == 6
    assert "草稿" in of_filing(settings, load_regime("toy"), publish_snapshot("s-2").as_of)[0].zh


def test_a_filing_that_is_no_draft_is_not_told(desk: Callable[..., Result], snapshot: Snapshot) -> None:
    desk("open", "toy-2019-12")
    assert figures().stderr == ""


def test_whoever_asks_for_an_older_state_is_told_of_nothing_newer(settings: Settings, snapshot: Snapshot) -> None:
    loaded(settings, BEFORE, AFTER)
    failed(settings)
    for asked in (("--snapshot", "s-0001"), ("--known-at", "2020-01-03T01:15:00Z")):
        assert figures(*asked).stderr == ""


@pytest.mark.parametrize("damaged", ["load log", "log of filings"])
def test_a_log_that_cannot_be_read_hides_no_figure(settings: Settings, snapshot: Snapshot, damaged: str) -> None:
    path = settings.lake_dir / "_loads" / "00000003.json" if damaged == "load log" else settings.filings_dir / "log.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("{torn\n{}\n")
    result = figures()
    assert result.exit_code == 0 and json.loads(result.stdout) and f"the {damaged} cannot be read" in result.stderr
