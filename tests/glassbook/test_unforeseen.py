"""An unexpected error ends with one sentence, a report without any of the data, and its own exit code; never with a traceback."""

from __future__ import annotations

import errno
import stat
import sys
import tempfile
from pathlib import Path

import duckdb
import pytest

from glassbook import cli
from reports.figures import selection

SECRET = "王小明 110101199001011234"


class Panic(BaseException):
    """As compiled libraries raise it: no Exception."""


def fail(error: BaseException) -> None:
    row = {"legal_name": SECRET}
    try:
        raise KeyError(row["legal_name"])
    except KeyError as first:
        raise error from first


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where reports go that have no home."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException) -> tuple[int, str]:
    """`glassbook figures` when choosing the snapshot raises `error`; its exit code and what it says."""
    monkeypatch.setattr(selection, "choose_snapshot", lambda *_, **__: fail(error))
    monkeypatch.setattr(sys, "argv", ["glassbook", "figures", "--regime", "cn", "--as-of=2019-12-31", "--snapshot", SECRET])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    captured = capsys.readouterr()
    assert captured.out == ""
    return ended.value.code, captured.err


@pytest.mark.parametrize(
    "error", [KeyError(SECRET), RuntimeError(SECRET), RecursionError(SECRET), Panic(SECRET), duckdb.BinderException(SECRET)]
)
def test_one_sentence_and_a_report_in_the_home(
    error: BaseException, temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GLASSBOOK_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    code, said = run(monkeypatch, capsys, error)
    (path,) = (tmp_path / "home" / "failures").iterdir()
    assert code == 3 and said.count("\n") == 1 and str(path) in said and "Traceback" not in said and SECRET not in said
    report = path.read_text(encoding="utf-8")
    assert "command:   glassbook figures --regime --as-of --snapshot\n" in report
    assert f"error: {type(error).__module__}.{type(error).__qualname__}" in report and "caused by: builtins.KeyError" in report
    assert "  reports/commands/choosing.py:" in report and " choose" in report and "duckdb: " in report
    assert not any(word in report for word in (SECRET, "2019-12-31", str(tmp_path)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("home", ["nowhere", "locked", ""])
def test_a_report_without_a_home_goes_to_the_temporary_files(
    home: str, temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GLASSBOOK_HOME", home)
    if home == "locked":
        (tmp_path / home).mkdir()
        (tmp_path / home / "failures").touch()
    monkeypatch.setattr(cli, "glassbook", lambda **_: fail(KeyError(SECRET)))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    (path,) = temporary.iterdir()
    assert ended.value.code == 3 and str(path) in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


def test_where_there_is_no_room_for_a_report_the_sentence_says_so(
    temporary: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(**_: object) -> tuple[int, str]:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "mkstemp", full)
    code, said = run(monkeypatch, capsys, KeyError(SECRET))
    assert code == 3 and "no room for a report" in said


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/srv/x"), "no room to write"),
        (duckdb.IOException('IO Error: Could not write file "/srv/x": No space left on device'), "no room to write"),
        (duckdb.OutOfMemoryException("Out of Memory Error: failed to offload data: max_temp_directory_size"), "no room to write"),
        (duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate data of size 2.0 KiB"), "not enough memory"),
        (MemoryError(), "not enough memory"),
        (duckdb.IOException('IO Error: Could not set lock on file "/srv/x": Conflicting lock'), "another program has open"),
        (duckdb.IOException('IO Error: Could not read enough bytes from file "/srv/x"'), "missing or damaged"),
        (duckdb.InvalidInputException("Invalid Input Error: No magic bytes found at end of file '/srv/x'"), "missing or damaged"),
        (duckdb.SerializationException("Serialization Error: Failed to deserialize: '/srv/x'"), "missing or damaged"),
        (PermissionError(errno.EACCES, "Permission denied", "/srv/x"), "Permission denied"),
    ],
)
def test_what_anybody_may_meet_is_told_in_words_and_makes_no_report(
    error: BaseException, words: str, temporary: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(monkeypatch, capsys, error)
    assert code == 2 and words in said and "do:" in said and list(temporary.iterdir()) == []
    assert "/srv/x" in said or "/srv/x" not in str(error)


def test_stopped_by_its_keyboard(temporary: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(monkeypatch, capsys, KeyboardInterrupt())
    assert (code, said.strip(), list(temporary.iterdir())) == (2, "stopped", [])
