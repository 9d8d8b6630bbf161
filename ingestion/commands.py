"""The command `glassbook simulate`; what it runs is imported when it is called, so that help stays quick."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

EXAMPLE = """
\b
Example:
  glassbook simulate --out platform --loans 20000 --seed 7 --from 2018-01-01 --to 2019-12-31
  glassbook ingest --source platform
"""
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(epilog=EXAMPLE)
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder to write.")
@click.option("--loans", default=20_000, show_default=True, type=click.IntRange(0, 10_000_000), help="Listings in the first 24 months.")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0), help="Another seed, another platform.")
@click.option("--from", "start", default="2018-01-01", show_default=True, type=DAY, help="First day of the platform.")
@click.option("--to", "end", default="2019-12-31", show_default=True, type=DAY, help="Last day that it knows of.")
@click.option("--anomalies/--no-anomalies", default=True, show_default=True, help="Plant what the checks must find.")
def simulate(out: Path, loans: int, seed: int, start: datetime, end: datetime, anomalies: bool) -> None:
    """Write a simulated platform: all tables of the source contract as Parquet.

    The same arguments give the same bytes. A later --to extends the same history: what was known by the earlier day
    stays as it was. What is wrong on purpose is listed in OUT/anomalies.json.
    """
    from rich.console import Console
    from rich.table import Table

    from ingestion import simulator

    console = Console()
    with console.status(f"simulating {loans:,} listings"):
        made = simulator.simulate(out, loans, seed, start.date(), end.date(), anomalies)
    table = Table("table", "rows", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for name, rows in made.rows.items():
        table.add_row(name, f"{rows:,}")
    console.print(table)
    console.print(f"{sum(made.rows.values()):,} rows and {len(made.anomalies)} planted anomalies in {out}", soft_wrap=True)
    console.print(f"next: glassbook ingest --source {out}", soft_wrap=True)
