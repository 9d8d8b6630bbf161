"""The command `glassbook`: finds its subcommands through entry points, so that each command imports only what it uses."""

from __future__ import annotations

import os
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import click

from glassbook import __version__
from glassbook.engine_errors import in_our_words
from glassbook.errors import GlassbookError, InputError
from glassbook.private import keep_private

if TYPE_CHECKING:
    from glassbook.settings import Settings

# What a shell reports of a command that SIGPIPE ended.
_READ_ENOUGH = 141
UNFORESEEN = 3
"""Exit code after an unforeseen error."""
ORDER = [
    "demo",
    "simulate",
    "profile",
    "map",
    "ingest",
    "reconcile",
    "quarantine",
    "build",
    "figures",
    "explain",
    "file",
    "filing",
    "keys",
    "verify",
    "compare",
    "restatements",
    "calendar",
    "publish",
    "prune",
    "serve",
    "doctor",
    "repair",
    "correct-clock",
]


class _LazyGroup(click.Group):
    """A group whose commands are entry points, loaded when they are called or when help is requested."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = {point.name for point in entry_points(group="glassbook.commands")}
        return [n for n in ORDER if n in names] + sorted(names.difference(ORDER))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = entry_points(group="glassbook.commands", name=cmd_name)
        for point in found:
            command: click.Command = point.load()
            return command
        return None


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="glassbook")
def glassbook() -> None:
    """Glassbook (明账): the open book of a lending marketplace.

    Copies a platform's records into a warehouse, computes what is owed and what is late, and writes what must be disclosed.
    """


def main() -> None:
    """Entry point of the command; exit codes: 0 done, 1 a check did not hold, 2 the call or its input was wrong, 3 an unforeseen error."""
    keep_private()
    try:
        glassbook(standalone_mode=False)
    except SystemExit:
        raise
    except BaseException as error:  # some libraries' errors, such as a panic in Rust, are not an Exception
        sys.exit(_told(error))


def _told(error: BaseException) -> int:
    """Reports what an error means, and returns the exit code."""
    match error:
        case click.exceptions.Abort() | KeyboardInterrupt():
            click.echo("stopped", err=True)
            return InputError.exit_code
        case click.ClickException():
            error.show()
            return error.exit_code
        case InputError():
            _say(error)
            return error.exit_code
        case GlassbookError():
            click.echo(f"error: {error}", err=True)
            return error.exit_code
        case BrokenPipeError():
            # The reader of the pipe, such as `head`, has closed it; the rest of the buffer cannot be written.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return _READ_ENOUGH
    settings = _settings()
    if known := in_our_words(error, settings.home if settings else None):
        _say(known)
        return known.exit_code
    if isinstance(error, OSError):
        # A folder is missing or not ours: the system's own message says which.
        where = f"\n  where:    {error.filename}" if error.filename else ""
        click.echo(f"error: {error.strerror or error}{where}\n  do:       put path and rights in order", err=True)
        return InputError.exit_code
    return _unforeseen(error, settings)


def _say(error: InputError) -> None:
    click.echo(f"error: {error.found}\n  where:    {error.where}\n  expected: {error.expected}\n  do:       {error.remedy}", err=True)


def _settings() -> Settings | None:
    """The settings, or None where they are the error."""
    from glassbook.settings import load_settings

    try:
        return load_settings()
    except Exception:
        return None


def _unforeseen(error: BaseException, settings: Settings | None) -> int:
    """Writes a report that contains none of the user's data, and says in one sentence where it is."""
    from glassbook import unforeseen

    command = unforeseen.called(glassbook, sys.argv[1:]) if isinstance(glassbook, click.Command) else "glassbook"
    path = unforeseen.write_report(error, command, settings)
    report = f"the report {path} says where, and holds nothing of your data" if path else "there is no room for a report"
    click.echo(
        f"error: `{command}` failed with an unforeseen error ({type(error).__name__} in {unforeseen.place(error)}); {report}: "
        "please send it to the person who maintains this installation.",
        err=True,
    )
    return UNFORESEEN
