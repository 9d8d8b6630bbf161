"""The two ways in which a command may fail: bad input (exit 2) and a check that failed (exit 1)."""

from __future__ import annotations

from unicodedata import category

# Control and format characters, surrogates, and separators of lines and paragraphs (Unicode's general categories).
_COMMANDS = ("Cc", "Cf", "Cs", "Zl", "Zp")


class GlassbookError(Exception):
    """Base of all errors that a user can act on; `exit_code` is what the command returns."""

    exit_code = 2


class InputError(GlassbookError):
    """The call or its input was wrong: says what was found, where, what was expected and what to do.

    The message may quote a file, a mapping or a server. Characters that do not print are escaped and lines after the first are indented,
    so that no foreign text can control the terminal or look like a line of ours.
    """

    exit_code = 2

    def __init__(self, *, found: str, where: str, expected: str, remedy: str) -> None:
        self.found = printable(found)
        self.where = printable(where)
        self.expected = printable(expected)
        self.remedy = printable(remedy)
        super().__init__(f"{self.where}: found {self.found}; expected {self.expected}. {self.remedy}")


class CheckFailed(GlassbookError):
    """A check failed; the message names the checks and what to do."""

    exit_code = 1


def printable(text: str) -> str:
    """Our message with foreign texts in it: characters that do not print are escaped, lines after the first are indented."""
    if text.isprintable():
        return text
    return "\n    ".join("".join(spelt(c) if category(c) in _COMMANDS else c for c in line) for line in text.split("\n"))


def spelt(text: str) -> str:
    """A foreign text, safe for a message: characters that do not print, such as line breaks and terminal commands, are escaped."""
    return repr(text)[1:-1]
