"""`python -m benchmarks`: the whole comparison on one platform in one run, as a table; `--write` keeps it in docs/performance.md."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import duckdb
from rich.console import Console

from benchmarks.measuring import Run, Runs, folder_bytes, machine, run
from benchmarks.page import GB, Row, show
from benchmarks.steps import different_tables, seconds_of_comparing, seconds_of_figures
from glassbook.settings import Settings
from glassbook.snapshots import DATABASE, POINTER, Snapshot, current_snapshot
from simulator.regime import OVERDUE, REGIME

HEAD = ("what", "measured", "aim", "seconds")
BEFORE, DAY, MONTH_END = "2019-12-29", "2019-12-30", "2019-12-31"
COMMAND = "from glassbook.cli import main; main()"
FILING, PERIOD_END = f"{REGIME}-2019-11", "2019-11-30"


@click.command()
@click.option("--loans", default=200_000, show_default=True, help="Listings of the first 24 months.")
@click.option("--repeats", default=3, show_default=True, help="Runs of each step, in turn; medians count.")
@click.option("--write", is_flag=True, help="Keep the table in docs/performance.md.")
def main(loans: int, repeats: int, write: bool) -> None:
    """Measures full and incremental builds against the hand-written floor, memory, and the answers of reading commands."""
    with tempfile.TemporaryDirectory(prefix="glassbook-bench-") as place:
        rows = measure(Path(place), loans, repeats)
    title = f"{loans:,} listings of 24 months; {machine()}, DuckDB {duckdb.__version__}. "
    show(title + f"Medians of {repeats} runs in turn, each a whole process.", HEAD, rows, "python -m benchmarks", keep=write)


class Bench:
    """One home in an empty folder, and what is measured on it. Each run is a process of its own."""

    def __init__(self, place: Path, repeats: int) -> None:
        self.place, self.repeats = place, repeats
        self.settings = Settings(home=place / "home", keep_snapshots=50)
        self._given = {"GLASSBOOK_HOME": str(self.settings.home), "GLASSBOOK_KEEP_SNAPSHOTS": "50"}

    def step(self, *arguments: str) -> Run:
        """A step of `benchmarks.steps`."""
        return run(["-m", "benchmarks.steps", *arguments], self._given)

    def command(self, *arguments: str) -> Run:
        """A command of `glassbook`."""
        return run(["-c", COMMAND, *arguments], self._given)

    def build(self, kind: str, part: str = "all") -> Run:
        """A build, `full` or `new`, of all or a part (benchmarks.steps)."""
        done = self.step("build", kind, part)
        return replace(done, dbt_seconds=current_snapshot(self.settings).manifest["timings"]["dbt_seconds_beside_models"])

    def set_aside(self, name: str) -> None:
        """Moves the snapshot in force away, so that a build publishes and has nothing to compare with."""
        current_snapshot(self.settings).folder.rename(self.settings.builds_dir / f"measured-{name}")
        (self.settings.snapshots_dir / POINTER).unlink()

    def full_builds(self) -> dict[str, list[Run]]:
        """Full builds and the floor, in turn. Ends the process when the floor makes other tables."""
        timed: dict[str, list[Run]] = {"full": [], "full models": [], "full without": [], "floor": []}
        for number in range(self.repeats + 1):
            if number:
                self.set_aside(f"full-{number}")
                timed["floor"].append(self.step("floor", str(self.place / "floor.duckdb")))
                timed["full models"].append(self.build("full", "models"))
                self.set_aside(f"full-models-{number}")
                timed["full without"].append(self.build("full", "marts"))
                self.set_aside(f"full-without-{number}")
            timed["full"].append(self.build("full"))
        # The first build of a version of the code has dbt parse the project, once for all that follow.
        timed["full"] = timed["full"][1:]
        different = different_tables(self.place / "floor.duckdb", current_snapshot(self.settings).database)
        if different:
            raise SystemExit(f"the floor does not make the same tables: {', '.join(different)}")
        return timed

    def day_builds(self, day: str, base: Snapshot) -> dict[str, list[Run]]:
        """Builds of a `day` that is loaded, each from the same snapshot `base`; the last one stays in force."""
        parts = {f"{day} without": "marts", f"{day} models": "models", day: "all"}
        timed: dict[str, list[Run]] = {name: [] for name in parts}
        for number in range(self.repeats):
            for name, part in parts.items():
                timed[name].append(self.build("new", part))
                if part != "all" or number < self.repeats - 1:
                    self.set_aside(f"{name.replace(' ', '-')}-{number}")
                    (self.settings.snapshots_dir / POINTER).write_text(base.snapshot_id + "\n", encoding="utf-8")
        return timed

    def reading(self) -> dict[str, list[Run]]:
        """Commands that read figures."""
        explain = ("explain", OVERDUE, "--regime", REGIME, "--as-of", PERIOD_END, "--format", "csv")
        return {
            "stored": [self.command("figures", "--regime", REGIME, "--as-of", PERIOD_END) for _ in range(self.repeats)],
            "asked": [self.command("figures", "--regime", REGIME, "--as-of", "2019-11-17") for _ in range(self.repeats)],
            "explained": [self.command(*explain) for _ in range(self.repeats)],
        }

    def filing(self) -> dict[str, list[Run]]:
        """The life of a filing: opened, checked again, verified."""
        told = self.place / "package"
        opened = [self.step("file", FILING, str(told))]
        checked = [self.step("file", FILING, str(told)) for _ in range(self.repeats)]
        verified = [self.command("verify", told.read_text(encoding="utf-8")) for _ in range(self.repeats)]
        return {"opened": opened, "checked": checked, "verified": verified}


def measure(place: Path, loans: int, repeats: int) -> list[Row]:
    """Every measurement; `place` is an empty folder."""
    bench, note = Bench(place, repeats), Console(stderr=True).print
    settings = bench.settings
    note(f"simulating {loans:,} listings")
    for name, end in (("before", BEFORE), ("day", DAY), ("month end", MONTH_END)):
        bench.step("simulate", str(place / name), str(loans), end)
    note("loading all days but two")
    first_load = bench.step("ingest", str(place / "before"))
    note("full builds and the floor, in turn")
    timed = bench.full_builds()
    base = current_snapshot(settings)
    note("loading an ordinary day, and builds of it")
    second_load = bench.step("ingest", str(place / "day"))
    timed |= bench.day_builds("day", base)
    note("loading the last day of a month, and builds of it")
    before_last = current_snapshot(settings)
    bench.step("ingest", str(place / "month end"))
    timed |= bench.day_builds("month end", before_last)
    note("reading commands")
    timed |= bench.reading()
    note("a filing")
    timed |= bench.filing()
    read = seconds_of_figures(settings, date.fromisoformat(PERIOD_END))
    compared = seconds_of_comparing(settings, 0), seconds_of_comparing(settings, base.manifest["loads"][-1][0])
    sizes = (folder_bytes(settings.lake_dir), (base.folder / DATABASE).stat().st_size)
    return _rows({name: Runs(tuple(runs)) for name, runs in timed.items()}, (first_load, second_load), sizes, read, compared)


def _rows(timed: dict[str, Runs], loads: tuple[Run, Run], sizes: tuple[int, int], read: float, compared: tuple[float, float]) -> list[Row]:
    full, floor, new, last = timed["full"], timed["floor"], timed["day"], timed["month end"]
    full_cpu, floor_cpu, new_cpu = full.cpu_seconds, floor.cpu_seconds, new.cpu_seconds
    full_models, new_models = timed["full models"].seconds_without_dbt, timed["day models"].seconds_without_dbt
    last_models = timed["month end models"].seconds_without_dbt
    peak = max(full.peak_bytes, new.peak_bytes, last.peak_bytes)
    load_peak = max(load.peak_bytes for load in loads)
    full_without = timed["full without"]
    marts, cpu_of_marts = full.seconds - full_without.seconds, full_cpu - full_without.cpu_seconds

    def marts_of(day: str) -> tuple[str, str]:
        whole, without = timed[day], timed[f"{day} without"]
        seconds, cpu_seconds = whole.seconds - without.seconds, whole.cpu_seconds - without.cpu_seconds
        return f"{seconds / marts:.2f}", f"{seconds:.1f}; {cpu_seconds:.1f} of the processor"

    (of_day, said_of_day), (of_last, said_of_last) = marts_of("day"), marts_of("month end")
    return [
        ("full build ÷ floor", f"{full.seconds / floor.seconds:.2f}", "", f"{full.seconds:.1f} and {floor.seconds:.1f}"),
        ("without dbt's own time and data tests", f"{full_models / floor.seconds:.2f}", "at most 2.5", f"{full_models:.1f}"),
        ("the whole, of processor time", f"{full_cpu / floor_cpu:.2f}", "", f"{full_cpu:.1f} and {floor_cpu:.1f}"),
        ("build after a day's load ÷ full build", f"{new.seconds / full.seconds:.2f}", "", f"{new.seconds:.1f}"),
        ("without dbt's own time and data tests", f"{new_models / full_models:.2f}", "at most 0.25", f"{new_models:.1f}"),
        ("the whole, of processor time", f"{new_cpu / full_cpu:.2f}", "", f"{new_cpu:.1f}"),
        ("on the last day of a month", f"{last.seconds / full.seconds:.2f}", "", f"{last.seconds:.1f}"),
        ("without dbt's own time and data tests", f"{last_models / full_models:.2f}", "", f"{last_models:.1f}"),
        (
            "marts of marketing and operations ÷ the full build without them",
            f"{marts / full_without.seconds:.2f}",
            "at most 0.70",
            f"{marts:.1f} and {full_without.seconds:.1f}; {cpu_of_marts:.1f} of the processor",
        ),
        ("marts of a day's build ÷ marts of a full one", of_day, "at most 0.30", said_of_day),
        ("on the last day of a month", of_last, "", said_of_last),
        ("comparing the lake's files ÷ full build", f"{compared[0] / full_cpu:.3f}", "at most 0.05", f"{compared[0]:.2f} of the processor"),
        ("the same of a day's build", f"{compared[1] / new_cpu:.3f}", "at most 0.03", f"{compared[1]:.2f} of the processor"),
        ("peak memory of a build", f"{peak / GB:.2f} GB", "under 3 GB", ""),
        ("peak memory of a load", f"{load_peak / GB:.2f} GB", "under 3 GB", f"{loads[0].seconds:.1f} first, {loads[1].seconds:.1f} second"),
        ("figures of a stored day", f"{timed['stored'].seconds:.2f} s", "about 1 s", ""),
        ("figures of any other day", f"{timed['asked'].seconds:.2f} s", "at most 5 s at 100,000 loans", ""),
        ("the loans behind a figure", f"{timed['explained'].seconds:.2f} s", "about 1 s", ""),
        (
            "a filing checked and rendered",
            f"{timed['checked'].seconds:.1f} s",
            "at most 15 s",
            f"{timed['opened'].seconds:.1f} when opened",
        ),
        ("its verification", f"{timed['verified'].seconds:.2f} s", "at most 1 s", ""),
        ("its figures read, without the start of the command", f"{read * 1000:.0f} ms", "at most 100 ms", ""),
        ("lake, snapshot", f"{sizes[0] / 1e6:,.0f} MB, {sizes[1] / 1e6:,.0f} MB", "", ""),
    ]


if __name__ == "__main__":
    main()
