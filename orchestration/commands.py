"""The commands that move data: ingest, reconcile, build, file, publish, demo. Each calls the step that Dagster's assets call.

What a step needs is imported when it is called, so that loading waits for no dbt and help for nothing.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassbook.settings import Settings, load_settings

if TYPE_CHECKING:
    from ingestion.loading.load import Scope

SOURCE = click.option(
    "--source",
    default="",
    help="Folder of Parquet or CSV files, or postgresql://USER@HOST/DATABASE (docs/sources.md); the setting `source` unless given.",
)
MAPPING = click.option(
    "--mapping", default="", type=click.Path(dir_okay=False), help="Mapping of the source's schema; the setting `mapping` unless given."
)

ALLOW_GONE = click.option("--allow-gone", multiple=True, metavar="TABLE", help="Table of which more than a tenth may be gone.")


@click.command(epilog="Example: glassbook ingest --source postgresql://glassbook@db.example/platform --mapping mapping.yml")
@SOURCE
@MAPPING
@ALLOW_GONE
@click.option("--all", "every", is_flag=True, help="Compare every row instead of those from each table's cursor on.")
@click.option("--restored", is_flag=True, help="The source was put back to an earlier day: compare every row and key.")
@click.option(
    "--complete-until", default="", metavar="DAY|now", help="Last day of which everything is there; the newest row's day unless given."
)
def ingest(source: str, mapping: str, allow_gone: tuple[str, ...], every: bool, restored: bool, complete_until: str) -> None:
    """Load new and changed rows of a platform's records into the lake.

    Where a table of a database is read whole (it has no cursor, or --all), rows that it no longer has are found as well.
    """
    run_ingest(
        load_settings(),
        source,
        mapping=mapping,
        scope="all" if every else "new",
        is_restored=restored,
        allow_gone=frozenset(allow_gone),
        complete_until=complete_until,
    )


@click.command(epilog="Example: glassbook reconcile --source postgresql://glassbook@db.example/platform")
@SOURCE
@MAPPING
@ALLOW_GONE
def reconcile(source: str, mapping: str, allow_gone: tuple[str, ...]) -> None:
    """Load what is new and compare every key, so that rows deleted at the source are found and no row was missed."""
    run_ingest(load_settings(), source, mapping=mapping, scope="reconcile", allow_gone=frozenset(allow_gone))


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
@click.option("--supersedes", type=click.Path(path_type=Path), help="Package that this one replaces: its next version, with what changed.")
def file(regime: str, period: str, out: Path, supersedes: Path | None) -> None:
    """Write a sealed package outside the life of a filing, to look at or to compare; exits 1 when something is open (a draft).

    What is signed and submitted is opened by `glassbook filing open`.
    """
    if not run_file(load_settings(), regime, period, out, supersedes):
        sys.exit(1)


@click.command(epilog="Example: glassbook publish --out site")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the site.")
def publish(out: Path) -> None:
    """Write the public transparency site from the public snapshot; exits 1 when its figures are provisional.

    What did not change since the last publication is left alone, and no address goes. Figures that an edit calls impossible are marked
    as provisional.
    """
    if not run_publish(load_settings(), out):
        sys.exit(1)


@click.command(epilog="Example: glassbook demo --loans 20000")
@click.option("--loans", default=20_000, show_default=True, help="Listings of the first 24 months.")
@click.option("--seed", default=7, show_default=True, help="Another seed is another platform.")
@click.option(
    "--postgres",
    is_flag=True,
    help="Keep the platform in PostgreSQL: the database that the setting `demo_database` names, or a server of its own.",
)
def demo(loans: int, seed: int, postgres: bool) -> None:
    """Simulate a platform and run the whole way on it: load, build, check, file, publish."""
    from orchestration import demo

    run = demo.run_demo_on_postgres if postgres else demo.run_demo
    run(load_settings(), loans, seed)


def run_ingest(
    settings: Settings,
    source: str,
    *,
    mapping: str = "",
    scope: Scope = "new",
    is_restored: bool = False,
    allow_gone: frozenset[str] = frozenset(),
    complete_until: str = "",
) -> None:
    """Loads and says what became of the rows, and how the source's tables have changed."""
    from orchestration.steps.loading import load

    found = Path(mapping) if mapping else None
    m = load(
        settings,
        source=source,
        mapping=found,
        scope=scope,
        is_restored=is_restored,
        allow_gone=allow_gone,
        complete_until=complete_until,
    ).metadata
    if not m["is_new"]:
        click.echo(f"nothing new since load {m['load_seq']}; {m['rows_read']:,} rows compared, {m['seconds']:.1f} s")
    else:
        click.echo(
            f"load {m['load_seq']}: {m['rows_read']:,} rows read, {m['rows_new']:,} new, {m['rows_quarantined']:,} in quarantine, "
            + (f"{m['rows_gone']:,} gone from the source, " if m["rows_gone"] else "")
            + f"{m['seconds']:.1f} s"
        )
    for note in m["notes"]:
        click.echo(f"  {note}")


def run_build_command(settings: Settings, known_at: datetime | None, full: bool) -> None:
    """Builds and says which snapshot is in force and what the checks found."""
    from glassbook.snapshots import connect, find_snapshot
    from orchestration.steps.building import build

    m = build(settings, full=full, known_at=known_at).metadata
    snapshot = find_snapshot(settings, m["snapshot_id"])
    click.echo(f"snapshot {snapshot.snapshot_id} as of {m['as_of']}, known at {m['known_at']}, {m['bytes'] / 1e6:,.0f} MB")
    with connect(snapshot.database) as connection:
        found = connection.execute(
            "select check_code, severity, outcome, finding_count from chk_outcomes where outcome <> 'passed' order by 1"
        ).fetchall()
    for code, severity, outcome, count in found:
        click.echo(f"  {code} {severity} {outcome}: {count} findings")


def run_file(settings: Settings, regime: str, period: str, out: Path | None, supersedes: Path | None = None) -> bool:
    """Writes a package into `out`, or opens the filing in the home; returns whether nothing is open."""
    from orchestration.steps.filing import open_or_check_filing, write_package

    run = open_or_check_filing(settings, regime, period) if out is None else write_package(settings, regime, period, out, supersedes)
    m = run.metadata
    click.echo(f"filing {regime} {period}: {m['path']} (and the same as .zip)")
    if m["is_draft"]:
        click.echo("DRAFT: error edits are open; checks.json in the package lists them with their findings.")
    if m["next"]:
        click.echo(f"next: {m['next']}")
    return not m["is_draft"]


def run_publish(settings: Settings, out: Path) -> bool:
    """Writes the site and says where it is; returns whether none of its month's figures is provisional."""
    from orchestration.steps.publishing import publish

    m = publish(settings, out).metadata
    click.echo(f"site: {m['path']}, {m['written']} of {m['files']} files written")
    for code, figures in m["provisional"].items():
        click.echo(f"PROVISIONAL: {code} says that {', '.join(figures) or 'figures'} of the month cannot be right; the site marks them.")
    return not m["provisional"]
