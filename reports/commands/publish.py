"""The command `glassbook publish`. It calls the step that Dagster's asset calls, imported when it is called."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from glassbook.out_option import OutPath
from glassbook.settings import Settings, load_settings


@click.command(epilog="Example: glassbook publish --out site")
@click.option("--out", required=True, type=OutPath(), help="Folder of the site.")
def publish(out: Path) -> None:
    """Write the public transparency site from the public snapshot; exits 1 when its figures are provisional.

    Unchanged files stay as they are, and no published address goes away. Figures that an edit calls impossible are marked as provisional.
    """
    if not run_publish(load_settings(), out):
        sys.exit(1)


def run_publish(settings: Settings, out: Path) -> bool:
    """Writes the site and says where it is; returns whether none of its month's figures is provisional."""
    from reports.site.step import publish

    m = publish(settings, out).metadata
    click.echo(f"site: {m['path']}, {m['written']} of {m['files']} files written")
    for code, figures in m["provisional"].items():
        click.echo(f"PROVISIONAL: {code} says that {', '.join(figures) or 'figures'} of the month cannot be right; the site marks them.")
    return not m["provisional"]
