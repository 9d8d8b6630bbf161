"""Damaged homes, missing folders and full disks: every command says what it met and what to do, and none shows a traceback."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from glassbook.errors import CheckFailed
from reports.filing.life.states import read_head
from reports.filing.package import package
from tests.support.shell import run

MANIFEST = {"snapshot_id": "s1", "known_at": "2020-01-01T00:00:00+00:00", "as_of": "2019-12-31", "timezone": "Asia/Shanghai", "loads": []}
DEEP = "[" * 200_000 + "\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose one snapshot is no warehouse, and a file among the filings that is no archive."""
    monkeypatch.setenv("GLASSBOOK_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    snapshot = tmp_path / "snapshots" / "s1"
    snapshot.mkdir(parents=True)
    (snapshot / "snapshot.json").write_text(json.dumps(MANIFEST))
    (snapshot / "glassbook.duckdb").write_bytes(b"no warehouse")
    (snapshot / "public.duckdb").write_bytes(b"")
    (tmp_path / "snapshots" / "CURRENT").write_text("s1")
    (tmp_path / "filings").mkdir()
    (tmp_path / "filings" / "a.zip").write_bytes(b"no archive")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("figures", "--regime", "cn"), 2, "a warehouse that cannot be read"),
        (("explain", "CN-A01", "--regime", "cn"), 2, "a warehouse that cannot be read"),
        (("calendar",), 2, "a warehouse that cannot be read"),
        (("file", "cn", "--period", "2019-12", "--out", "out"), 2, "a warehouse that cannot be read"),
        (("filing", "open", "cn-2019-12"), 2, "a warehouse that cannot be read"),
        (("restatements",), 1, "a.zip not readable"),
        (("verify", "filings/a.zip"), 1, "the archive cannot be read"),
        (("verify", "filings"), 1, "SEAL: is missing"),
        (("verify", "filings/a.zip", "--keys", "filings"), 2, "is a directory"),
        (("keys", "hand-out", "--out", "filings/a.zip/x"), 2, "no key"),
        (("prune",), 1, "move what is no package elsewhere"),
    ],
)
def test_a_damaged_home_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, words: str
) -> None:
    ended, said = run(monkeypatch, capsys, *arguments)
    assert ended == code and words in said, said


@pytest.mark.parametrize("content", [b"\xff", b"", b"../filings", b"s2"])
def test_a_pointer_that_leads_nowhere_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    (home / "snapshots" / "CURRENT").write_bytes(content)
    code, said = run(monkeypatch, capsys, "figures", "--regime", "cn")
    assert code == 2 and "snapshot" in said


@pytest.mark.parametrize("content", ["[[\n", DEEP, "{}\n", '{"hash": 1}\n'])
def test_a_log_that_is_none_is_named(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], content: str) -> None:
    for name, command in (("log.jsonl", ("filing", "log")), ("deliveries.jsonl", ("filing", "deliveries"))):
        (home / "filings" / name).write_text(content)
        code, said = run(monkeypatch, capsys, *command)
        assert code == 1 and f"{name}: entry 1" in said and "Restore the file from a backup" in said


def test_a_full_disk_and_a_missing_folder_are_told_in_the_words_of_the_system(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "snapshots" / "CURRENT").unlink()
    code, said = run(monkeypatch, capsys, "calendar", "--format", "ics", "--out", "nowhere/x.ics")
    assert code == 2 and "No such file or directory" in said and "nowhere" in said

    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(package, "write_synced", full)
    code, said = run(monkeypatch, capsys, "calendar", "--format", "ics", "--out", "x.ics")
    assert code == 2 and "No space left on device" in said and not (home / "x.ics").exists()


def test_a_filing_json_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "filing.json").write_bytes(b"\xff{")
    with pytest.raises(CheckFailed, match="cannot be read"):
        read_head(tmp_path)
