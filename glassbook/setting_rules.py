"""What a setting may be: one rule per kind of value, which says what is wrong with a wrong value.

Belongs here: rules that need only the value. Does not: which setting has which rule (`settings`), messages about wrong settings
(`setting_errors`).
"""

from __future__ import annotations

import codecs
import errno
import os
import re
import stat
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unicodedata import category
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from glassbook.regimes import known_regimes

FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Years of days and instants in settings."""
MEMORY = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?([KMGT]i?B)", re.IGNORECASE)
_POWERS = {"K": 1, "M": 2, "G": 3, "T": 4}
_MOST_MEMORY = 1000**5
# Text codecs that no file of rows uses: for domain names, for Python's own literals, and the one that always fails.
_NO_ENCODINGS_OF_FILES = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}
# Folders of the zone data that count seconds differently, and names for the zone of the machine.
_NO_PLACES = ("posix/", "right/", "localtime", "posixrules", "Factory")
_LONGEST = 1000
# The engine ends a path at `?` when it adds the suffix of a database's log, and reads `\` as `/`. dbt ends a path at `#` when it looks for
# the name of the database, and `{` begins a template in its profile.
_NOT_OF_DATABASES = set("?\\#{")


def plain_text(value: str) -> str:
    """Text without characters that control a terminal or that no file can hold."""
    if any(category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in value):
        raise ValueError("holds a character that does not print")
    if len(value) > _LONGEST:
        raise ValueError(f"is longer than {_LONGEST:,} characters")
    return value


def some_text(value: str) -> str:
    """Plain text that is not empty."""
    if not value.strip():
        raise ValueError("is empty")
    return plain_text(value)


def empty_is_none(value: Any) -> Any:
    """An empty text means that nothing is given, as with an empty variable of a compose file."""
    return None if value == "" else value


def path_text(value: Any) -> Any:
    """A path that is not empty."""
    return some_text(str(value)) if isinstance(value, str | Path) else value


def home(value: Path) -> Path:
    """A folder, existing or not, in which the engine and dbt can keep databases."""
    if signs := "".join(sorted(_NOT_OF_DATABASES & set(str(value.absolute())))):
        raise ValueError(f"has {' '.join(signs)} in its path, which databases cannot lie under")
    mode = _mode(value)
    if mode is not None and not stat.S_ISDIR(mode):
        raise ValueError("is no folder")
    return value


def plain_file(value: Path) -> Path:
    """A plain file (no device or pipe), existing or not."""
    mode = _mode(value)
    if mode is not None and not stat.S_ISREG(mode):
        raise ValueError("is a folder" if stat.S_ISDIR(mode) else "is no plain file")
    return value


def _mode(path: Path) -> int | None:
    try:
        return os.stat(path).st_mode  # noqa: PTH116 — `exists` and `is_dir` hide the reason of a failure
    except OSError as error:
        # Nothing is there yet; or we have no access, which is reported when the file is used.
        if error.errno in (errno.ENOENT, errno.EACCES, errno.EPERM):
            return None
        raise ValueError(f"cannot be: {error.strerror}") from None


def memory(least: str) -> Callable[[str], str]:
    """An amount of memory as the engine takes it, not less than `least`."""

    def rule(value: str) -> str:
        if not MEMORY.fullmatch(value):
            raise ValueError("is no amount of memory")
        if not _bytes(least) <= _bytes(value) <= _MOST_MEMORY:
            raise ValueError("is too little" if _bytes(value) < _bytes(least) else "is too much")
        return value

    return rule


def _bytes(value: str) -> Decimal:
    found = MEMORY.fullmatch(value)
    assert found is not None  # checked before
    base = 1024 if "i" in found[2].lower() else 1000
    power: int = _POWERS[found[2][0].upper()]
    return Decimal(found[1]) * Decimal(base) ** power


def encoding(value: str) -> str:
    """`auto`, or a codec that exists and decodes to text."""
    if value == "auto":
        return value
    try:
        name = codecs.lookup(value).name
        codecs.getincrementaldecoder(value)
        # A codec that is not a text encoding, such as rot13 or zip, is refused by `bytes.decode` itself.
        b"....".decode(value, "replace")
    except (LookupError, ValueError, TypeError):
        raise ValueError("is no encoding of text") from None
    if name.replace("-", "_") in _NO_ENCODINGS_OF_FILES:
        raise ValueError("is no encoding of files")
    return value


def zone(value: str) -> str:
    """A time zone of the IANA data."""
    try:
        if value.startswith(_NO_PLACES):
            raise ValueError
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no IANA time zone") from None
    return value


def web_address(value: str) -> str:
    """Empty, or an address of the web without anything after its path, such as https://books.example.com/open."""
    if value and not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+(/[\w.~-]+)*/?", value):
        raise ValueError("is no address such as https://books.example.com")
    return value.rstrip("/")


def country(value: str) -> str:
    """A country whose working days are known."""
    if not re.fullmatch("[A-Z]{2}", value):
        raise ValueError("is no country code of two capitals")
    # Imported only when a country is named: the default one is known.
    from glassbook.calendar import is_known_country

    if not is_known_country(value):
        raise ValueError("is no country whose working days are known")
    return value


def regime(value: str) -> str:
    """An installed regime."""
    if value not in known_regimes():
        raise ValueError("is no regime that is known")
    return value


def regimes(value: tuple[str, ...]) -> tuple[str, ...]:
    """Installed regimes, each once."""
    if unknown := [name for name in value if name not in known_regimes()]:
        raise ValueError(f"has {', '.join(unknown)}, which is no regime that is known")
    return tuple(dict.fromkeys(value))


def hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    """Host names as referrers carry them, in lower case and in ASCII; IPv4 addresses too."""
    found = []
    for host in value:
        try:
            name = host.strip().lower().removesuffix(".").encode("idna").decode()
        except UnicodeError:
            raise ValueError("has what is no name of a host") from None
        if not re.fullmatch(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*", name):
            raise ValueError("has what is no name of a host")
        found.append(name)
    return tuple(dict.fromkeys(found))


def no_number(value: Any) -> Any:
    """A day or an instant as text: a number would be read as seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and re.fullmatch(r"[-+]?[\d.]+", value)):
        raise ValueError("is a number")
    return value


def in_known_years(value: date | datetime) -> date | datetime:
    """A day or instant of a plausible year."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"is not of the years {FIRST_YEAR} to {LAST_YEAR}")
    return value
