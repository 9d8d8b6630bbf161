"""The command `glassbook simulate`; what it runs is imported when it is called, so that help stays quick."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

EXAMPLE = """
\b
Example:
  glassbook simulate --out platform --loans 20000 --seed 7 --from 2018-01-01 --to 2019-12-31
  glassbook ingest --source platform
  glassbook simulate --out postgresql://writer@localhost/platform --to 2019-11-30
  glassbook simulate --out postgresql://writer@localhost/platform --to 2019-12-31
"""
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(epilog=EXAMPLE)
@click.option("--out", required=True, help="Folder to write, or a live database: postgresql://… or mysql://USER@HOST/DATABASE.")
@click.option("--loans", default=20_000, show_default=True, type=click.IntRange(0, 10_000_000), help="Listings in the first 24 months.")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0), help="Another seed, another platform.")
@click.option("--from", "start", default="2018-01-01", show_default=True, type=_DAY, help="First day of the platform.")
@click.option("--to", "end", default="2019-12-31", show_default=True, type=_DAY, help="Last day that it knows of.")
@click.option("--anomalies/--no-anomalies", default=True, show_default=True, help="Plant what the checks must find.")
def simulate(out: str, loans: int, seed: int, start: datetime, end: datetime, anomalies: bool) -> None:
    """Write a simulated platform: all tables of the source contract, as Parquet or in a live database.

    The same arguments give the same bytes. A later --to extends the same history: what was known by the earlier day
    stays as it was; a live database gets the inserts, updates and deletes of the days between, in one transaction.
    What is wrong on purpose is listed in OUT/anomalies.json, in a database in the table simulation_anomalies.
    """
    from rich.console import Console

    from glassbook.out_option import require_named

    require_named(out)
    console = Console()
    with console.status(f"simulating {loans:,} listings"):
        tell = _into_database if "://" in out else _into_folder
        tell(console, out, loans, seed, start.date(), end.date(), anomalies)


def _into_folder(console: Console, out: str, loans: int, seed: int, start: date, end: date, anomalies: bool) -> None:
    from glassbook.own_places import refuse_own_place
    from glassbook.settings import load_settings
    from simulator.run import simulate as write

    refuse_own_place(load_settings(), Path(out))
    made = write(Path(out), loans, seed, start, end, anomalies)
    _print_rows(console, {"rows": made.rows})
    console.print(f"{sum(made.rows.values()):,} rows and {len(made.anomalies)} planted anomalies in {out}", soft_wrap=True)
    console.print(f"next: glassbook ingest --source {out}", soft_wrap=True)


def _into_database(console: Console, out: str, loans: int, seed: int, start: date, end: date, anomalies: bool) -> None:
    from simulator.database import simulate_database

    made = simulate_database(out, loans, seed, start, end, anomalies)
    if made.is_new:
        _print_rows(console, {"rows": made.inserted})
        console.print(f"{sum(made.inserted.values()):,} rows until {end} in {made.name}", soft_wrap=True)
    elif made.inserted:
        _print_rows(console, {"inserted": made.inserted, "updated": made.updated, "deleted": made.deleted})
        counts = [f"{sum(rows.values()):,}" for rows in (made.inserted, made.updated, made.deleted)]
        console.print(f"{counts[0]} rows inserted, {counts[1]} updated, {counts[2]} deleted until {end} in {made.name}", soft_wrap=True)
    else:
        console.print(f"{made.name} holds the platform until {end} already; nothing was written", soft_wrap=True)
    console.print(f"next: glassbook ingest --source {made.name} (with your user)", soft_wrap=True)


def _print_rows(console: Console, counts: dict[str, dict[str, int]]) -> None:
    from rich.table import Table

    table = Table("table", *counts, box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for name in next(iter(counts.values())):
        table.add_row(name, *(f"{rows[name]:,}" for rows in counts.values()))
    console.print(table)
