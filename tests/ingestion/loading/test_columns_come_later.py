"""A column that the source supplies after loads that lacked it: rows of any age may have a value in it, so the whole table is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from ingestion.loading.drift import notes_of
from ingestion.loading.load import LoadPlan, ingest
from ingestion.mapping import Mapping
from tests.support import duckdb_source
from tests.support.earlier_log import edit_entry
from tests.support.lake import a_home, a_platform, newest, quarantine
from tests.support.mariadb import mariadb, mariadb_database
from tests.support.platform import Platform
from tests.support.postgres import database, postgres

__all__ = ["database", "mariadb", "mariadb_database", "postgres"]
Run = Callable[..., None]
OLD, NEW = 901, 902
LATER = "2019-03-01 00:00:00"
SAID = "users: not supplied before and supplied now: email; the whole table was read"


def two_users() -> Platform:
    """Users with an e-mail address; the second is far newer, so that the first is no part of a later load."""
    p = a_platform()
    p.user(user_id=OLD, email="zhang@example.cn", updated_at="2019-02-10 12:00")
    p.user(user_id=NEW, email="li@example.cn", updated_at="2019-02-25 12:00")
    return p


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return a_home(tmp_path / "home")


@pytest.fixture(params=["duckdb", "postgresql", pytest.param("mysql", marks=pytest.mark.mariadb)])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Run]:
    """The address of a platform's database, and what runs a statement there."""
    if request.param == "duckdb":
        file = duckdb_source.write_database(two_users(), tmp_path / "platform.duckdb")
        return str(file), lambda *statements: duckdb_source.run(file, *statements)
    found = request.getfixturevalue("database" if request.param == "postgresql" else "mariadb_database")
    found.write(two_users())
    return found.url, found.run


def emails(home: Settings) -> list[str | None]:
    return [newest(home, "users", user)["email"] for user in (OLD, NEW)]


def without_email(run: Run) -> None:
    """Users as the engineers had them before."""
    run("create table kept as select user_id, email from users", "alter table users drop column email")


def with_email(run: Run) -> None:
    """The column and its values, without a newer updated_at."""
    filled = "update users set email = (select k.email from kept k where k.user_id = users.user_id)"
    run("alter table users add column email varchar(100)", filled)


@pytest.mark.parametrize("scope", ["new", "reconcile"])
def test_a_column_that_comes_later_is_read_in_old_rows_too(source: tuple[str, Run], scope: str, home: Settings) -> None:
    address, run = source
    without_email(run)
    ingest(home, address)
    with_email(run)
    load = ingest(home, address, LoadPlan(scope=scope))  # type: ignore[arg-type]
    assert emails(home) == ["zhang@example.cn", "li@example.cn"]
    assert not load.tables["users"].is_windowed and load.tables["loans"].is_windowed, "other tables are read from their cursor on"
    assert SAID in notes_of(load)
    run(f"update users set status = 'frozen', updated_at = '{LATER}' where user_id = {NEW}")
    assert ingest(home, address).tables["users"].is_windowed, "once is enough"


def test_a_column_that_one_load_lacked_comes_back_in_every_row(source: tuple[str, Run], home: Settings) -> None:
    address, run = source
    ingest(home, address)
    without_email(run)
    ingest(home, address)
    assert emails(home) == ["zhang@example.cn", None], "the row within the overlap lost it"
    with_email(run)
    assert SAID in notes_of(ingest(home, address))
    assert emails(home) == ["zhang@example.cn", "li@example.cn"]


def test_a_column_of_a_mapping_is_read_in_old_rows_too(home: Settings, tmp_path: Path) -> None:
    p = two_users()
    file = duckdb_source.write_database(p, tmp_path / "platform.duckdb")
    plan = LoadPlan(Mapping.model_validate({"version": 1, "tables": duckdb_source.tables_as_they_are(p, file)}))
    duckdb_source.run(file, "alter table users rename email to kept")
    ingest(home, file, plan)
    duckdb_source.run(file, "alter table users rename kept to email")
    assert SAID in notes_of(ingest(home, file, plan))
    assert emails(home) == ["zhang@example.cn", "li@example.cn"]


def test_what_earlier_versions_read_only_from_the_cursor_on_is_read_whole_once(home: Settings, tmp_path: Path) -> None:
    """Their log says that the column came and that the table was not read whole. A reading that finds nothing is on record all the same."""
    file = duckdb_source.write_database(two_users(), tmp_path / "platform.duckdb")
    duckdb_source.run(file, "update users set email = null", "alter table users rename email to kept")
    ingest(home, file)
    duckdb_source.run(file, "alter table users rename kept to email")
    ingest(home, file)
    edit_entry(home, 2, lambda entry: entry["tables"]["users"].update(is_windowed=True))
    assert len(visible_loads(home)) == 2 and ingest(home, file).load_seq == 3
    assert not visible_loads(home)[-1].tables["users"].is_windowed
    assert ingest(home, file).load_seq == 3, "an unchanged source is the same load"


def test_old_rows_of_an_append_table_wait_in_quarantine(home: Settings, tmp_path: Path) -> None:
    """They come again with other content, which only a person may accept."""
    p = a_platform()
    p.fee("4.56", "2019-02-20 10:00")
    file = duckdb_source.write_database(p, tmp_path / "platform.duckdb")
    duckdb_source.run(file, "alter table fees rename loan_id to kept")
    ingest(home, file)
    duckdb_source.run(file, "alter table fees rename kept to loan_id")
    load = ingest(home, file)
    assert [row["reason_code"] for row in quarantine(home, "fees")] == ["key_conflict"]
    assert load.tables["fees"].drift[-1] == "not supplied before and supplied now: loan_id; the whole table was read"


def test_a_folder_says_that_rows_it_no_longer_has_stay_without(home: Settings, tmp_path: Path) -> None:
    """The folder's next part has the newest rows only."""
    folder = two_users().write(tmp_path / "source")
    users = folder / "users.parquet"
    kept = pq.read_table(users)
    pq.write_table(kept.drop_columns(["email"]), users)
    ingest(home, folder)
    pq.write_table(kept.filter(pc.field("user_id") == NEW), users)
    load = ingest(home, folder)
    assert load.tables["users"].drift[-1] == (
        "not supplied before and supplied now: email; read in all rows that the source still has; older ones stay without"
    )
    assert emails(home) == [None, "li@example.cn"]
