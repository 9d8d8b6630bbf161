"""`python -m benchmarks.extraction_mysql`: loading from a real MariaDB server against the fastest exact readers there are.

Belongs here: server, data, order of the runs, and the table. Does not: what one process does (`extraction_steps`, `mysql_readers`).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console

from benchmarks.measuring import Run, Runs, machine, run
from benchmarks.page import GB, Row, show
from tests.support.mariadb import Database, running_server
from tests.support.platform import Platform

REPAYMENTS = Path(__file__).with_name("repayments_mysql.sql")
READERS = Path(__file__).with_name("mysql_readers.py")
MODULES = {"connectorx": "connectorx", "mysqlclient": "MySQLdb", "asyncmy": "asyncmy", "pymysql": "pymysql"}
HEAD = ("what", "measured", "aim", "seconds (processor's)")


@click.command()
@click.option("--rows", default=5_000_000, show_default=True, help="Repayments in the table.")
@click.option("--repeats", default=3, show_default=True, help="Runs of each step, in turn; medians count.")
@click.option(
    "--readers-python",
    default=sys.executable,
    help="Interpreter that has the readers (`pip install -e '.[bench]'`); those that it lacks are left out by name.",
)
@click.option("--write", is_flag=True, help="Keep the table in docs/performance.md.")
def main(rows: int, repeats: int, readers_python: str, write: bool) -> None:
    """Measures first load and memory on a table of repayments in MariaDB, compared with the readers of others."""
    if not (shutil.which("mariadbd") or Path("/usr/sbin/mariadbd").exists()):
        click.echo("MySQL: not measured, since mariadbd is not installed (Debian: mariadb-server).")
        return
    with tempfile.TemporaryDirectory(prefix="gb-") as place, running_server() as server:
        Database(server, "mysql").run("create database platform")
        database = Database(server, "platform")
        Console(stderr=True).print(f"writing {rows:,} rows into MariaDB")
        fill(database, rows)
        found, missing = measure(database.url, Path(place), rows, repeats, readers_python)
    title = f"{rows:,} rows of repayments in MariaDB; {machine()}. Medians of {repeats} runs in turn, each a whole process."
    if missing:
        title += f" Not installed, so not measured: {', '.join(missing)}."
    show(title, HEAD, found, "python -m benchmarks.extraction_mysql", keep=write)


def fill(database: Database, rows: int) -> None:
    """Makes the tables of the contract, all empty except repayments."""
    database.write(Platform())
    database.run(REPAYMENTS.read_text(encoding="utf-8").format(first=1, last=rows))
    database.run("create index repayments_created_at on repayments (created_at)", "analyze table repayments")


def measure(url: str, place: Path, rows: int, repeats: int, readers_python: str) -> tuple[list[Row], list[str]]:
    """Every measurement, and the readers that are not installed; `place` is a folder of its own."""
    note = Console(stderr=True).print
    home, target = place / "home", str(place / "out")
    missing = [name for name, module in MODULES.items() if not _has(readers_python, module)]
    if not shutil.which("mariadb"):
        missing.append("client")
    others = [name for name in (*MODULES, "client") if name not in missing]
    runs: dict[str, list[Run]] = {name: [] for name in ("load", "read", *others)}
    for number in range(repeats):
        for name, done in runs.items():
            note(f"run {number + 1}: {name}")
            if name in others:
                done.append(run([str(READERS), name, url, target, str(rows)], {}, readers_python))
                continue
            shutil.rmtree(home, ignore_errors=True)
            arguments = [name, url, str(rows)] if name == "load" else [name, url, target, str(rows)]
            done.append(run(["-m", "benchmarks.extraction_steps", *arguments], {"GLASSBOOK_HOME": str(home)}))
    return _rows({name: Runs(tuple(done)) for name, done in runs.items()}), missing


def _has(python: str, module: str) -> bool:
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


def _rows(timed: dict[str, Runs]) -> list[Row]:
    load, read = timed["load"], timed["read"]
    others = {name: runs for name, runs in timed.items() if name not in ("load", "read", "client")}
    found: list[Row] = []
    if others:
        name = min(others, key=lambda one: others[one].seconds)
        best = others[name]
        found += [
            (
                f"our reader to Parquet ÷ fastest exact reader ({name}), rate",
                best.ratio(read, 2),
                "at least 0.50",
                f"{read.said} and {best.said}",
            ),
            ("first load (checked, hashed) ÷ the same, rate", best.ratio(load, 2), "at least 0.50", load.said),
        ]
        found += [(f"{one} ÷ {name}, rate", best.ratio(runs, 2), "", runs.said) for one, runs in others.items() if one != name]
    if "client" in timed:
        client = timed["client"]
        found.append(("our reader ÷ the server's own client, which writes text, rate", client.ratio(read, 2), "", client.said))
    found.append(("peak memory of a load", f"{load.peak_bytes / GB:.2f} GB", "under 1 GB", ""))
    peaks = [f"{one} {runs.peak_bytes / GB:.2f}" for one, runs in others.items()]
    if peaks:
        found.append(("peak memory of the readers", f"{', '.join(peaks)} GB", "", ""))
    return found


if __name__ == "__main__":
    main()
