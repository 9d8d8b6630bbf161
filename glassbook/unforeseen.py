"""Crash reports for unforeseen errors: they say where in the code it happened, hold none of the user's data, and may be passed on.

Belongs here: the report and its file. Does not: ending the process (`cli`). An exception's message can hold a row, and a path can hold
names of people, so neither is in the report: it has the class of an error, the command of a call and the names of its options.
"""

from __future__ import annotations

import errno
import os
import platform
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType

import click

from glassbook import __version__
from glassbook.clock import now
from glassbook.settings import Settings

FOLDER = "failures"
"""Folder of the home for reports."""
_ROOT = Path(__file__).resolve().parents[1]
_OURS = {"glassbook", "ingestion", "simulator", "warehouse", "reports", "dashboards", "orchestration"}
_TOLD_PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "pyarrow", "pydantic", "click")
_MOST_CAUSES = 5


def write_report(error: BaseException, command: str, settings: Settings | None) -> Path | None:
    """Writes the report, readable by its owner only, into the home or, where that is not possible, the folder of temporary files.

    Returns its path; None where it can be written nowhere.
    """
    text = report(error, command, settings or Settings.model_construct())
    folders: list[Path | None] = [None]
    # A report does not create a home.
    if settings is not None and settings.home.is_dir():
        folders.insert(0, settings.home / FOLDER)
    for folder in folders:
        with suppress(OSError):
            if folder is not None:
                folder.mkdir(mode=0o700, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix="glassbook-failure-", suffix=".txt", dir=folder)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            return Path(name)
    return None


def report(error: BaseException, command: str, settings: Settings) -> str:
    """What happened, where, and in which versions."""
    lines = [
        f"command:   {command}",
        f"at:        {now(settings):%Y-%m-%dT%H:%M:%SZ}",
        f"glassbook: {__version__}",
        f"python:    {platform.python_version()} on {platform.system()} {platform.machine()}",
        *(f"{name}: {found}" for name in _TOLD_PACKAGES if (found := _version(name))),
    ]
    for number, cause in enumerate(_chain(error)):
        lines += ["", f"{'caused by' if number else 'error'}: {_class(cause)}{_code(cause)}", *_frames(cause.__traceback__)]
    return "\n".join(lines) + "\n"


def place(error: BaseException) -> str:
    """The innermost line of our code in the traceback."""
    frames = [frame for frame in traceback.walk_tb(error.__traceback__) if _own_path(frame[0].f_code.co_filename)]
    if not frames:
        return "outside our code"
    frame, line = frames[-1]
    return f"{_own_path(frame.f_code.co_filename)}, line {line}"


def called(group: click.Command, arguments: Sequence[str]) -> str:
    """A call without its values: the words of the command, and the names of its options."""
    words, command = ["glassbook"], group
    for argument in arguments:
        if isinstance(command, click.Group) and (inner := _inner(command, argument)) is not None:
            command = inner
            words.append(argument)
        elif argument.startswith("-"):
            name = argument.partition("=")[0]
            if any(name in (*option.opts, *option.secondary_opts) for option in command.params):
                words.append(name)
    return " ".join(words)


def _inner(group: click.Group, name: str) -> click.Command | None:
    # The error may be in loading this very command.
    with suppress(Exception):
        return group.get_command(click.Context(group), name)
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if current is None:
            return
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _class(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _code(error: BaseException) -> str:
    """The system's name of an operating system error, such as ENOENT."""
    number = error.errno if isinstance(error, OSError) else None
    return f" ({errno.errorcode.get(number, number)})" if number is not None else ""


def _frames(trace: TracebackType | None) -> list[str]:
    """Our frames by file, line and function; runs of other packages' frames by package only."""
    lines: list[str] = []
    for frame, line in traceback.walk_tb(trace):
        path = _own_path(frame.f_code.co_filename)
        if path is not None:
            lines.append(f"  {path}:{line} {frame.f_code.co_name}")
        elif lines[-1:] != [other := f"  ({str(frame.f_globals.get('__name__', '?')).partition('.')[0]})"]:
            lines.append(other)
    return lines


def _own_path(file: str) -> str | None:
    with suppress(ValueError):
        path = Path(file).resolve().relative_to(_ROOT)
        if path.parts[0] in _OURS:
            return path.as_posix()
    return None


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
