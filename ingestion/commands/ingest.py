"""The command `glassbook ingest`. It calls the step that Dagster's asset calls, imported when it is called."""

from __future__ import annotations

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
    """Loads, and reports what happened to the rows and how the source's tables have changed."""
    from ingestion.loading.step import load

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
