"""Errors carry what a person needs to act and the exit code of the command."""

from __future__ import annotations

from glassbook.errors import CheckFailed, GlassbookError, InputError


def test_bad_input_says_what_where_expected_and_what_to_do() -> None:
    error = InputError(found="a comma", where="loans.csv line 3", expected="12.50", remedy="Write a point.")
    assert str(error) == "loans.csv line 3: found a comma; expected 12.50. Write a point."
    assert (error.found, error.where, error.expected, error.remedy) == ("a comma", "loans.csv line 3", "12.50", "Write a point.")


def test_exit_codes() -> None:
    assert InputError(found="", where="", expected="", remedy="").exit_code == 2
    assert CheckFailed("does not hold").exit_code == 1
    assert issubclass(InputError, GlassbookError) and issubclass(CheckFailed, GlassbookError)
