"""Errors carry what a person needs to act and the exit code of the command."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from glassbook.cli import glassbook
from glassbook.errors import CheckFailed, GlassbookError, InputError
from tests.support.lake import a_platform

RED, BACKWARDS = "\x1b[31m", "\u202e"


def test_bad_input_says_what_where_expected_and_what_to_do() -> None:
    error = InputError(found="a comma", where="loans.csv line 3", expected="12.50", remedy="Write a point.")
    assert str(error) == "loans.csv line 3: found a comma; expected 12.50. Write a point."
    assert (error.found, error.where, error.expected, error.remedy) == ("a comma", "loans.csv line 3", "12.50", "Write a point.")


def test_exit_codes() -> None:
    assert InputError(found="", where="", expected="", remedy="").exit_code == 2
    assert CheckFailed("does not hold").exit_code == 1
    assert issubclass(InputError, GlassbookError) and issubclass(CheckFailed, GlassbookError)


@pytest.mark.parametrize("text", [f"lo{RED}ans", f"lo{BACKWARDS}ans", "loans\nload 9: 0 rows", "loans\r", "loans\x00", "lo\u2028ans"])
def test_no_text_of_others_commands_a_terminal_or_looks_like_a_line_of_ours(text: str) -> None:
    error = InputError(found=text, where=text, expected=text, remedy=text)
    first, *more = str(error).split("\n")
    assert first.isprintable() and all(line.startswith("    ") and line.isprintable() for line in more)
    assert (error.found, error.where) == (error.expected, error.remedy)


def told(home: Path, *words: str) -> str:
    outcome = CliRunner().invoke(glassbook, list(words), env={"GLASSBOOK_HOME": str(home)})
    return outcome.output + (str(outcome.exception) if outcome.exception else "")


def test_names_of_files_tables_and_columns_are_spelt_too(tmp_path: Path) -> None:
    source = a_platform().write(tmp_path / "source")
    (source / f"note{RED}s.txt").write_text("", encoding="utf-8")
    loaded = told(tmp_path / "home", "ingest", "--source", str(source))
    assert "note\\x1b[31ms.txt" in loaded and RED not in loaded
    assert RED not in told(tmp_path / "home", "doctor")
    (source / "users.parquet").unlink()
    (source / "users.csv").write_text(f"user_id,{BACKWARDS}name\n1,Li\n", encoding="utf-8")
    refused = told(tmp_path / "home", "ingest", "--source", str(source))
    assert "\\u202ename" in refused and BACKWARDS not in refused
    mapping = tmp_path / "mapping.yml"
    mapping.write_text('version: 1\ntables: {"lo\\e[31mans": {from: x, columns: {}}}', encoding="utf-8")
    checked = told(tmp_path / "home", "map", "check", "--mapping", str(mapping))
    assert "lo\\x1b[31mans" in checked and RED not in checked
