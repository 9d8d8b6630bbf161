"""The command `glassbook file`. It calls the step that Dagster's asset calls, imported when it is called."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from glassbook.out_option import OutPath
from glassbook.settings import Settings, load_settings


@click.command(epilog="Example: glassbook file cn --period 2019-12 --out filings/cn-2019-12")
@click.argument("regime")
@click.option("--period", required=True, help="Month to file, YYYY-MM.")
@click.option("--out", required=True, type=OutPath(), help="Folder of the package; a .zip of the same comes beside it.")
@click.option("--supersedes", type=click.Path(path_type=Path), help="Package that this one replaces: its next version, with what changed.")
def file(regime: str, period: str, out: Path, supersedes: Path | None) -> None:
    """Write a sealed package outside the life of a filing, to look at or to compare; exits 1 when something is open (a draft).

    What is signed and submitted is opened by `glassbook filing open`.
    """
    if not run_file(load_settings(), regime, period, out, supersedes):
        sys.exit(1)


def run_file(settings: Settings, regime: str, period: str, out: Path | None, supersedes: Path | None = None) -> bool:
    """Writes a package into `out`, or opens the filing in the home; returns whether nothing is open."""
    from reports.filing.acts.step import open_or_check_filing, write_package

    run = open_or_check_filing(settings, regime, period) if out is None else write_package(settings, regime, period, out, supersedes)
    m = run.metadata
    click.echo(f"filing {regime} {period}: {m['path']} (and the same as .zip)")
    if m["is_draft"]:
        click.echo("DRAFT: error edits are open; checks.json in the package lists them with their findings.")
    if m["next"]:
        click.echo(f"next: {m['next']}")
    return not m["is_draft"]
