"""Pruning: what a filing needs stays for five years and is named, what nothing needs is removed; when needs are unknown, nothing is."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from glassbook.chained_file import ChainBroken
from glassbook.errors import InputError
from glassbook.settings import Settings, load_settings
from glassbook.snapshots import all_snapshots, current_snapshot, find_snapshot, keep_beside, make_current
from reports.commands.prune import prune as command
from reports.filing.life import log as filing_log
from reports.filing.life.log import NewEntry, log_path, open_log
from reports.filing.life.states import draft_folder, signed_folder
from reports.filing.package.archive import make_archive
from reports.retention.packages import RetentionUnknown, years_after
from reports.retention.pruning import StillNeeded, make_plan, prune, prune_after_build, prune_one
from tests.glassbook.test_snapshots import publish

SEAL = "ab" * 32


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home with three snapshots, of which the newest, c, is current."""
    settings = Settings(home=tmp_path / "home", keep_snapshots=1, clock_now=datetime(2020, 6, 1, tzinfo=UTC))
    for month, name in enumerate("abc", start=1):
        publish(settings, name, f"2020-0{month}-02T00:00:00+00:00")
    return settings


def head(snapshot: str, period: str = "2019-12", version: int = 1, **more: Any) -> bytes:
    """A filing.json with what retention reads."""
    record = {"regime": "cn", "period": period, "version": version, "snapshot": snapshot, "due_on": "2020-01-08"}
    return json.dumps(record | {"known_at": "2020-01-03T01:00:00+00:00"} | more).encode()


def package(folder: Path, content: bytes) -> Path:
    """A package of one file, with its archive."""
    folder.mkdir(parents=True)
    (folder / "filing.json").write_bytes(content)
    folder.with_name(folder.name + ".zip").write_bytes(make_archive({"filing.json": content}))
    return folder


def logged(settings: Settings, action: str, state: str, at: str, *, seal: str = SEAL, version: int = 1) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # The package was there before its log, which elsewhere means that the log was lost.
        patch.setattr(filing_log, "submitted_without_log", lambda _: None)
        _log(settings, action, state, at, seal, version)


def _log(settings: Settings, action: str, state: str, at: str, seal: str, version: int) -> None:
    with open_log(settings) as log:
        log.append(
            NewEntry(
                regime="cn", period="2019-12", version=version, action=action, from_state=None, state=state, who="李四", seal=seal, at=at
            )
        )


def names(settings: Settings) -> list[str]:
    return [snapshot.snapshot_id for snapshot in all_snapshots(settings)]


def at(settings: Settings, *day: int) -> Settings:
    return settings.model_copy(update={"clock_now": datetime(*day, tzinfo=UTC)})  # type: ignore[arg-type, misc]


def test_snapshots_that_nothing_needs_go_and_the_newest_stay(home: Settings) -> None:
    assert [s.snapshot_id for s in make_plan(home).snapshots] == ["a", "b"]
    assert names(home) == ["a", "b", "c"], "a plan removes nothing"
    prune(home)
    assert names(home) == ["c"]
    assert not list(home.builds_dir.glob("pruned-*"))


def test_a_build_prunes_by_the_same_rule(home: Settings) -> None:
    package(home.filings_dir / "cn-2019-12", head("a"))
    prune_after_build(home)
    assert names(home) == ["a", "c"]


def test_what_was_asked_for_by_an_instant_goes_by_the_command_alone(home: Settings) -> None:
    keep_beside(find_snapshot(home, "a"))
    prune_after_build(home)
    assert names(home) == ["a", "c"]
    assert [s.snapshot_id for s in make_plan(home).snapshots] == ["a"]
    prune(home)
    assert names(home) == ["c"]


def test_what_was_asked_for_and_then_became_current_is_pruned_like_any_other(home: Settings) -> None:
    keep_beside(find_snapshot(home, "b"))
    for name in "bc":
        make_current(home, find_snapshot(home, name))
    prune_after_build(home)
    assert names(home) == ["c"]


def test_what_a_filing_needs_is_refused_by_name(home: Settings) -> None:
    package(signed_folder(home, "cn", "2019-12", 1), head("a"))
    logged(home, "submit", "submitted", "2020-01-07T01:00:00+00:00")
    for is_rehearsal in (True, False):
        with pytest.raises(StillNeeded, match="the filing cn 2019-12 version 1 needs it until 2025-01-08"):
            prune_one(home, "a", is_rehearsal=is_rehearsal)
        with pytest.raises(StillNeeded, match="readers use it now"):
            prune_one(home, "c", is_rehearsal=is_rehearsal)
    prune_one(home, "b", is_rehearsal=True)
    assert names(home) == ["a", "b", "c"]
    prune_one(home, "b", is_rehearsal=False)
    assert names(home) == ["a", "c"]
    with pytest.raises(InputError, match="no snapshot b"):
        prune_one(home, "b", is_rehearsal=False)


def test_retention_ends_five_years_after_the_last_step_of_the_filing(home: Settings) -> None:
    folder = package(signed_folder(home, "cn", "2019-12", 1), head("a"))
    logged(home, "submit", "submitted", "2020-01-07T01:00:00+00:00")
    logged(home, "acknowledge", "acknowledged", "2020-03-01T15:59:00+00:00")
    last_day = at(home, 2025, 3, 1, 15, 59)  # still the 1st in Shanghai
    assert [s.snapshot_id for s in make_plan(last_day).snapshots] == ["b"]
    day_after = at(home, 2025, 3, 1, 16)
    prune(day_after)
    assert names(home) == ["c"] and folder.is_dir(), "the package itself stays"
    shutil.rmtree(folder)
    folder.with_name("v1.zip").unlink()
    assert make_plan(day_after).snapshots == (), "what may go may be gone"
    with pytest.raises(RetentionUnknown):
        make_plan(last_day)


def test_a_longer_retention_than_the_law_asks_can_be_set_and_no_shorter(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    package(home.filings_dir / "cn-2019-12", head("a"))
    longer = at(home, 2028, 1, 1).model_copy(update={"retention_years": 10})
    assert [s.snapshot_id for s in make_plan(longer).snapshots] == ["b"]
    monkeypatch.setenv("GLASSBOOK_RETENTION_YEARS", "4")
    with pytest.raises(InputError, match="retention_years"):
        load_settings()
    assert years_after(date(2024, 2, 29), 5) == date(2029, 3, 1)


def test_a_replaced_draft_needs_no_snapshot_and_the_newest_does(home: Settings) -> None:
    old, new = "0a" * 32, "0b" * 32
    package(draft_folder(home, "cn", "2019-12", 1, old), head("a"))
    package(draft_folder(home, "cn", "2019-12", 1, new), head("b"))
    logged(home, "open", "draft", "2020-01-03T01:00:00+00:00", seal=old)
    logged(home, "check", "validated", "2020-01-04T01:00:00+00:00", seal=new)
    assert [s.snapshot_id for s in make_plan(home).snapshots] == ["a"]


def test_an_archive_alone_counts_and_what_is_being_written_does_not(home: Settings) -> None:
    shutil.rmtree(package(home.filings_dir / "cn-2019-12", head("a")))
    package(home.filings_dir / ".cn-2019-11.77.partial", head("b"))
    assert [s.snapshot_id for s in make_plan(home).snapshots] == ["b"]


def test_a_snapshot_that_is_needed_and_gone_is_told(home: Settings) -> None:
    package(home.filings_dir / "cn-2019-11", head("gone", "2019-11"))
    assert [p.name for p in make_plan(home).missing] == ["cn 2019-11 version 1"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", head("a", due_on="soon"), head("a", version=None)])
def test_nothing_goes_while_a_package_cannot_be_read(home: Settings, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    package(home.filings_dir / "cn-2019-12", content)
    for act in (make_plan, prune):
        with pytest.raises(RetentionUnknown, match="cn-2019-12"):
            act(home)
    prune_after_build(home)
    assert "old snapshots are kept" in caplog.text
    assert names(home) == ["a", "b", "c"]


def test_nothing_goes_while_a_filing_of_the_log_has_no_package(home: Settings) -> None:
    logged(home, "submit", "submitted", "2020-01-07T01:00:00+00:00")
    with pytest.raises(RetentionUnknown, match="cn-2019-12 version 1: its package"):
        prune(home)
    package(signed_folder(home, "cn", "2019-12", 1), head("a"))
    prune(home)
    assert names(home) == ["a", "c"]


def test_nothing_goes_while_the_log_is_broken(home: Settings, caplog: pytest.LogCaptureFixture) -> None:
    package(signed_folder(home, "cn", "2019-12", 1), head("a"))
    logged(home, "submit", "submitted", "2020-01-07T01:00:00+00:00")
    log_path(home).write_bytes(log_path(home).read_bytes().replace("李四".encode(), "张三".encode()))
    with pytest.raises(ChainBroken, match="entry 1"):
        prune(home)
    prune_after_build(home)
    assert names(home) == ["a", "b", "c"] and "entry 1" in caplog.text


def run(home: Settings, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    for name in ("home", "keep_snapshots", "clock_now"):
        monkeypatch.setenv(f"GLASSBOOK_{name.upper()}", str(getattr(home, name)))
    return CliRunner().invoke(command, list(arguments))


def test_the_command_shows_first_and_removes_when_told(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    package(home.filings_dir / "cn-2019-12", head("a"))
    shown = run(home, monkeypatch)
    assert shown.exit_code == 0 and "nothing was removed" in shown.output
    assert "may go   snapshot b" in shown.output
    assert "kept     snapshot a: the filing cn 2019-12 version 1 needs it until 2025-01-08" in shown.output
    assert names(home) == ["a", "b", "c"]
    assert "removed  snapshot b" in run(home, monkeypatch, "--yes").output
    assert names(home) == ["a", "c"] and current_snapshot(home).snapshot_id == "c"
    refused = run(home, monkeypatch, "--snapshot", "a", "--yes")
    assert isinstance(refused.exception, StillNeeded) and refused.exception.exit_code == 1


def test_killed_while_removing_leaves_no_part_and_the_next_run_ends_it(home: Settings) -> None:
    environment = os.environ | {"GLASSBOOK_HOME": str(home.home), "GLASSBOOK_KEEP_SNAPSHOTS": "1"}
    arguments = [sys.executable, "-c", "from glassbook.cli import main; main()", "prune", "--yes"]
    killed = subprocess.run(arguments, env=environment | {"GLASSBOOK_FAULT_POINT": "after_prune_rename"}, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert names(home) == ["b", "c"] and current_snapshot(home).snapshot_id == "c"
    assert subprocess.run(arguments, env=environment, check=False, capture_output=True).returncode == 0
    assert names(home) == ["c"] and not list(home.builds_dir.glob("pruned-*"))


@pytest.mark.parametrize("spelling", ["{}/", "./{}", "../snapshots/{}", "{}/."])
def test_no_other_spelling_of_its_name_removes_what_is_needed(home: Settings, spelling: str) -> None:
    package(home.filings_dir / "cn-2019-12", head("a"))
    for name in "abc":
        with pytest.raises(InputError, match="no snapshot"):
            prune_one(home, spelling.format(name), is_rehearsal=False)
    assert [snapshot.snapshot_id for snapshot in all_snapshots(home)] == ["a", "b", "c"]
