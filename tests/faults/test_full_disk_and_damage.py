"""A disk full at any moment of a build, a missing, truncated or damaged snapshot: errors in our words; readers keep what they have."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from glassbook.settings import Settings
from glassbook.snapshots import current_snapshot
from ingestion.loading.load import ingest
from tests.support import homes
from tests.support.lake import a_platform
from tests.support.shell import run
from warehouse.build import run_build

BUILD = """
import resource, sys
from glassbook.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.argv = ["glassbook", "build"]
main()
"""
READERS = (
    ("figures", "--regime", "cn"),
    ("explain", "CN-A01", "--regime", "cn"),
    ("restatements",),
    ("calendar",),
    ("publish", "--out", "site"),
    ("file", "cn", "--period", "2019-01", "--out", "out/cn-2019-01"),
    ("verify",),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with a snapshot of its one load."""
    settings = homes.home(tmp_path_factory.mktemp("built") / "home")
    ingest(settings, a_platform().write(settings.home / "platform"))
    run_build(settings)
    return settings


@pytest.fixture
def home(built: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GLASSBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return homes.copied(built, tmp_path / "home")


@pytest.mark.parametrize("limit", [20_000, 10_000_000])
def test_a_disk_that_is_full_in_a_build(limit: int, home: Settings) -> None:
    before = current_snapshot(home).snapshot_id
    platform = a_platform()
    platform.fee("4.56", "2019-01-11 10:00", loan_id=1)
    ingest(home, platform.write(home.home / "later"))
    done = subprocess.run([sys.executable, "-c", BUILD, str(limit)], capture_output=True, text=True, check=False, env=os.environ)
    if current_snapshot(home).snapshot_id == before:
        assert done.returncode in (1, 2) and "error: " in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
        assert any(words in done.stderr for words in ("no room to write", "File too large", "Could not write file")), done.stderr
    else:
        assert done.returncode == 0, done.stderr
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    assert run_build(home).snapshot_id != before


def gone(database: Path) -> None:
    database.unlink()


def empty(database: Path) -> None:
    database.chmod(0o644)
    database.write_bytes(b"")


def cut_off(database: Path) -> None:
    database.chmod(0o644)
    os.truncate(database, database.stat().st_size // 2)


def flipped(database: Path) -> None:
    """One bit of each block, behind the head of the file."""
    database.chmod(0o644)
    content = bytearray(database.read_bytes())
    for place in range(20_000, len(content), 50_000):
        content[place] ^= 4
    database.write_bytes(content)


@pytest.mark.parametrize("damage", [gone, empty, cut_off, flipped], ids=lambda damage: damage.__name__)
def test_a_damaged_snapshot_is_told_by_every_reader(
    damage: Callable[[Path], None], home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot = current_snapshot(home)
    for database in (snapshot.database, snapshot.public_database):
        damage(database)
    for arguments in READERS:
        code, said = run(monkeypatch, capsys, *arguments)
        assert code in (0, 1, 2) and "Traceback" not in said, (arguments, said)
        # What needs no row of the snapshot still works.
        if arguments[0] in ("figures", "explain", "publish", "file"):
            assert code == 2 and "do:" in said and str(home.home) in said, (arguments, said)
