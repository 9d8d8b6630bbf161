"""What befalls a load from PostgreSQL: a server that dies, a password that is wrong, a second load, a disk that is full."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import adbc_driver_manager
import pytest

from glassbook.errors import InputError
from glassbook.lake.loads import Load, visible_loads
from glassbook.settings import Settings
from ingestion.contract import load_contract
from ingestion.loading.load import ingest
from tests.support.lake import a_home, a_platform, rows, stray_files
from tests.support.postgres import Database, database, postgres

__all__ = ["database", "postgres"]

# Loads of the tables that are needed are enough, and quicker.
UNUSED = tuple(name for name, table in load_contract().tables.items() if not table.required and name != "fees")
READING = "select pid from pg_stat_activity where pid <> pg_backend_pid() and wait_event_type = 'Lock' and wait_event = 'advisory'"
PROGRAM = """
import resource, sys
from glassbook.errors import InputError
from glassbook.settings import load_settings
from ingestion.loading.load import ingest
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    ingest(load_settings(), sys.argv[1])
except InputError as error:
    sys.exit(str(error))
"""


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return a_home(tmp_path / "home")


@pytest.fixture
def slow(database: Database) -> Iterator[Database]:
    """A platform whose fees cannot be read, since their view waits for a lock, until `hurry`."""
    database.write(a_platform(), without=UNUSED)
    database.run(
        "alter table fees rename to kept_fees",
        "create view fees as select fee_id, fee_kind, user_id, loan_id, amount, charged_at, created_at from kept_fees "
        "where (select true from pg_advisory_lock_shared(1))",
    )
    with database.session() as cursor:
        cursor.execute("select pg_advisory_lock(1)")
        cursor.fetchall()
        yield database
        with suppress(adbc_driver_manager.Error):
            cursor.execute("select pg_advisory_unlock_all()")


def hurry(database: Database) -> None:
    """From now on the fees are read at once."""
    database.run("drop view fees", "alter table kept_fees rename to fees")


def let_go(database: Database) -> None:
    """Ends the session that holds the lock."""
    database.run("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and mode = 'ExclusiveLock'")


def reading(database: Database) -> int:
    """The server's process that reads the fees, once it does."""
    while not (found := database.rows(READING)):
        time.sleep(0.05)
    return int(found[0][0])


def test_a_server_that_dies_in_the_middle(slow: Database, home: Settings) -> None:
    def kill() -> None:
        # When one of its processes is killed the server ends every session and recovers from its log.
        os.kill(reading(slow), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(InputError) as caught:
        ingest(home, slow.url)
    killer.join()
    assert "table fees" in caught.value.where
    assert not visible_loads(home) and not stray_files(home)
    while True:
        with suppress(adbc_driver_manager.Error):
            hurry(slow)
            break
        time.sleep(0.05)
    assert ingest(home, slow.url).tables["fees"].rows_new == 1


def test_two_loads_at_once_wait_for_each_other(slow: Database, home: Settings) -> None:
    done: list[Load] = []
    loads = [threading.Thread(target=lambda: done.append(ingest(home, slow.url))) for _ in range(2)]
    for load in loads:
        load.start()
    reader = reading(slow)
    assert slow.rows(READING) == [(reader,)] and not done, "the second has not begun to read"
    let_go(slow)
    for load in loads:
        load.join()
    # It found nothing that the first had not loaded.
    assert done[0] == done[1] and visible_loads(home) == [done[0]]
    assert not stray_files(home)


def test_a_wrong_password(database: Database, home: Settings) -> None:
    database.write(a_platform(), without=UNUSED)
    (path,) = database.rows("select current_setting('hba_file')")[0]
    before = Path(path).read_text(encoding="utf-8")
    database.run("create role locked login password 'geheim'", "grant select on all tables in schema public to locked")
    try:
        Path(path).write_text(f"local all locked scram-sha-256\n{before}", encoding="utf-8")
        database.run("select pg_reload_conf()")
        right, wrong = (database.url.replace("postgres:@", f"locked:{password}@") for password in ("geheim", "falsch"))
        with pytest.raises(InputError, match="password authentication failed") as caught:
            ingest(home, wrong)
        assert "falsch" not in str(caught.value)
        assert ingest(home, right).rows_new
    finally:
        Path(path).write_text(before, encoding="utf-8")
        database.run("select pg_reload_conf()", "drop owned by locked", "drop role locked")


@pytest.mark.parametrize("full_at", ["a file of a table", "the log's entry"])
def test_a_full_disk(full_at: str, database: Database, home: Settings, tmp_path: Path) -> None:
    database.write(a_platform(), without=UNUSED)
    another = a_home(tmp_path / "another")
    ingest(another, database.url)
    tables = sorted(path.stat().st_size for path in another.lake_dir.glob("*/*.parquet"))
    (entry,) = (path.stat().st_size for path in another.lake_dir.glob("_loads/*.json"))
    assert 1_000 < tables[-1] < entry - 1_000, "the entry is the one file that has no room"
    limit = {"a file of a table": tables[-1] - 1, "the log's entry": entry - 500}[full_at]
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM, database.url, str(limit)],
        env=os.environ | {"GLASSBOOK_HOME": str(home.home)},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert "no room to write" in process.stderr and "Traceback" not in process.stderr
    assert not visible_loads(home)
    ingest(home, database.url)
    assert [row["fee_id"] for row in rows(home, "fees")] == [1]
    assert not stray_files(home)
