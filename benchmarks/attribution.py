"""`python -m benchmarks.attribution`: seven models over ten million sessions and a million conversions.

The tables that the models read are filled at random, and their SQL, as dbt compiles it, runs in a process of its own. The run stops when
credits do not add up. `--write` keeps the table in docs/performance.md.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click
import duckdb
from rich.console import Console

from benchmarks.measuring import machine, run
from benchmarks.page import GB, Row, show
from glassbook.engine import build_options, connect
from glassbook.settings import Settings
from glassbook.snapshots import DATABASE
from glassbook.sql_paths import file_read

HEAD = ("what", "measured", "aim", "seconds")
FILLED = Path(__file__).with_suffix(".sql")
MODEL = "fct_conversion_credits"
SEEDS = {"marketing_parameters": "{'value': 'varchar'}", "decay_factors": "{'factor_share': 'decimal(19,18)'}"}
# So many users that ten million sessions give a million conversions: the script draws 1.68 of them per user.
USERS_A_SESSION = 0.0595


def compiled(settings: Settings, database: Path) -> str:
    """The SQL of a full build of the model."""
    from dbt.cli.main import dbtRunner

    from warehouse.dbt_runner import Project, release_databases

    project = Project(settings)
    project.write_profile(database, settings)
    try:
        answered = dbtRunner(manifest=project.manifest).invoke(["compile", "--select", MODEL, "--full-refresh", *project.where])
    finally:
        release_databases()
    if answered.exception is not None:
        raise answered.exception
    return str(answered.result[0].node.compiled_code)  # type: ignore[index, union-attr]


def fill(settings: Settings, database: Path, sessions: int) -> None:
    """The tables that the model reads."""
    from warehouse.dbt_runner import PROJECT_DIR

    with connect(database, options=build_options(settings)) as connection:
        for seed, types in SEEDS.items():
            path = PROJECT_DIR / "seeds" / f"{seed}.csv"
            connection.execute(f"create table {seed} as select * from read_csv({file_read(path)}, types = {types})")
        users = round(sessions * USERS_A_SESSION)
        connection.execute(FILLED.read_text(encoding="utf-8").replace("{sessions}", str(sessions)).replace("{users}", str(users)))


def credit(settings: Settings, database: Path) -> None:
    """What is measured: the model's table, from its compiled SQL."""
    from warehouse.removal_effects import define_python_steps

    with connect(database, options=build_options(settings)) as connection:
        define_python_steps(connection)
        connection.execute(f"create table {MODEL} as {database.with_suffix('.sql').read_text(encoding='utf-8')}")


def unequal(settings: Settings, database: Path) -> int:
    """Conversions whose credits do not add up to one in some model."""
    shares = ("first_touch", "last_touch", "last_non_direct", "linear", "position", "decay", "markov")
    whole = " or ".join(f"sum(credit.{share}_share) is distinct from 1000000000000000000000000::hugeint" for share in shares)
    with connect(database, options=build_options(settings)) as connection:
        found = connection.execute(
            f"select count(*) from (select 1 from fct_conversions as conversion "
            f"left join {MODEL} as credit using (conversion_kind, user_id) group by conversion_kind, user_id having {whole})"
        ).fetchall()
    return int(found[0][0])


@click.command()
@click.option("--sessions", default=10_000_000, show_default=True, help="Sessions to credit conversions to.")
@click.option("--write", is_flag=True, help="Keep the table in docs/performance.md.")
def main(sessions: int, write: bool) -> None:
    """Measures attribution on tables filled at random, with two threads and four gigabytes."""
    note = Console(stderr=True).print
    with tempfile.TemporaryDirectory(prefix="glassbook-bench-") as place:
        settings, database = _settings(Path(place)), Path(place) / DATABASE
        note("compiling the model")
        # A database of the same name, by which the SQL calls it.
        empty = Path(place) / "empty" / DATABASE
        empty.parent.mkdir()
        database.with_suffix(".sql").write_text(compiled(settings, empty), encoding="utf-8")
        note(f"drawing {sessions:,} sessions")
        fill(settings, database, sessions)
        note("crediting")
        done = run(["-m", "benchmarks.attribution", "credit", place], {})
        if wrong := unequal(settings, database):
            raise SystemExit(f"credits of {wrong:,} conversions do not add up to one")
        with connect(database, options=build_options(settings)) as connection:
            [(conversions, credited)] = connection.execute(
                f"select (select count(*) from fct_conversions), (select count(*) from {MODEL})"
            ).fetchall()
    rows: list[Row] = [
        ("seven models", f"{done.seconds:.0f} s", "at most 120 s", f"{done.cpu_seconds:.0f} of processor time"),
        ("peak memory", f"{done.peak_bytes / GB:.2f} GB", "under 4 GB", ""),
    ]
    title = f"{sessions:,} sessions, {conversions:,} conversions, {credited:,} credits; {machine()}, DuckDB {duckdb.__version__}."
    show(title, HEAD, rows, "python -m benchmarks.attribution", keep=write)


def _settings(place: Path) -> Settings:
    return Settings(home=place / "home", memory_limit="3GB", threads=2)


if __name__ == "__main__":
    if sys.argv[1:2] == ["credit"]:
        folder = Path(sys.argv[2])
        credit(_settings(folder), folder / DATABASE)
    else:
        main()
