"""`python -m benchmarks.soak`: a platform of two years closed day by day through its second, in one process as a service runs it.

Only this benchmark shows what grows with every day: seconds and memory of a close, bytes and files of the home. To separate growth with the
data, at each month's end the same last days are also closed in a twin: a home that has all earlier data from one load. To separate growth
with the age of the process, the day after the last is closed in a new process. Twins and filings are made in processes of their own. At the
end each filing is made again from the lake.
`--write` keeps the table in docs/performance.md.
"""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import click
import duckdb
from rich.console import Console

from benchmarks.measuring import machine
from benchmarks.page import Row, show
from glassbook.settings import Settings
from ingestion.loading.load import ingest
from reports.filing.acts.writing import write_filing
from reports.restating.reproduction import reproduce
from simulator import simulate
from simulator.regime import REGIME
from warehouse.build import run_build

HEAD = ("days", "load and build of a day", "processor ÷ in a twin of one load", "memory; lake, snapshot, files of the lake")
START, FIRST = date(2018, 1, 1), date(2019, 1, 1)
_TWIN_DAYS = 3
T = TypeVar("T")
Note = Callable[[str], object]
"""Where progress is printed."""


@dataclass(frozen=True)
class SoakDay:
    """What closing one day took: wall and processor seconds of load and build, and the home after it."""

    day: date
    seconds: float
    cpu_seconds: float
    resident_bytes: int
    lake_bytes: int
    snapshot_bytes: int
    lake_files: int


@dataclass(frozen=True)
class SoakMonth:
    """The days of a month that were closed, and the last of them in the twin."""

    first: date
    days: list[SoakDay] = field(default_factory=list)
    twin: list[SoakDay] = field(default_factory=list)


@click.command()
@click.option("--days", default=365, show_default=True, type=click.IntRange(_TWIN_DAYS, 365), help="Days closed, from 2019-01-01 on.")
@click.option("--loans", default=2_000, show_default=True, help="Listings of the first 24 months.")
@click.option("--write", is_flag=True, help="Keep the table in docs/performance.md.")
def main(days: int, loans: int, write: bool) -> None:
    """Closes day after day and says what grew; exits 1 when a filing does not follow from the lake."""
    note = Console(stderr=True).print
    with tempfile.TemporaryDirectory(prefix="glassbook-soak-") as place:
        months, filings = _close_all(Path(place), days, loans, note)
        young = _elsewhere(_close, Path(place), FIRST + timedelta(days=days), loans)
        broken = [name for name in filings if not _recomputes(Path(place), name, note)]
    count = sum(len(month.days) for month in months)
    title = f"{count} days of {loans:,} listings, closed in one process; {machine()}, DuckDB {duckdb.__version__}. "
    title += f"{len(filings)} filings, of which {len(filings) - len(broken)} follow from the lake to the byte. "
    title += f"The day after, in a process of its own: {young.seconds:.1f} s, {young.resident_bytes / 2**20:,.0f} MB."
    show(title, HEAD, [_row(month) for month in months], "python -m benchmarks.soak", keep=write and not broken)
    if broken:
        raise SystemExit(f"these filings do not follow from the lake: {', '.join(broken)}")


def _close_all(place: Path, days: int, loans: int, note: Note) -> tuple[list[SoakMonth], list[str]]:
    _close(place, FIRST - timedelta(days=1), loans)
    months: list[SoakMonth] = []
    filings = []
    for number in range(days):
        day = FIRST + timedelta(days=number)
        if day.day == 1:
            months.append(SoakMonth(day))
        closed = _close(place, day, loans)
        months[-1].days.append(closed)
        note(f"{day}: {closed.seconds:.1f} s, {closed.cpu_seconds:.1f} s of processor, {closed.lake_files} files")
        if (day + timedelta(days=1)).day == 1 or number == days - 1:
            months[-1].twin.extend(_elsewhere(_close_twin, place / "twin", day, loans))
            note(f"{day}: a twin of one load takes {_seconds(months[-1].twin):.1f} s of processor")
        if (day + timedelta(days=1)).day == 1:
            period = f"{day:%Y-%m}"
            _elsewhere(write_filing, _settings(place, day), REGIME, period, place / "filings" / period)
            filings.append(period)
    return months, filings


def _close_twin(place: Path, last: date, loans: int) -> list[SoakDay]:
    """The same last days in a home that has everything before them from one load."""
    days = [last - timedelta(days=before) for before in reversed(range(_TWIN_DAYS + 1))]
    closed = [_close(place, day, loans) for day in days]
    shutil.rmtree(place)
    return closed[1:]


def _elsewhere(work: Callable[..., T], *given: object) -> T:
    """Does it in a new process, so that the one that closes day after day holds nothing of it."""
    with multiprocessing.get_context("spawn").Pool(1) as one:
        return one.apply(work, given)


def _close(place: Path, day: date, loans: int) -> SoakDay:
    """Loads and builds a day (all before it too, in a home that has nothing), and says what that took."""
    settings = _settings(place, day)
    simulate(place / "platform", loans, 7, START, day, anomalies=False)
    began, cpu_began = time.perf_counter(), time.process_time()
    ingest(settings, place / "platform")
    snapshot = run_build(settings)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    shutil.rmtree(place / "platform")
    files = [path for path in settings.lake_dir.rglob("*.parquet")]
    sizes = sum(path.stat().st_size for path in files), snapshot.database.stat().st_size
    return SoakDay(day, seconds, cpu_seconds, _resident_bytes(), *sizes, len(files))


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


def _row(month: SoakMonth) -> Row:
    """Medians of the seconds of its days, of the processor time of the last of them ÷ the twin's, and the home after the last."""
    last = month.days[-1]
    wall, processor = (statistics.median(seconds) for seconds in zip(*((d.seconds, d.cpu_seconds) for d in month.days), strict=True))
    ratio = _seconds(month.days[-_TWIN_DAYS:]) / _seconds(month.twin)
    home = (
        f"{last.resident_bytes / 2**20:,.0f} MB; {last.lake_bytes / 1e6:,.1f} MB, {last.snapshot_bytes / 1e6:,.0f} MB, {last.lake_files:,}"
    )
    return (f"{month.first:%Y-%m}", f"{wall:.1f} s, {processor:.1f} s of processor", f"{ratio:.2f}", home)


def _seconds(days: list[SoakDay]) -> float:
    return statistics.median(day.cpu_seconds for day in days)


if __name__ == "__main__":
    main()
