"""The command `glassbook`: finds its subcommands through entry points, so that reading commands import only what they use."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

import click

from glassbook import __version__
from glassbook.errors import GlassbookError, InputError

ORDER = [
    "demo",
    "simulate",
    "profile",
    "map",
    "ingest",
    "reconcile",
    "build",
    "figures",
    "explain",
    "file",
    "verify",
    "publish",
    "serve",
    "doctor",
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
