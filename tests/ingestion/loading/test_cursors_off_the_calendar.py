"""A row whose cursor is no instant of any calendar: it is read and held back whenever it is committed, also long after the first load."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassbook.settings import Settings
from ingestion.loading.load import LoadPlan, ingest
from tests.support import duckdb_source
from tests.support.lake import a_home, a_platform, quarantine, rows
from tests.support.mariadb import Database as MariaDatabase
from tests.support.mariadb import mariadb, mariadb_database
from tests.support.platform import Platform
from tests.support.postgres import Database, database, postgres

__all__ = ["database", "mariadb", "mariadb_database", "postgres"]
COPY = "insert into fees select {key}, fee_kind, user_id, loan_id, amount, charged_at, {at} from fees where fee_id = 1"


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return a_home(tmp_path / "home")


def with_fees() -> Platform:
    """As many newer fees that a few which cannot be read are no large part."""
    p = a_platform()
    for _ in range(20):
        p.fee("1.00", "2019-02-20 10:00")
    return p


def held(home: Settings) -> list[str]:
    return sorted(row["key_text"] for row in quarantine(home, "fees"))


@pytest.mark.mariadb
@pytest.mark.parametrize("declared", ["datetime(6) null", "timestamp(6) null"])
def test_a_zero_date_is_held_back_whenever_it_comes(declared: str, mariadb_database: MariaDatabase, home: Settings) -> None:
    mariadb_database.write(with_fees())
    mariadb_database.run(f"alter table fees modify created_at {declared}")
    ingest(home, mariadb_database.url)
    with mariadb_database.session(sql_mode="") as cursor:
        cursor.execute(COPY.format(key=901, at="'0000-00-00'"))
    fees = ingest(home, mariadb_database.url).tables["fees"]
    assert fees.is_windowed and (fees.rows_quarantined, fees.rows_open) == (1, 1)
    assert held(home) == ["fee_id=901"] and 901 not in [row["fee_id"] for row in rows(home, "fees")]
    assert ingest(home, mariadb_database.url).tables["fees"].rows_open == 1, "the same row waits once"


@pytest.mark.mariadb
@pytest.mark.parametrize("day", ["2018-02-00", "2018-00-00", "2018-02-31"])
def test_a_day_that_does_not_exist_is_held_back_by_a_reconciliation(day: str, mariadb_database: MariaDatabase, home: Settings) -> None:
    mariadb_database.write(with_fees())
    ingest(home, mariadb_database.url)
    with mariadb_database.session(sql_mode="ALLOW_INVALID_DATES") as cursor:
        cursor.execute(COPY.format(key=901, at=f"'{day}'"))
    ingest(home, mariadb_database.url, LoadPlan(scope="reconcile"))
    assert held(home) == ["fee_id=901"]


def test_minus_infinity_is_held_back_whenever_it_comes(database: Database, home: Settings, tmp_path: Path) -> None:
    p = with_fees()
    database.write(p)
    ingest(home, database.url)
    database.run(COPY.format(key=901, at="'-infinity'"))
    ingest(home, database.url)
    assert held(home) == ["fee_id=901"]
    file, other = duckdb_source.write_database(p, tmp_path / "platform.duckdb"), a_home(tmp_path / "other")
    ingest(other, file)
    duckdb_source.run(file, COPY.format(key=901, at="timestamp '-infinity'"))
    ingest(other, file)
    assert held(other) == ["fee_id=901"]
