"""README and help agree with the commands: each named one exists, each existing one is named, each shows an example that parses."""

from __future__ import annotations

import re
import shlex
from importlib.metadata import entry_points
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = sorted(point.name for point in entry_points(group="glassbook.commands"))
CALL = re.compile(r"^\s*(?:Example: )?(?:\.venv/bin/)?glassbook ([\w-]+)([^#\n`|>]*)", re.MULTILINE)


def _command(name: str) -> click.Command:
    (point,) = entry_points(group="glassbook.commands", name=name)
    command: click.Command = point.load()
    return command


def _parses(command: click.Command, arguments: str) -> None:
    """Raises click's own error for an option or argument that the command does not have; runs nothing."""
    command.make_context(command.name, shlex.split(arguments.split("&&")[0]))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_shows_an_example_that_parses(name: str) -> None:
    command = _command(name)
    assert command.help and command.epilog and "Example" in command.epilog
    examples = [arguments for called, arguments in CALL.findall(command.epilog) if called == name]
    assert examples
    for arguments in examples:
        _parses(command, arguments)


def test_the_readme_names_every_command_and_no_other() -> None:
    table = re.findall(r"^\| `glassbook ([\w-]+)", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(table) == COMMANDS


PAGES = [
    "README.md",
    "docs/operations.md",
    "docs/filing.md",
    "docs/restatements.md",
    "docs/quarantine.md",
    "docs/simulator.md",
    "deploy/README.md",
]


@pytest.mark.parametrize("page", PAGES)
def test_every_call_in_the_documents_parses(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name, arguments in CALL.findall(text):
        assert name in COMMANDS, f"{page} names glassbook {name}"
        # A reader has the files that a call names.
        for file in re.findall(r"--keys (\S+)", arguments):
            Path(file).touch()
        _parses(_command(name), arguments)


def test_every_make_target_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")]
    named = {
        target
        for page in pages
        for target in re.findall(r"(?:`|^    )make ([a-z-]+)", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }
    assert named and named <= targets
