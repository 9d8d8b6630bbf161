"""The command `glassbook build`. It calls the step that Dagster's asset calls, imported when it is called."""

from __future__ import annotations

from datetime import datetime

import click

from glassbook.settings import Settings, load_settings


@click.command(epilog="Example: glassbook build --known-at 2020-01-08T09:00:00+08:00")
@click.option(
    "--known-at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"]), help="Build from what was loaded by then."
)
@click.option("--full", is_flag=True, help="Compute everything again instead of what changed.")
def build(known_at: datetime | None, full: bool) -> None:
    """Compute ledger and figures, check them, and swap the snapshot."""
    run_build(load_settings(), known_at, full)


def run_build(settings: Settings, known_at: datetime | None, full: bool) -> None:
    """Builds, and reports which snapshot is in force and what the checks found."""
    from glassbook.snapshots import connect, find_snapshot
    from warehouse.step import build

    m = build(settings, full=full, known_at=known_at).metadata
    snapshot = find_snapshot(settings, m["snapshot_id"])
    click.echo(f"snapshot {snapshot.snapshot_id} as of {m['as_of']}, known at {m['known_at']}, {m['bytes'] / 1e6:,.0f} MB")
    with connect(snapshot.database) as connection:
        found = connection.execute(
            "select check_code, severity, outcome, finding_count from chk_outcomes where outcome <> 'passed' order by 1"
        ).fetchall()
    for code, severity, outcome, count in found:
        click.echo(f"  {code} {severity} {outcome}: {count} findings")
