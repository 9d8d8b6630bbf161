"""What a command writes is only for its owner, whatever the umask; what is made for all is for all; neither is written into the home."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from glassbook.errors import InputError
from glassbook.own_places import refuse_own_place
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from ingestion.commands.map import map_group
from reports.commands.calendar import calendar
from reports.commands.file import file
from reports.commands.keys import keys
from reports.commands.publish import publish
from reports.doctor.private import look_at_rights
from reports.filing.acts.writing import write_filing
from simulator.commands.simulate import simulate

GLASSBOOK = [sys.executable, "-c", "import os; os.umask(0); from glassbook.cli import main; main()"]


def of_others(path: Path) -> int:
    """What group and others may do with it."""
    return stat.S_IMODE(path.lstat().st_mode) & 0o077


def test_a_home_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = os.environ | {"GLASSBOOK_HOME": str(home)}
    for command in (f"simulate --out {home / 'platform'} --loans 60 --to 2018-03-31", f"ingest --source {home / 'platform'}"):
        subprocess.run([*GLASSBOOK, *command.split()], env=environment, cwd=tmp_path, capture_output=True, check=True)
    written = [home, *home.rglob("*")]
    assert len(written) > 60 and [path for path in written if of_others(path)] == []
    settings = Settings(home=home)
    assert look_at_rights(settings).state == "ok"
    # In a folder that nobody may enter, a file is protected, whatever its own rights are.
    home.chmod(0o755)
    entry = next((home / "lake" / "_loads").glob("*.json"))
    entry.chmod(0o644)
    assert look_at_rights(settings).state == "ok"
    for folder in (home / "lake", home / "lake" / "_loads"):
        folder.chmod(0o711)
    told = look_at_rights(settings)
    assert told.state == "note" and str(entry) in told.found and "chmod go=" in told.fix


def test_of_a_snapshot_the_public_file_alone_may_be_read_by_all(small_snapshot: Snapshot) -> None:
    assert of_others(small_snapshot.database) == 0
    assert of_others(small_snapshot.public_database) == 0o044


def test_the_site_is_for_all(small_site: Path) -> None:
    found = [small_site, *small_site.rglob("*")]
    assert len(found) > 100
    assert {of_others(path) for path in found if path.is_dir()} == {0o055}
    assert {of_others(path) for path in found if path.is_file()} == {0o044}


# Every command that has --out.
COMMANDS: tuple[tuple[click.Command, *tuple[str, ...]], ...] = (
    (simulate, "--loans", "10"),
    (file, "cn", "--period", "2019-03"),
    (publish,),
    (calendar, "--format", "ics"),
    (keys, "hand-out"),
    (map_group, "init", "--source", "."),
)
KEPT = ["lake", "log/x", "snapshots/site", "keys", "builds/x", "runs.jsonl"]
KEPT += ["filings", "filings/log.jsonl", "filings/log.head", "filings/deliveries.head", "filings/receipts/x", "filings/.log.jsonl.lock"]
KEPT += ["filings/cn", "filings/cn/2019-03/v1.drafts/0123456789ab/SEAL"]


@pytest.mark.parametrize("place", KEPT)
def test_no_command_writes_where_the_home_is_kept(
    place: str, small_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSBOOK_HOME", str(small_home.home.absolute()))
    out = tmp_path / "link"
    out.symlink_to(small_home.home.absolute() / place)
    before = sorted(small_home.home.rglob("*"))
    for command, *arguments in COMMANDS:
        ran = CliRunner().invoke(command, [*arguments, "--out", str(out)])
        assert ran.exit_code, (command.name, place)
        assert isinstance(ran.exception, InputError) or "is a directory" in ran.output, (command.name, ran.output)
        if isinstance(ran.exception, InputError):
            assert "of the home" in ran.exception.found and "--out" in ran.exception.where, command.name
    assert sorted(small_home.home.rglob("*")) == before


def test_a_pipe_or_a_device_is_never_replaced_by_a_file(small_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cron job of root that writes to /dev/null would have made it a file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSBOOK_HOME", str(small_home.home.absolute()))
    out = tmp_path / "pipe"
    os.mkfifo(out)
    for command, *arguments in COMMANDS:
        ran = CliRunner().invoke(command, [*arguments, "--out", str(out)])
        assert ran.exit_code and (isinstance(ran.exception, InputError) or "is a file" in ran.output), (command.name, ran.output)
        assert out.is_fifo(), command.name
    assert list(tmp_path.iterdir()) == [out]


def test_beside_what_the_home_keeps_there_is_room(small_home: Settings) -> None:
    for place in ("site", "filings/cn-2019-03-to-look-at", "platform", "lakeside", "calendar.ics"):
        refuse_own_place(small_home, small_home.home / place)


def test_a_package_beside_those_of_the_log_stays_as_it_is(small_home: Settings, tmp_path: Path) -> None:
    home = small_home.model_copy(update={"home": tmp_path / "home"})
    package = home.filings_dir / "cn-2019-03-to-look-at"
    written = write_filing(small_home, "cn", "2019-03", tmp_path / "written")
    shutil.copytree(written.folder, package)
    assert (package / "SEAL").is_file() and (package / "filing.json").is_file()
    for place in (package, package / "SEAL", package / "site", package.with_name(f"{package.name}.zip")):
        with pytest.raises(InputError, match="filings of the home"):
            refuse_own_place(home, place)
    # The package itself may be written again; its writer compares every byte.
    refuse_own_place(home, package, is_package=True)
    assert not write_filing(small_home, "cn", "2019-03", written.folder).is_new
    with pytest.raises(InputError, match="filings of the home"):
        refuse_own_place(home, package / "SEAL", is_package=True)


def test_an_empty_name_is_refused_before_anything_is_written(small_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unset variable of a shell gives one; as a path, it is the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSBOOK_HOME", str(small_home.home.absolute()))
    for command, *arguments in COMMANDS:
        ran = CliRunner().invoke(command, [*arguments, "--out", ""])
        assert isinstance(ran.exception, InputError) and ran.exception.where == "--out", (command.name, ran.exception)
        assert "empty" in ran.exception.found
    assert list(tmp_path.iterdir()) == []
