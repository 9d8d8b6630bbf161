"""An instant and a local time in one expression of a mapping are told apart by the session's zone: never a wrong instant unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import ValidationError

from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from ingestion.contract import load_contract
from ingestion.loading.load import LoadPlan, ingest, read_source
from ingestion.mapping import Mapping
from tests.support.duckdb_source import run, write_database
from tests.support.lake import a_home, a_platform, refused, rows
from tests.support.postgres import Database, database, postgres

__all__ = ["database", "postgres"]

# The hour that Berlin has twice, as two instants; noon of Shanghai as both kinds; local times that Berlin has twice, and never.
_FEES = (
    (1, "2019-10-27 00:30:00+00", None),
    (2, "2019-10-27 01:30:00+00", None),
    (3, None, "2019-01-10 10:00:00"),
    (4, "2019-01-10 10:00:00+08", None),
    (5, None, "2019-10-27 02:30:00"),
    (6, None, "2019-03-31 02:30:00"),
)
_ROWS = ", ".join(
    f"({key}, {f'timestamptz {paid!r}' if paid else 'null::timestamptz'}, {f'timestamp {made!r}' if made else 'null::timestamp'})"
    for key, paid, made in _FEES
)
_FILL = f"""
insert into fees (fee_id, fee_kind, user_id, loan_id, amount, charged_at, created_at, paid, made)
select n.fee_id, f.fee_kind, f.user_id, f.loan_id, f.amount, f.charged_at, f.created_at, n.paid, n.made
from fees f cross join (values {_ROWS}) as n (fee_id, paid, made) where f.fee_id = 99
"""
NOON = datetime.fromisoformat("2019-01-10 02:00:00")
IN_BERLIN = {
    1: "2019-10-27 00:30:00",
    2: "2019-10-27 01:30:00",
    3: "2019-01-10 09:00:00",
    4: "2019-01-10 02:00:00",
    5: "2019-10-27 01:30:00",
    6: "2019-03-31 01:30:00",
}


@dataclass(frozen=True)
class AtSource:
    """A source of one of the engines, and how to run statements there."""

    address: str
    run: Callable[..., None]


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return a_home(tmp_path / "home")


@pytest.fixture(params=["postgresql", "duckdb"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> AtSource:
    p = a_platform()
    if request.param == "postgresql":
        server: Database = request.getfixturevalue("database")
        server.write(p)
        found = AtSource(server.url, server.run)
        # A role's, a server's or a machine's zone must not count.
        name = server.url.split("?")[0].rpartition("/")[2]
        found.run(f"alter database {name} set timezone = 'Pacific/Auckland'")
    else:
        file = write_database(p, tmp_path / "platform.duckdb")
        found = AtSource(str(file), lambda *statements: run(file, *statements))
    found.run("alter table fees add paid timestamptz", "alter table fees add made timestamp", "update fees set fee_id = 99", _FILL)
    found.run("delete from fees where fee_id = 99")
    return found


def mapped(timezone: str, complete_until: str | None = None, fees: dict[str, Any] | None = None, **columns: Any) -> LoadPlan:
    """A load in which only columns of `fees` have a zone, and are mapped differently from their names."""
    tables: dict[str, Any] = {}
    for name, table in load_contract().tables.items():
        if table.required or name == "fees":
            zoned = {c.name: {"from": c.name, "timezone": "UTC"} if c.type == "time" else c.name for c in table.columns}
            tables[name] = {"from": name, "columns": zoned}
    tables["fees"] = (fees or {"from": "fees"}) | {"columns": tables["fees"]["columns"] | columns}
    said = {"version": 1, "timezone": timezone, "tables": tables} | ({"complete_until": complete_until} if complete_until else {})
    return LoadPlan(Mapping.model_validate(said))


def charged(home: Settings) -> dict[int, str]:
    return {row["fee_id"]: str(row["charged_at"]) for row in rows(home, "fees")}


MIXED = {"sql": "coalesce(paid, made)"}


@pytest.mark.parametrize("sql", ["coalesce(paid, made)", "case when paid is null then made else paid end"])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Etc/GMT-8"])
def test_an_instant_and_a_local_time_in_one_expression_are_of_the_mapping_s_zone(
    sql: str, zone: str, source: AtSource, home: Settings
) -> None:
    ingest(home, source.address, mapped(zone, fees={"from": "fees", "where": "fee_id in (3, 4)"}, charged_at={"sql": sql}))
    assert charged(home) == {3: str(NOON), 4: str(NOON)}


def test_no_instant_of_an_hour_that_comes_twice_is_lost_and_a_local_time_means_the_same_by_itself(
    source: AtSource, home: Settings, tmp_path: Path
) -> None:
    ingest(home, source.address, mapped("Europe/Berlin", charged_at=MIXED))
    assert charged(home) == IN_BERLIN
    for name, wanted, where in (("paid", {1, 2, 4}, "paid is not null"), ("made", {3, 5, 6}, "made is not null")):
        alone = a_home(tmp_path / name)
        ingest(alone, source.address, mapped("Europe/Berlin", fees={"from": "fees", "where": where}, charged_at=name))
        assert charged(alone) == {key: IN_BERLIN[key] for key in wanted}


def test_so_they_are_in_a_view_a_query_a_condition_and_a_day(source: AtSource, home: Settings, tmp_path: Path) -> None:
    source.run("create view v as select fees.*, coalesce(paid, made) as happened from fees where fee_id in (3, 4)")
    ingest(
        home,
        source.address,
        mapped("Asia/Shanghai", fees={"from": "v", "where": "happened <= '2019-01-10 10:00:00'"}, charged_at="happened"),
    )
    assert charged(home) == {3: str(NOON), 4: str(NOON)}
    other = a_home(tmp_path / "other")
    query = {"query": "select fees.*, coalesce(paid, made) as happened from fees where coalesce(paid, made) = '2019-01-10 10:00:00'"}
    plan = mapped("Asia/Shanghai", "(select (max(paid) + interval '9 hours')::date from fees)", query, charged_at="happened")
    assert ingest(other, source.address, plan).complete_until == date(2019, 10, 27), "18:30 in Shanghai"
    assert charged(other) == {3: str(NOON), 4: str(NOON)}
    ingest(other, source.address, mapped("Asia/Shanghai", "(select max(paid) + interval '14 hours 30 minutes' from fees)", query))
    assert visible_loads(other)[-1].complete_until == date(2019, 10, 28), "midnight in Shanghai"


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Europe/Berlin", "UTC"])
def test_a_mixed_cursor_finds_what_is_new_and_nothing_else(zone: str, source: AtSource, home: Settings) -> None:
    """Also plain instants as cursor; comparing everything finds no other row than windows did."""
    source.run(
        "insert into fees select fee_id + 100, fee_kind, user_id, loan_id, amount, charged_at, timestamptz '2019-10-26 00:00:00+00', "
        "timestamptz '2019-10-26 00:00:00+00', made from fees",
        "insert into fees select fee_id + 1000, fee_kind, user_id, loan_id, amount, charged_at, created_at, paid, made from fees",
    )
    plan = mapped(zone, fees={"from": "fees", "where": "fee_id <> 6"}, charged_at=MIXED, created_at={"sql": "coalesce(paid, created_at)"})
    first = ingest(home, source.address, plan)
    source.run(
        "insert into fees select 901, fee_kind, user_id, loan_id, amount, charged_at, timestamptz '2019-10-27 01:30:00+00', "
        "timestamptz '2019-10-27 01:30:00+00', null from fees where fee_id = 1"
    )
    found = ingest(home, source.address, plan).tables["fees"]
    assert found.is_windowed and found.rows_new == 1 and found.rows_read < first.tables["fees"].rows_read
    everything = read_source(home, source.address, LoadPlan(plan.mapping, scope="reconcile"))
    assert not everything.is_new and everything.found.rows_new == 0


def test_without_a_mapping_local_times_of_a_view_are_in_utc_as_the_contract_says(source: AtSource, home: Settings) -> None:
    source.run(
        "alter table fees rename to kept",
        "create view fees as select fee_id, fee_kind, user_id, loan_id, amount, coalesce(paid, made) as charged_at, created_at from kept "
        "where fee_id = 3",
    )
    ingest(home, source.address)
    assert charged(home) == {3: "2019-01-10 10:00:00"}


@pytest.mark.parametrize(
    ("zone", "rule", "fees", "used"),
    [
        ("Asia/Shanghai", MIXED | {"timezone": "UTC"}, None, "made"),
        ("UTC", MIXED | {"timezone": "Asia/Shanghai"}, None, "made"),
        ("Asia/Shanghai", {"sql": "paid::timestamp", "timezone": "UTC"}, None, "paid"),
        ("UTC", {"sql": "fee_kind::timestamptz", "timezone": "Asia/Shanghai"}, None, "fee_kind"),
        (
            "UTC",
            {"from": "happened", "timezone": "Europe/Berlin"},
            {"query": "select f.*, coalesce(f.paid, f.made) as happened from fees f"},
            "f.made",
        ),
    ],
)
def test_sql_of_a_column_with_another_zone_than_the_session_names_it(
    zone: str, rule: Any, fees: dict[str, Any] | None, used: str, source: AtSource, home: Settings
) -> None:
    error = refused(home, source.address, mapped(zone, fees=fees, charged_at=rule))
    assert f"takes {used} " in error.found and "charged_at" in error.where
    assert f"({used} at time zone '{rule['timezone']}')" in error.remedy


@pytest.mark.parametrize(
    "rule",
    [
        {"sql": "coalesce(paid, made at time zone 'Asia/Shanghai')", "timezone": "Asia/Shanghai"},
        {"sql": "coalesce(paid at time zone 'Asia/Shanghai', made)", "timezone": "Asia/Shanghai"},
        {"sql": "coalesce(paid, timezone('Asia/Shanghai', made))", "timezone": "Asia/Shanghai"},
        {"sql": "case when paid is null then made else made + interval '0 hours' end", "timezone": "Asia/Shanghai", "if_null": str(NOON)},
        {"sql": "coalesce(paid, timestamptz '2019-01-10 10:00:00+08')", "timezone": "Asia/Shanghai"},
    ],
)
def test_what_says_its_zones_is_read(rule: Any, source: AtSource, home: Settings) -> None:
    ingest(home, source.address, mapped("Europe/Berlin", fees={"from": "fees", "where": "fee_id in (3, 4)"}, charged_at=rule))
    assert charged(home) == {3: str(NOON), 4: str(NOON)}


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_files_mean_the_same(form: str, home: Settings, tmp_path: Path) -> None:
    """Columns of CSV are texts; a cast makes instants and local times of them."""
    p, folder = a_platform(), tmp_path / "files"
    p.write(folder)
    at = f"(values {_ROWS}) as n (id, paid, made)"
    with duckdb.connect() as engine:
        engine.execute("set TimeZone = 'UTC'")
        engine.execute(f"create table f as select * from '{folder}/fees.parquet' as f")
        (folder / "fees.parquet").unlink()
        engine.execute(f"copy (select f.* exclude (fee_id), n.id as fee_id, paid, made from f, {at}) to '{folder}/fees.{form}'")
    sql = "coalesce(cast(paid as timestamptz), cast(made as timestamp))"
    ingest(home, folder, mapped("Europe/Berlin", charged_at={"sql": sql}))
    assert charged(home) == IN_BERLIN


def test_a_server_that_does_not_know_the_zone_says_what_to_write(database: Database, home: Settings) -> None:
    database.write(a_platform())
    error = refused(home, database.url, mapped("posix/Asia/Shanghai"))
    assert "posix/Asia/Shanghai" in error.found and "pg_timezone_names" in error.expected


def test_a_zone_is_never_an_offset_which_postgresql_would_take_for_the_opposite() -> None:
    with pytest.raises(ValidationError, match=r"'\+08:00' is not an IANA time zone"):
        mapped("+08:00")
