"""MySQL gives a `timestamp` as the session's local time where an expression makes a `datetime` of it: never a wrong instant unnoticed."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from ingestion.contract import load_contract
from ingestion.loading.load import LoadPlan, ingest
from ingestion.mapping import Mapping
from ingestion.sources.mysql.offsets import steady_offset
from tests.support.lake import a_home, a_platform, quarantine, refused, rows
from tests.support.mariadb import Database, mariadb, mariadb_database

__all__ = ["mariadb", "mariadb_database"]
NOON = datetime.fromisoformat("2019-01-10 02:00:00")
"""10:00 in Shanghai, as the platform's `datetime` has it, and the instant of its `timestamp`, in UTC."""


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return a_home(tmp_path / "home")


@pytest.fixture
def database(mariadb_database: Database) -> Database:
    """Fees of Shanghai: `paid` is a timestamp that may be null, `made` a datetime; both mean the same instant."""
    p = a_platform()
    p.fee("4.56", "2019-01-10 10:00")
    mariadb_database.write(p)
    with mariadb_database.session(init_command="set time_zone = '+08:00'") as cursor:
        cursor.execute("alter table fees add paid timestamp(6) null, add made datetime(6)")
        cursor.execute("update fees set made = '2019-01-10 10:00:00', paid = if(fee_id = 1, '2019-01-10 10:00:00', null)")
    return mariadb_database


def mapped(
    timezone: str = "Asia/Shanghai", complete_until: str | None = None, fees: dict[str, Any] | None = None, **columns: Any
) -> LoadPlan:
    """A load in which only columns of `fees` have a zone, and are mapped differently from their names."""
    tables: dict[str, Any] = {}
    for name, table in load_contract().tables.items():
        if table.required or name == "fees":
            zoned = {c.name: {"from": c.name, "timezone": "UTC"} if c.type == "time" else c.name for c in table.columns}
            tables[name] = {"from": name, "columns": zoned}
    tables["fees"]["columns"] |= columns
    tables["fees"] = fees | {"columns": tables["fees"]["columns"]} if fees else tables["fees"]
    said = {"version": 1, "timezone": timezone, "tables": tables} | ({"complete_until": complete_until} if complete_until else {})
    return LoadPlan(Mapping.model_validate(said))


def charged(home: Settings) -> list[datetime]:
    return [row["charged_at"] for row in rows(home, "fees")]


@pytest.mark.mariadb
@pytest.mark.parametrize(
    "sql", ["coalesce(paid, made)", "if(paid is null, made, paid)", "convert_tz(coalesce(paid, made), '+08:00', '+08:00')"]
)
def test_a_timestamp_and_a_datetime_in_one_expression_are_the_mapping_s_local_time(sql: str, database: Database, home: Settings) -> None:
    ingest(home, database.url, mapped(charged_at={"sql": sql}))
    assert charged(home) == [NOON, NOON]


@pytest.mark.mariadb
def test_so_they_are_in_a_view_a_query_a_condition_and_a_day(database: Database, home: Settings, tmp_path: Path) -> None:
    database.run("create view v as select fees.*, coalesce(paid, made) as at from fees")
    ingest(home, database.url, mapped(fees={"from": "v", "where": "paid is null or paid >= '2019-01-10 10:00:00'"}, charged_at="at"))
    assert charged(home) == [NOON, NOON]
    other = a_home(tmp_path / "other")
    query = {"query": "select fees.*, coalesce(paid, made) as at from fees"}
    plan = mapped(fees=query, charged_at="at", complete_until="(select date_add(max(paid), interval 14 hour) from fees)")
    assert ingest(other, database.url, plan).complete_until == date(2019, 1, 11), "midnight in Shanghai"
    assert charged(other) == [NOON, NOON]


@pytest.mark.mariadb
@pytest.mark.parametrize("timezone", ["Asia/Shanghai", "America/New_York", "Europe/Prague", "UTC"])
def test_a_timestamp_by_itself_is_its_instant_whatever_the_zone(timezone: str, database: Database, home: Settings) -> None:
    """Also as the cursor of later loads, in an expression of timestamps alone, and as the day of completeness."""
    database.run("set time_zone = '+00:00'", "alter table fees modify created_at timestamp(6) null")
    database.run("update fees set paid = '2019-01-10 02:00:00' where paid is null") if timezone == "UTC" else None
    plan = mapped(
        timezone, "(select max(paid) from fees)", charged_at={"from": "paid", "if_null": "2019-01-10 02:00:00"}, created_at="created_at"
    )
    load = ingest(home, database.url, plan)
    assert set(charged(home)) == {NOON} and load.complete_until == date(2019, 1, 10)
    first = {row["created_at"] for row in rows(home, "fees")}
    database.run(
        "insert into fees select 901, fee_kind, user_id, loan_id, amount, charged_at, created_at, paid, made from fees where fee_id = 1"
    )
    fees = ingest(home, database.url, plan).tables["fees"]
    assert fees.is_windowed and fees.rows_new == 1 and {row["created_at"] for row in rows(home, "fees")} == first


@pytest.mark.mariadb
def test_a_zero_timestamp_is_held_back_in_every_zone(database: Database, home: Settings) -> None:
    with database.session(sql_mode="") as cursor:
        cursor.execute("update fees set paid = '0000-00-00', made = '2019-01-10 10:00:00' where fee_id = 1")
        cursor.execute("update fees set paid = '2019-01-10 02:00:00' where fee_id <> 1")
        cursor.execute(
            "insert into fees select fee_id + 100 + seq, fee_kind, user_id, loan_id, amount, charged_at, created_at, paid, made "
            "from fees join seq_1_to_20 where fee_id = 2"
        )
    ingest(home, database.url, mapped(charged_at="paid"))
    assert [row["key_text"] for row in quarantine(home, "fees")] == ["fee_id=1"]


@pytest.mark.mariadb
@pytest.mark.parametrize(
    ("timezone", "rule", "fees"),
    [
        ("Europe/Prague", {"sql": "coalesce(paid, made)"}, None),
        ("Asia/Shanghai", {"sql": "coalesce(paid, made)", "timezone": "UTC"}, None),
        ("Asia/Shanghai", {"sql": "coalesce(convert_tz(paid, '+00:00', '+08:00'), made)"}, None),
        ("Europe/Prague", "at", {"query": "select f.*, coalesce(f.paid, f.made) as at from fees f"}),
    ],
)
def test_an_expression_that_would_mean_another_instant_is_refused(
    timezone: str, rule: Any, fees: dict[str, Any] | None, database: Database, home: Settings
) -> None:
    error = refused(home, database.url, mapped(timezone, fees=fees, charged_at=rule))
    assert "paid, a timestamp" in error.found and "charged_at" in error.where and "convert_tz(paid" in error.remedy
    assert not visible_loads(home)


@pytest.mark.mariadb
@pytest.mark.parametrize(
    ("timezone", "rule"),
    [
        ("Europe/Prague", {"sql": "coalesce(convert_tz(paid, '+00:00', '+01:00'), made - interval 7 hour)"}),
        ("Europe/Prague", {"sql": "coalesce(paid, convert_tz(made, '+08:00', '+00:00'))", "timezone": "UTC"}),
        ("Europe/Prague", {"sql": "if(paid is null, made, made)", "timezone": "Asia/Shanghai"}),
    ],
)
def test_what_says_its_zones_is_read(timezone: str, rule: Any, database: Database, home: Settings) -> None:
    ingest(home, database.url, mapped(timezone, charged_at=rule))
    assert charged(home) == [NOON, NOON]


def test_a_zone_has_an_offset_only_when_it_is_always_the_same() -> None:
    assert [steady_offset(zone) for zone in ("Asia/Shanghai", "UTC", "Asia/Kathmandu", "America/Bogota")] == [
        "+08:00",
        "+00:00",
        "+05:45",
        "-05:00",
    ]
    assert [steady_offset(zone) for zone in ("Europe/Prague", "Pacific/Kiritimati", "+01:00", "SYSTEM")] == [None] * 4
