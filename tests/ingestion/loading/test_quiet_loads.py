"""A load that finds nothing: it says so, that it ran is kept, and nothing that is made of the lake has another name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from glassbook.cli import glassbook
from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from ingestion.loading.load import ingest, read_source
from ingestion.loading.quiet_loads import quiet_loads
from reports.doctor.examining import examine
from tests.support.lake import a_home, a_platform, stray_files
from warehouse.preparation import build_parameters, known_loads


def told(settings: Settings, source: Path, *options: str) -> str:
    result = CliRunner().invoke(glassbook, ["ingest", "--source", str(source), *options], env={"GLASSBOOK_HOME": str(settings.home)})
    assert result.exit_code == 0, result.output
    return result.output


def rows_of(source: Path) -> int:
    return sum(len(table) for table in a_platform()._rows.values())


def test_it_says_so_in_place_of_the_report_of_the_load_before(tmp_path: Path) -> None:
    settings, source = a_home(tmp_path / "home"), a_platform().write(tmp_path / "source")
    count = rows_of(source)
    assert f"load 1: {count} rows read, {count} new" in told(settings, source)
    again = told(settings, source)
    assert f"nothing new since load 1; {count} rows compared" in again and "load 1:" not in again
    (quiet,) = quiet_loads(settings)
    assert (quiet.since_load_seq, quiet.rows_compared, quiet.source, quiet.scope) == (1, count, "source", "new")
    assert [load.load_seq for load in visible_loads(settings)] == [1] and not stray_files(settings)


def test_each_run_has_its_line_and_names_what_it_read(tmp_path: Path) -> None:
    settings, source = a_home(tmp_path / "home"), a_platform().write(tmp_path / "source")
    ingest(settings, source)
    told(settings, source)
    told(settings, source, "--all")
    more = a_platform()
    more.user()
    assert "load 2:" in told(settings, more.write(tmp_path / "source"))
    told(settings, source)
    assert [(quiet.scope, quiet.since_load_seq) for quiet in quiet_loads(settings)] == [("new", 1), ("all", 1), ("new", 2)]


def test_it_has_no_number_and_changes_no_name(tmp_path: Path) -> None:
    settings, source = a_home(tmp_path / "home"), a_platform().write(tmp_path / "source")
    first = ingest(settings, source)
    named_by = build_parameters(settings, known_loads(settings))
    reading = read_source(settings, source)
    assert not reading.is_new and reading.load == first and not reading.found.rows_new
    assert build_parameters(settings, known_loads(settings)) == named_by, "what a snapshot is named by stays"
    more = a_platform()
    more.user()
    assert read_source(settings, more.write(tmp_path / "more")).load.load_seq == 2


@pytest.mark.parametrize("left", [b'{"ended_at": "2019', b"\xff\x00", b"\n\n"])
def test_what_a_killed_process_left_of_a_line_hides_no_other(tmp_path: Path, left: bytes) -> None:
    settings, source = a_home(tmp_path / "home"), a_platform().write(tmp_path / "source")
    ingest(settings, source)
    ingest(settings, source)
    log = settings.lake_dir / "_loads" / "nothing_new.jsonl"
    log.write_bytes(log.read_bytes() + left)
    ingest(settings, source)
    assert len(quiet_loads(settings)) == 2


def test_doctor_says_when_the_source_was_read_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, source = a_home(tmp_path / "home"), a_platform().write(tmp_path / "source")
    monkeypatch.setenv("GLASSBOOK_HOME", str(settings.home))
    ingest(settings, source)
    lake = {finding.topic: finding for finding in examine()}["lake"]
    assert "read again" not in lake.found
    ingest(settings, source)
    lake = {finding.topic: finding for finding in examine()}["lake"]
    (line,) = (settings.lake_dir / "_loads" / "nothing_new.jsonl").read_text().splitlines()
    assert f"read again at {json.loads(line)['ended_at']}, nothing new" in lake.found
