"""The commands that move data: ingest, build, file, publish, demo. Each is a thin face over the assets that Dagster runs."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from glassbook.settings import Settings, load_settings


@click.command(epilog="Example: glassbook ingest --source exports/2019-12-31")
@click.option(
    "--source", required=True, help="Folder with one Parquet or CSV file (or folder) a table, or postgresql://USER@HOST/DATABASE."
)
def ingest(source: str) -> None:
    """Load new and changed rows of a platform's records into the lake."""
    run_ingest(load_settings(), source)


@click.command(epilog="Example: glassbook build --known-at 2020-01-08T09:00:00+08:00")
@click.option(
    "--known-at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"]), help="Build from what was loaded by then."
)
@click.option("--full", is_flag=True, help="Compute everything anew instead of what changed.")
def build(known_at: datetime | None, full: bool) -> None:
    """Compute ledger and figures, check them, and swap the snapshot."""
    run_build_command(load_settings(), known_at, full)


@click.command(epilog="Example: glassbook file cn --period 2019-12 --out filings/cn-2019-12")
@click.argument("regime")
@click.option("--period", required=True, help="Month to file, YYYY-MM.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the package; a .zip of the same comes beside it.")
def file(regime: str, period: str, out: Path) -> None:
    """Write a sealed filing package; exits 1 when error edits are open, and the package is a draft then."""
    if not run_file(load_settings(), regime, period, out):
        sys.exit(1)


@click.command(epilog="Example: glassbook publish --out site")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the page.")
def publish(out: Path) -> None:
    """Write the public transparency page from the public snapshot."""
    run_publish(load_settings(), out)


@click.command(epilog="Example: glassbook demo --loans 20000")
@click.option("--loans", default=20_000, show_default=True, help="Listings of the first 24 months.")
@click.option("--seed", default=7, show_default=True, help="Another seed is another platform.")
def demo(loans: int, seed: int) -> None:
    """Simulate a platform and run the whole way on it: load, build, check, file, publish."""
    from orchestration.demo import run_demo

    run_demo(load_settings(), loans, seed)


def run_ingest(settings: Settings, source: str) -> None:
    """Loads and says what became of the rows."""
    from orchestration.assets import LAKE
    from orchestration.run import materialize

    m = materialize(settings, LAKE, "lake", {"source": source})["lake"]
    click.echo(
        f"load {m['load_seq']}: {m['rows_read']:,} rows read, {m['rows_new']:,} new, {m['rows_quarantined']:,} in quarantine, "
        f"{m['seconds']:.1f} s"
    )


def run_build_command(settings: Settings, known_at: datetime | None, full: bool) -> None:
    """Builds and says which snapshot is in force and what the checks found."""
    from glassbook.snapshots import connect, find_snapshot
    from orchestration.run import materialize

    config = {"full": full, "known_at": known_at.isoformat() if known_at else ""}
    m = materialize(settings, None, "warehouse", config)["snapshot"]
    snapshot = find_snapshot(settings, m["snapshot_id"])
    click.echo(f"snapshot {snapshot.snapshot_id} as of {m['as_of']}, known at {m['known_at']}, {m['bytes'] / 1e6:,.0f} MB")
    with connect(snapshot.database) as connection:
        found = connection.execute(
            "select check_code, severity, outcome, finding_count from chk_outcomes where outcome <> 'passed' order by 1"
        ).fetchall()
    for code, severity, outcome, count in found:
        click.echo(f"  {code} {severity} {outcome}: {count} findings")


def run_file(settings: Settings, regime: str, period: str, out: Path) -> bool:
    """Writes the package; returns whether no error edit is open."""
    from orchestration.assets import FILING
    from orchestration.run import materialize

    m = materialize(settings, FILING, "filing", {"regime": regime, "period": period, "out": str(out)})["filing"]
    click.echo(f"filing {regime} {period}: {m['path']} (and the same as .zip)")
    if m["is_draft"]:
        click.echo("DRAFT: error edits are open; checks.json in the package lists them with their findings.")
    return not m["is_draft"]


def run_publish(settings: Settings, out: Path) -> None:
    """Writes the page and says where it is."""
    from orchestration.assets import PUBLIC_SITE
    from orchestration.run import materialize

    click.echo(f"page: {materialize(settings, PUBLIC_SITE, 'public_site', {'out': str(out)})['public_site']['path']}")
