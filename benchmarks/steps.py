"""The steps that are measured, each run as a process of its own: `python -m benchmarks.steps NAME ARGUMENT …`.

Belongs here: what one process does. Does not: timing it or comparing it (`benchmarks.__main__`).
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from glassbook.disk import sync_file
from glassbook.engine import build_options, connect
from glassbook.lake.comparison import require_whole
from glassbook.settings import Settings, load_settings
from glassbook.snapshots import current_snapshot
from glassbook.sql_paths import database_attached, file_read

FLOOR = Path(__file__).with_name("floor.sql")
FIGURES_READ = 11
LEDGER = (
    *("ldg_loans", "ldg_plans", "ldg_instalment_payments", "ldg_instalment_states"),
    *("ldg_balance_changes", "ldg_loan_states", "ldg_share_changes", "ldg_claim_shares"),
)


def simulate(out: str, loans: str, end: str) -> None:
    """Writes the platform's records up to a day."""
    from simulator import simulate as write

    # Without anomalies: the floor knows nothing of loans that contradict themselves.
    write(Path(out), int(loans), 7, date(2018, 1, 1), date.fromisoformat(end), False)


def ingest(source: str) -> None:
    """Loads a folder into the lake of the home."""
    from ingestion.loading.load import ingest as load

    load(load_settings(), source)


def build(kind: str, part: str) -> None:
    """Builds in the home: `full` again, or `new` from the snapshot in force; `all`, the `models` without their data tests, or what there is
    without the `marts` of marketing and operations."""
    from warehouse import build as building

    if part in ("marts", "models"):
        from tests.support.smaller_builds import make_builds_smaller

        make_builds_smaller(lambda: part == "marts", lambda: part == "models")
    building.run_build(load_settings(), full=kind == "full")


def floor(database: str) -> None:
    """Makes the ledger tables from the lake by the hand-written script, with the same engine settings as a build."""
    settings = load_settings()
    Path(database).unlink(missing_ok=True)
    text = FLOOR.read_text(encoding="utf-8").replace("'{lake}", file_read(settings.lake_dir)[:-1]).replace("{zone}", settings.timezone)
    with connect(Path(database), options=build_options(settings)) as connection:
        connection.execute(text)
    sync_file(Path(database))


def file(filing: str, told: str) -> None:
    """Opens or checks a filing: makes its package from the current snapshot, every edit, sheet and page; `told` then says where it is."""
    from reports.filing.acts.acts import open_or_check

    act = open_or_check(load_settings(), filing, "benchmark")
    Path(told).write_text(str(act.package), encoding="utf-8")


def seconds_of_figures(settings: Settings, day: date) -> float:
    """Seconds in which a process that is up reads a stored day's figures from the snapshot in force, median of several."""
    from reports.figures.reading import read_figures
    from reports.filing.declare.regime import load_regime
    from simulator.regime import REGIME

    regime, taken = load_regime(REGIME), []
    for _ in range(FIGURES_READ):
        began = time.perf_counter()
        read_figures(current_snapshot(settings), regime, day).to_json()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def seconds_of_comparing(settings: Settings, seen_load_seq: int) -> float:
    """Processor seconds in which the files of the lake are compared that a build after load `seen_load_seq` compares (0: a full build)."""
    from warehouse.dbt_runner import Project
    from warehouse.files_to_compare import files_of_a_start, files_of_tables
    from warehouse.preparation import known_loads

    loads, tables, taken = known_loads(settings), Project(settings).lake_tables(), []
    for _ in range(FIGURES_READ):
        began = time.process_time()
        first = files_of_a_start(loads, seen_load_seq)
        require_whole(settings, first | files_of_tables(loads, tables, first))
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def different_tables(database: Path, snapshot: Path) -> list[str]:
    """Ledger tables of the floor that are not row for row those of a snapshot, in the columns that the floor makes (of plans it leaves out
    what they cover): the floor counts only while it does the same work."""
    found = []
    with connect() as connection:
        connection.execute(f"attach {database_attached(database)} as hand (read_only)")
        connection.execute(f"attach {database_attached(snapshot)} as built (read_only)")
        for name in LEDGER:
            columns = ", ".join(row[0] for row in connection.execute(f"describe hand.main.{name}").fetchall())
            one, other = f"select {columns} from hand.main.{name}", f"select {columns} from built.main.{name}"
            if connection.execute(f"(({one}) except all ({other})) union all (({other}) except all ({one})) limit 1").fetchone():
                found.append(name)
    return found


if __name__ == "__main__":
    steps: dict[str, Callable[..., None]] = {"simulate": simulate, "ingest": ingest, "build": build, "floor": floor, "file": file}
    steps[sys.argv[1]](*sys.argv[2:])
