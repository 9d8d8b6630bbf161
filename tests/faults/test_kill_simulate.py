"""A run of the simulator into a database that meets another, no server, or its own end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner

from glassbook.errors import InputError
from simulator.commands.simulate import simulate as simulate_command
from simulator.database import WrittenRows, simulate_database
from tests.support import homes, mariadb
from tests.support.mariadb import mariadb as mariadb_server
from tests.support.postgres import postgres as postgres_server
from tests.support.simulated_databases import Database, empty_postgresql, held, make

__all__ = ["make", "mariadb_server", "postgres_server"]

FIRST, FEW, SEED = homes.START, 20, 1
PROGRAM = """
import sys
from datetime import date
from simulator.database import simulate_database
simulate_database(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), date(2018, 1, 1), date.fromisoformat(sys.argv[4]))
"""
# Where a run is killed: one point per table, and `simulate_between_tables` for all of them.
POINTS = ("simulate_between_tables:loans", "simulate_before_commit")


def write(database: Database, end: date) -> WrittenRows:
    return simulate_database(database.url, FEW, SEED, FIRST, end, True)


@contextmanager
def another_run(database: Database) -> Iterator[None]:
    """As long as it lasts, a session holds the lock that a run holds."""
    is_mysql = isinstance(database, mariadb.Database)
    session: Any = database.session()  # type: ignore[attr-defined]
    with session as cursor:
        cursor.execute(
            "select get_lock(concat(database(), ':glassbook simulate'), 0)"
            if is_mysql
            else "select pg_try_advisory_lock(hashtext('glassbook simulate'))"
        )
        cursor.fetchall()
        yield


def test_two_runs_at_once(make: Callable[[], Database]) -> None:
    database = make()
    with another_run(database), pytest.raises(InputError, match="another simulation"):
        write(database, date(2018, 1, 20))
    # Nothing was made: what the database takes for foreign is not there either.
    database.run("create table loans (loan_id int)")


@pytest.mark.parametrize("url", ["postgresql://w:p%40ss@127.0.0.1:1/x", "mysql://w:p%40ss@127.0.0.1:1/x"])
def test_no_server_a_wrong_address_and_its_password(url: str) -> None:
    with pytest.raises(InputError) as caught:
        simulate_database(url, 20, 1, FIRST, FIRST)
    assert caught.value.where == url.replace("w:p%40ss@", "")
    assert "p@ss" not in str(caught.value) and "p%40ss" not in str(caught.value)
    with pytest.raises(InputError, match="oracle://"):
        simulate_database("oracle://127.0.0.1/x", 20, 1, FIRST, FIRST)


def test_killed_in_the_midst(make: Callable[[], Database]) -> None:
    database = make()
    if isinstance(database, mariadb.Database):
        # Making a table ends a transaction in MySQL, so that the first run is the one that leaves something.
        kill(database, date(2018, 1, 20), POINTS[0])
        assert write(database, date(2018, 1, 20)).is_new
        assert database.rows("select until_on from simulation") == [(date(2018, 1, 20),)]
        return
    write(database, date(2018, 1, 20))
    before = held(database)
    kill(database, date(2018, 2, 1), POINTS[1])
    assert held(database) == before
    assert database.rows("select until_on from simulation") == [(date(2018, 1, 20),)]


def kill(database: Database, end: date, point: str) -> None:
    """A run that dies at `point`."""
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM, database.url, str(FEW), str(SEED), str(end)],
        env=os.environ | {"GLASSBOOK_FAULT_POINT": point},
        check=False,
    )
    assert process.returncode == -signal.SIGKILL, "the point was reached"


def test_the_command(postgres_server: str) -> None:
    database = empty_postgresql(postgres_server)

    def run(end: str) -> str:
        asked = ["--out", database.url, "--loans", str(FEW), "--from", "2018-01-01", "--to", end, "--no-anomalies"]
        done = CliRunner().invoke(simulate_command, asked)
        assert done.exit_code == 0, done.output
        return done.output

    assert "rows until 2018-01-20" in run("2018-01-20")
    assert "deleted until 2018-02-01" in run("2018-02-01")
    assert "nothing was written" in run("2018-02-01")
    assert database.rows("select count(*) from simulation_anomalies") == [(0,)]
