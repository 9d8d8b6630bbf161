"""The command `glassbook reconcile`. It calls the step that Dagster's asset calls, imported when it is called."""

from __future__ import annotations

import click

from glassbook.settings import load_settings
from ingestion.commands.ingest import ALLOW_GONE, MAPPING, SOURCE, run_ingest


@click.command(epilog="Example: glassbook reconcile --source postgresql://glassbook@db.example/platform")
@SOURCE
@MAPPING
@ALLOW_GONE
def reconcile(source: str, mapping: str, allow_gone: tuple[str, ...]) -> None:
    """Load what is new and compare every key, so that rows deleted at the source are found and no row was missed."""
    run_ingest(load_settings(), source, mapping=mapping, scope="reconcile", allow_gone=frozenset(allow_gone))
