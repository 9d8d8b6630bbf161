"""A source whose tables change shape, on a real PostgreSQL server: what changed is said, what can be read exactly is, and nothing is lost.

A platform's engineers add, drop and widen columns on any day without asking us.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from glassbook.errors import InputError
from glassbook.lake.loads import Load, visible_loads
from glassbook.settings import Settings
from ingestion.contract import load_contract
from ingestion.loading.drift import notes_of
from ingestion.loading.load import LoadPlan, ingest
from ingestion.loading.step import load as load_step
from reports.commands.doctor import doctor
from reports.doctor.examining import examine
from tests.support.lake import a_home, a_platform, rows, stray_files
from tests.support.postgres import Database, database, new_database, postgres

__all__ = ["database", "postgres"]
UNUSED = tuple(name for name, table in load_contract().tables.items() if not table.required and name != "fees")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GLASSBOOK_HOME", str(tmp_path / "home"))
    return a_home(tmp_path / "home")


@pytest.fixture
def loaded(database: Database, home: Settings) -> Database:
    """A database that was loaded once, with an e-mail address."""
    p = a_platform()
    p.change("users", 1, "2019-02-10 12:00", email="zhang@example.cn")
    database.write(p, without=UNUSED)
    ingest(home, database.url)
    return database


def every_row(home: Settings, table: str) -> list[tuple[Any, ...]]:
    """All files of a table's loads read at once, as staging reads them."""
    paths = [str(home.lake_dir / t.path) for x in visible_loads(home) if (t := x.tables.get(table)) and t.path]
    with duckdb.connect() as connection:
        return connection.execute("select * from read_parquet(?) order by all", [paths]).fetchall()


def require_shown(load: Load, sentence: str, home: Settings, database: Database) -> None:
    """Load report, the step that command and Dagster run, and doctor say it."""
    told = load_step(home, source=database.url).metadata
    (found,) = [finding for finding in examine() if finding.topic == "drift"]
    assert sentence in notes_of(load) and sentence in told["drift"]
    assert found.state == "note" and sentence in found.found and sentence in CliRunner().invoke(doctor).output


def test_a_new_column_is_reported_and_ignored(loaded: Database, home: Settings) -> None:
    before = every_row(home, "fees")
    loaded.run("alter table fees add column note text", "update fees set note = 'x'")
    load = ingest(home, loaded.url)
    assert load.tables["fees"].rows_new == 0 and every_row(home, "fees") == before
    require_shown(load, "fees: new column note (text), not read", home, loaded)
    assert ingest(home, loaded.url) == load, "an unchanged source is the same load"


def test_a_dropped_nullable_column_is_null_with_a_warning(loaded: Database, home: Settings) -> None:
    before = every_row(home, "users")
    loaded.run("alter table users drop column email", "update users set updated_at = '2019-03-01 00:00:00+00' where user_id = 1")
    load = ingest(home, loaded.url)
    require_shown(load, "users: column email is gone; read as null", home, loaded)
    assert "users: not supplied and read as null: email" in notes_of(load)
    versions = [row["email"] for row in rows(home, "users") if row["user_id"] == 1]
    assert versions == ["zhang@example.cn", None], "the newer version lacks it, the older keeps it"
    assert set(before) <= set(every_row(home, "users")), "what was readable stays readable"


@pytest.fixture(scope="module")
def steady(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Database, Settings]:
    """A database and a home that was loaded from it, for loads that are refused and therefore change nothing."""
    database, home = new_database(postgres), a_home(tmp_path_factory.mktemp("steady") / "home")
    database.write(a_platform(), without=UNUSED)
    ingest(home, database.url)
    return database, home


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("drop column amount", "no column amount"),
        ("alter column amount type double precision", "column amount of type float8"),
        ("alter column amount type text using 'ten'", "'ten' in column amount"),
        ("alter column fee_kind type bytea using 'late'", "column fee_kind of type bytea"),
        ("alter column charged_at type date", "column charged_at of type date"),
        ("alter column user_id type uuid using gen_random_uuid()", "column user_id"),
    ],
)
def test_a_required_column_dropped_or_retyped_refuses_the_table_by_name(steady: tuple[Database, Settings], change: str, found: str) -> None:
    database, home = steady
    before = every_row(home, "fees")
    database.run("alter table fees rename to kept", "create table fees as table kept", f"alter table fees {change}")
    try:
        with pytest.raises(InputError) as caught:
            ingest(home, database.url)
    finally:
        database.run("drop table fees", "alter table kept rename to fees")
    assert found in caught.value.found + caught.value.where and "table fees" in caught.value.where, str(caught.value)
    assert len(visible_loads(home)) == 1 and every_row(home, "fees") == before and not stray_files(home)


def test_a_widened_type_is_accepted_when_exact(loaded: Database, home: Settings) -> None:
    loaded.run(
        "alter table fees alter column amount type numeric(38,10), alter column fee_kind type varchar(40), "
        "alter column user_id type numeric(20,0), alter column charged_at type timestamptz(3)"
    )
    load = ingest(home, loaded.url, LoadPlan(scope="all"))
    assert load.tables["fees"].rows_new == 0 and load.tables["fees"].rows_unchanged == 1, "the same values are the same rows"
    require_shown(load, "fees: column amount was numeric(18,2) and is numeric(38,10); its values are read exactly", home, loaded)
    loaded.run("update fees set amount = 4.56, created_at = now()")
    ingest(home, loaded.url)
    loaded.run("update fees set amount = 4.567, created_at = now()")
    with pytest.raises(InputError, match="amount") as caught:
        ingest(home, loaded.url)
    assert "4.567" in caught.value.found and "fees" in caught.value.where
    assert [row["amount"] for row in rows(home, "fees")] == [Decimal("3.21")]


def test_a_folder_s_columns_are_watched_too(home: Settings, tmp_path: Path) -> None:
    """Files declare no types that the log keeps; names are enough to notice."""
    p = a_platform()
    ingest(home, p.write(tmp_path / "source", without=UNUSED))
    with duckdb.connect() as connection:
        path = tmp_path / "source" / "users.parquet"
        query = f"(select * exclude (email), 'x' as note from read_parquet('{path}'))"
        connection.execute(f"copy {query} to '{path}.new' (format parquet)")
    Path(f"{path}.new").replace(path)
    (tmp_path / "source" / "fees.parquet").unlink()
    load = ingest(home, tmp_path / "source")
    assert load.tables["fees"].drift == ["no longer supplied; what was loaded before stays"]
    assert load.tables["users"].drift == ["new column note, not read", "column email is gone; read as null"]
    assert ingest(home, tmp_path / "source") == load
    (found,) = [finding for finding in examine() if finding.topic == "drift"]
    assert "fees: no longer supplied" in found.found and "users: new column note" in found.found
