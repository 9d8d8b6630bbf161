"""`python -m benchmarks.site`: the public site of 36 months in two languages, written whole, and again with the next month.

`--write` keeps the table in docs/performance.md.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import duckdb

from benchmarks.measuring import machine
from benchmarks.page import Row, show
from glassbook.settings import Settings
from ingestion.loading.load import ingest
from reports.site.publishing import publish_site
from simulator import simulate
from warehouse.build import run_build

HEAD = ("what", "measured", "aim", "files written, of how many")
START = date(2018, 1, 1)
MONTH_ENDS = (date(2020, 12, 31), date(2021, 1, 31))


@click.command()
@click.option("--loans", default=20_000, show_default=True, help="Listings of the first 24 months.")
@click.option("--write", is_flag=True, help="Keep the table in docs/performance.md.")
def main(loans: int, write: bool) -> None:
    """Publishes the site of 36 months, and that of the month after into the same folder."""
    with tempfile.TemporaryDirectory(prefix="glassbook-site-") as place:
        rows = [_published(Path(place), day, loans, *said) for day, said in zip(MONTH_ENDS, _SAID, strict=True)]
    title = f"{loans:,} listings of 24 months, looked at after 36; {machine()}, DuckDB {duckdb.__version__}. "
    show(title + "In a process that is up; builds are not in it.", HEAD, rows, "python -m benchmarks.site", keep=write)


_SAID = (("the site of 36 months, two languages", "under 90 s"), ("the next month, into the same folder", "under 15 s"))


def _published(place: Path, day: date, loans: int, what: str, aim: str) -> Row:
    morning = datetime(day.year, day.month, day.day, 18, tzinfo=UTC) + timedelta(hours=8)
    settings = Settings(home=place / "home", clock_now=morning)
    simulate(place / f"{day}", loans, 7, START, day, anomalies=False)
    ingest(settings, place / f"{day}")
    run_build(settings)
    began, cpu_began = time.perf_counter(), time.process_time()
    site = publish_site(settings, place / "site")
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    written = f"{site.written_count:,} of {site.files_count:,}, {site.bytes_count / 1e6:.1f} MB"
    return (what, f"{seconds:.1f} s, {cpu_seconds:.1f} s of processor", aim, written)


if __name__ == "__main__":
    main()
