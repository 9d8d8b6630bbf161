"""The command `glassbook`: finds its subcommands through entry points, so that reading commands import only what they use."""

from __future__ import annotations

import os
import sys
from importlib.metadata import entry_points

import click

from glassbook import __version__
from glassbook.errors import GlassbookError, InputError
from glassbook.private import keep_private

# What a shell reports of a command that SIGPIPE ended.
_READ_ENOUGH = 141
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
    """A group whose commands are entry points, loaded when they are called or when help is asked for."""

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
    """Entry point of the command; exit codes: 0 done, 1 a check did not hold, 2 the call or its input was wrong."""
    keep_private()
    try:
        glassbook(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except InputError as error:
        click.echo(
            f"error: {error.found}\n  where:    {error.where}\n  expected: {error.expected}\n  do:       {error.remedy}",
            err=True,
        )
        sys.exit(error.exit_code)
    except GlassbookError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Whoever reads has read enough, such as `head`; what is still in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_READ_ENOUGH)
    except OSError as error:
        # The disk is full, a folder is not there or not ours: the system's own words say which, and no line of ours helps.
        where = f"\n  where:    {error.filename}" if error.filename else ""
        click.echo(f"error: {error.strerror or error}{where}\n  do:       make room, or put path and rights in order", err=True)
        sys.exit(InputError.exit_code)
