"""The command: finds its subcommands, imports only what one of them uses, and ends with the right code and words."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import click
import pytest

from glassbook import cli
from glassbook.errors import CheckFailed, InputError

HEAVY = ("dagster", "dbt", "streamlit", "pandas", "pandera", "altair")
READING = ("figures", "explain", "filing", "keys", "verify", "doctor")


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command in a separate process, in an empty folder."""
    code = "import sys; from glassbook.cli import main; sys.argv[0] = 'glassbook'; main()"
    return subprocess.run([sys.executable, "-c", code, *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", READING)
def test_reading_commands_import_nothing_heavy(name: str, tmp_path: Path) -> None:
    code = f"""
import sys
from glassbook.cli import glassbook
try:
    glassbook(["{name}", "--help"], standalone_mode=False)
finally:
    print("HEAVY", sorted(set({HEAVY!r}) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "HEAVY []" in done.stdout


def test_help_lists_every_command(tmp_path: Path) -> None:
    done = run("--help", folder=tmp_path)
    assert done.returncode == 0
    listed = [
        line.split()[0]
        for line in done.stdout.split("Commands:")[1].splitlines()
        if line.strip() and line.startswith("  ") and line[2] != " "
    ]
    assert set(listed) == {point.name for point in entry_points(group="glassbook.commands")}
    assert listed[: len(cli.ORDER)] == cli.ORDER


@pytest.mark.parametrize("name", cli.ORDER)
def test_every_command_shows_an_example(name: str) -> None:
    (point,) = entry_points(group="glassbook.commands", name=name)
    command = point.load()
    assert isinstance(command, click.Command)
    assert "glassbook " + name in (command.epilog or "")
    assert command.help


def test_bad_input_ends_with_two_and_says_what_to_do(tmp_path: Path) -> None:
    done = run("figures", "--regime", "cn", folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[0].startswith("error: ")
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["where", "expected", "do"]


def test_an_unknown_command_and_a_missing_option_end_with_two(tmp_path: Path) -> None:
    assert run("dance", folder=tmp_path).returncode == 2
    assert run("figures", folder=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (InputError(found="F", where="W", expected="E", remedy="R"), 2, ["error: F", "  where:    W", "  expected: E", "  do:       R"]),
        (CheckFailed("GB-I01 failed"), 1, ["error: GB-I01 failed"]),
        (click.exceptions.Abort(), 2, ["stopped"]),
    ],
)
def test_what_an_error_ends_with(
    error: Exception, code: int, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli, "glassbook", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == code
    assert capsys.readouterr().err.splitlines() == words
