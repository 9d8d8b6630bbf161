"""The two ways in which a command may end that are not success: bad input (exit 2) and a check that did not hold (exit 1)."""

from __future__ import annotations

from unicodedata import category

# Control and format signs, halves of signs, and separators of lines and paragraphs (Unicode's general categories).
_COMMANDS = ("Cc", "Cf", "Cs", "Zl", "Zp")


class GlassbookError(Exception):
    """Base of all errors that a user can act on; `exit_code` is what the command returns."""

    exit_code = 2


class InputError(GlassbookError):
    """The call or its input was wrong: says what was found, where, what was expected and what to do.

    Whatever a file, a mapping or a server said is in these words: signs that do not print are spelt out, and a line break is indented, so
    that no text of others commands a terminal or looks like a line of ours.
    """

    exit_code = 2

    def __init__(self, *, found: str, where: str, expected: str, remedy: str) -> None:
        self.found = printable(found)
        self.where = printable(where)
        self.expected = printable(expected)
        self.remedy = printable(remedy)
        super().__init__(f"{self.where}: found {self.found}; expected {self.expected}. {self.remedy}")


class CheckFailed(GlassbookError):
    """A check did not hold; the message names the checks and what to do."""

    exit_code = 1


def printable(text: str) -> str:
    """Words of ours around texts of others: signs that do not print are spelt out, lines after the first are indented."""
    if text.isprintable():
        return text
    return "\n    ".join("".join(spelt(c) if category(c) in _COMMANDS else c for c in line) for line in text.split("\n"))


def spelt(text: str) -> str:
    """A text of others as a message may hold it: signs that do not print, such as line breaks and commands to a terminal, are spelt out."""
    return repr(text)[1:-1]
