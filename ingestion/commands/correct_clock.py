"""The command `glassbook correct-clock`; what it runs is imported when it is called, so that help stays quick."""

from __future__ import annotations

from datetime import datetime

import click

_INSTANTS = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S"]


@click.command(
    "correct-clock",
    epilog='Example: glassbook correct-clock --load 7 --known-at 2026-11-28T02:00:00Z --by "Li Na" --reason "the clock showed 2099"',
    short_help="Say when loads really became known, after a clock was wrong.",
)
@click.option("--load", "load_seq", required=True, type=click.IntRange(min=1), help="First load that was made while the clock was wrong.")
@click.option(
    "--known-at", required=True, type=click.DateTime(_INSTANTS), help="When it was really made (ISO 8601; without an offset: UTC)."
)
@click.option("--by", required=True, help="Who says so.")
@click.option("--reason", required=True, help="What was wrong.")
def correct_clock(load_seq: int, known_at: datetime, by: str, reason: str) -> None:
    """Correct when a load became known, and the loads after it, if they were made while the machine's clock was wrong.

    The log keeps what it said before, and instants that filings cite keep their meaning.
    """
    from glassbook.settings import load_settings
    from ingestion.loading.clock_correction import correct_clock as correct

    load = correct(load_settings(), load_seq, known_at, by, reason)
    for number, instant in load.corrected.items():
        click.echo(f"load {number}: known at {instant}")
    click.echo(f"entry {load.load_seq} of the load log says so; next: glassbook build")
