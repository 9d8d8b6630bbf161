"""Reads `glassbook.toml`: a plain file in UTF-8, or a message that says what is there instead.

Belongs here: the file. Does not: what its keys mean (`settings`).
"""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import Any

from glassbook.errors import InputError

SETTINGS_FILE = "glassbook.toml"
# Some thirty settings take a page; a larger file is something else.
_MOST_BYTES = 1_000_000


def read_settings_file() -> dict[str, Any]:
    """The content of the file in the working directory; empty where there is none. Raises InputError for one that cannot be read."""
    path = Path(SETTINGS_FILE)
    try:
        if not os.path.lexists(path):
            return {}
        # Checked before it is opened: opening a pipe would wait.
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise _unreadable("a folder" if stat.S_ISDIR(found.st_mode) else "a device or pipe, no plain file")
        if found.st_size > _MOST_BYTES:
            raise _unreadable(f"a file of {found.st_size:,} bytes")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise _unreadable(f"a file that cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise _unreadable(f"bytes that are not UTF-8, at byte {error.start + 1}") from None
    try:
        return tomllib.loads(text)
    except ValueError as error:
        # The TOML reader's message names place and rule, and repeats nothing of the content.
        raise _unreadable(f"no TOML: {error}") from None
    except RecursionError:
        raise _unreadable("values nested too deeply") from None


def _unreadable(found: str) -> InputError:
    return InputError(
        found=found,
        where=f"settings ({Path(SETTINGS_FILE).absolute()})",
        expected="a plain file of TOML in UTF-8, with settings of docs/operations.md",
        remedy="Correct it, or move it away: without it the defaults hold.",
    )
