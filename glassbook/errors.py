"""The two ways in which a command may end that are not success: bad input (exit 2) and a check that did not hold (exit 1)."""

from __future__ import annotations


class GlassbookError(Exception):
    """Base of all errors that a user can act on; `exit_code` is what the command returns."""

    exit_code = 2


class InputError(GlassbookError):
    """The call or its input was wrong: says what was found, where, what was expected and what to do."""

    exit_code = 2

    def __init__(self, *, found: str, where: str, expected: str, remedy: str) -> None:
        self.found = found
        self.where = where
        self.expected = expected
        self.remedy = remedy
        super().__init__(f"{where}: found {found}; expected {expected}. {remedy}")


class CheckFailed(GlassbookError):
    """A check did not hold; the message names the checks and what to do."""

    exit_code = 1


def spelt(text: str) -> str:
    """A text of others as a message may hold it: signs that do not print, such as line breaks and commands to a terminal, are spelt out."""
    return repr(text)[1:-1]
