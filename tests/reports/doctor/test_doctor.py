"""The doctor: nothing broken where nothing is, and a fix for everything that is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from glassbook.build_settings import settings_of_build
from glassbook.errors import CheckFailed
from glassbook.settings import Settings
from glassbook.snapshots import MANIFEST, POINTER, Snapshot
from reports.commands.doctor import doctor as doctor_command
from reports.doctor.examining import Finding, examine
from reports.doctor.source_rights import look_at_login


def states() -> dict[str, Finding]:
    """Findings by topic."""
    return {finding.topic: finding for finding in examine()}


def test_an_empty_home_is_no_fault(settings: Settings) -> None:
    found = states()
    assert {finding.state for finding in found.values()} <= {"ok", "note"}
    assert "glassbook demo" in found["snapshot"].fix
    assert CliRunner().invoke(doctor_command).exit_code == 0


def test_a_complete_home_is_well(settings: Settings, snapshot: Snapshot) -> None:
    found = states()
    assert found["snapshot"].state == "ok" and "s-0001" in found["snapshot"].found
    assert found["age"].state == "ok" and found["disk"].state == "ok"


def test_what_is_wrong_is_named_with_its_fix(settings: Settings, snapshot: Snapshot) -> None:
    log = settings.lake_dir / "_loads"
    log.mkdir(parents=True)
    table = {"path": "loans/00000001.parquet", "rows_quarantined": 3}
    entry = {"load_seq": 1, "load_id": "l1", "loaded_at": "2020-01-04T00:00:00+00:00", "tables": {"loans": table}}
    (log / "00000001.json").write_text(json.dumps(entry), encoding="utf-8")
    found = states()
    assert found["lake"].state == "broken" and "loans/00000001.parquet" in found["lake"].found
    assert found["quarantine"].state == "note" and "loans 3" in found["quarantine"].found
    assert found["age"].state == "note" and "glassbook build" in found["age"].fix
    result = CliRunner().invoke(doctor_command)
    assert isinstance(result.exception, CheckFailed) and "lake" in str(result.exception)


def test_a_pointer_to_nothing_and_a_damaged_file_are_found(settings: Settings, snapshot: Snapshot) -> None:
    snapshot.public_database.chmod(0o644)
    snapshot.public_database.write_bytes(b"damaged")
    assert states()["snapshot"].state == "broken"
    (settings.snapshots_dir / POINTER).write_text("s-9999\n", encoding="utf-8")
    found = states()["snapshot"]
    assert found.state == "broken" and found.fix


def test_a_link_that_leads_nowhere_in_place_of_an_earlier_snapshot_is_found(settings: Settings, snapshot: Snapshot) -> None:
    link = settings.snapshots_dir / "s-0000"
    link.symlink_to(settings.home / "not_mounted")
    found = states()
    assert found["snapshot"].state == "ok" and found["snapshots"].state == "broken"
    assert f"{link}: a link that leads nowhere stands there" in found["snapshots"].found and "Mount" in found["snapshots"].fix
    link.unlink()
    assert "s-0000" not in states()["snapshots"].found


def test_settings_that_the_snapshot_was_not_made_with_are_told(
    settings: Settings, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot of a version without a setting does not say it, and is no finding."""
    path = snapshot.folder / MANIFEST
    made_with = {name: value for name, value in settings_of_build(settings).items() if name != "return_hosts"}
    path.chmod(0o644)
    path.write_text(json.dumps(snapshot.manifest | {"parameters": made_with}), encoding="utf-8")
    assert states()["snapshot"].state == "ok"
    monkeypatch.setenv("GLASSBOOK_COUNT_PROMOTIONAL", "true" if made_with["count_promotional"] == "false" else "false")
    monkeypatch.setenv("GLASSBOOK_OWN_HOSTS", '["example.com"]')
    found = states()["snapshot"]
    assert found.state == "note" and "own_hosts None, now example.com" in found.found and "glassbook build" in found.fix
    assert f"count_promotional {made_with['count_promotional']}, now" in found.found and "timezone" not in found.found


def test_wrong_settings_are_a_finding(settings: Settings, monkeypatch, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("GLASSBOOK_TIMEZONE", "Mars/Olympus")
    found = states()["settings"]
    assert found.state == "broken" and "timezone" in found.found


def test_a_login_that_may_write_is_told_with_what_to_do() -> None:
    told = look_at_login([{"surplus_rights": []}, {"surplus_rights": ["it is a superuser"]}, {"decision": {"kind": "accept"}}])
    assert told.state == "note" and "it is a superuser" in told.found and "SELECT" in told.fix
    assert look_at_login([{"surplus_rights": ["it is a superuser"]}, {}]).state == "ok"
