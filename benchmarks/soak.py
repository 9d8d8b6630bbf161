"""`python -m benchmarks.soak`: a platform of two years closed day by day through its second, in one process as a service runs it.

What grows with every day shows here and nowhere else: seconds and memory of a close, bytes and files of the home. At the end each filing is
made again from the lake. `--write` keeps the table in docs/performance.md.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import duckdb
from rich.console import Console

from benchmarks.measuring import machine
from benchmarks.page import Row, show
from glassbook.settings import Settings
from ingestion.load import ingest
from ingestion.simulator import simulate
from reports.engine.filing import write_filing
from reports.restating.reproduction import reproduce
from warehouse.build import run_build

HEAD = ("days", "load and build of a day", "memory", "lake, snapshot, files of the lake")
START, FIRST = date(2018, 1, 1), date(2019, 1, 1)
_REGIME = "cn"
Note = Callable[[str], object]
"""Where to say how far it is."""


@dataclass(frozen=True)
class Day:
    """What closing one day took: wall and processor seconds of load and build, and the home after it."""

    day: date
    seconds: float
    cpu_seconds: float
    resident_bytes: int
    lake_bytes: int
    snapshot_bytes: int
    lake_files: int


@click.command()
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 365), help="Days closed, from 2019-01-01 on.")
@click.option("--loans", default=2_000, show_default=True, help="Listings of the first 24 months.")
@click.option("--write", is_flag=True, help="Keep the table in docs/performance.md.")
def main(days: int, loans: int, write: bool) -> None:
    """Closes day after day and says what grew; exits 1 when a filing does not follow from the lake."""
    note = Console(stderr=True).print
    with tempfile.TemporaryDirectory(prefix="glassbook-soak-") as place:
        # First, while nothing is old: the last day of all, from one load of everything before it.
        [young], _ = _close(Path(place) / "young", 1, loans, note, first=FIRST + timedelta(days=days - 1))
        closed, filings = _close(Path(place), days, loans, note)
        broken = [name for name in filings if not _recomputes(Path(place), name, note)]
    title = f"{len(closed)} days of {loans:,} listings, closed in one process; {machine()}, DuckDB {duckdb.__version__}. "
    title += f"{len(filings)} filings, of which {len(filings) - len(broken)} follow from the lake to the byte."
    rows = [*_rows(closed), _row("the last day alone, in a home of two loads", [young])]
    show(title, HEAD, rows, "python -m benchmarks.soak", keep=write and not broken)
    if broken:
        raise SystemExit(f"these filings do not follow from the lake: {', '.join(broken)}")


def _close(place: Path, days: int, loans: int, note: Note, first: date = FIRST) -> tuple[list[Day], list[str]]:
    closed, filings = [], []
    for number in range(-1, days):
        day = first + timedelta(days=number)
        settings = _settings(place, day)
        simulate(place / "platform", loans, 7, START, day, anomalies=False)
        began, cpu_began = time.perf_counter(), time.process_time()
        ingest(settings, place / "platform")
        snapshot = run_build(settings)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
        shutil.rmtree(place / "platform")
        if number < 0:
            continue  # the first load brings a year, and its build is a full one
        files = [path for path in settings.lake_dir.rglob("*.parquet")]
        sizes = sum(path.stat().st_size for path in files), snapshot.database.stat().st_size
        closed.append(Day(day, seconds, cpu_seconds, _resident_bytes(), *sizes, len(files)))
        note(f"{day}: {seconds:.1f} s, {cpu_seconds:.1f} s of processor, {len(files)} files")
        if (day + timedelta(days=1)).day == 1:
            period = f"{day:%Y-%m}"
            write_filing(settings, _REGIME, period, place / "filings" / period)
            filings.append(period)
    return closed, filings


def _settings(place: Path, day: date) -> Settings:
    """The home on the morning after a day."""
    return Settings(home=place / "home", clock_now=datetime(day.year, day.month, day.day, 18, tzinfo=UTC) + timedelta(hours=8))


def _recomputes(place: Path, period: str, note: Note) -> bool:
    found = reproduce(_settings(place, FIRST + timedelta(days=400)), place / "filings" / period, run_build)
    note(f"filing {period}: {'follows from the lake' if found.is_reproduced else found.reasons or 'differs'}")
    return found.is_reproduced


def _resident_bytes() -> int:
    """Memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def _rows(closed: list[Day]) -> list[Row]:
    months = sorted({day.day.replace(day=1) for day in closed})
    return [_row(f"{month:%Y-%m}", [day for day in closed if day.day.replace(day=1) == month]) for month in months]


def _row(name: str, days: list[Day]) -> Row:
    """Medians of the seconds of some days, and the home after the last."""
    last = days[-1]
    wall, processor = (statistics.median(seconds) for seconds in zip(*((d.seconds, d.cpu_seconds) for d in days), strict=True))
    home = f"{last.lake_bytes / 1e6:,.1f} MB, {last.snapshot_bytes / 1e6:,.0f} MB, {last.lake_files:,}"
    return (name, f"{wall:.1f} s, {processor:.1f} s of processor", f"{last.resident_bytes / 2**20:,.0f} MB", home)


if __name__ == "__main__":
    main()
