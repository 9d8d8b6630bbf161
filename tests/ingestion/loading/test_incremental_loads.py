"""Loads after the first from a real PostgreSQL server: only what is new is read, nothing is missed, and what was deleted is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from glassbook.errors import CheckFailed
from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from glassbook.snapshots import connect
from ingestion.loading import load as loading
from ingestion.loading.load import LoadPlan, ingest
from ingestion.sources.table import SourceTotals
from tests.support import homes
from tests.support.built import with_working
from tests.support.earlier_log import edit_entry
from tests.support.lake import a_home, a_platform, newest, rows, stray_files
from tests.support.postgres import Database, database, postgres
from warehouse.build import run_build

__all__ = ["database", "postgres"]
RECONCILE = LoadPlan(scope="reconcile")
REPAYMENT = (
    "insert into repayments select {id}, loan_id, 2, '{at}', principal, interest, penalty, fee, payer_kind, payee_kind, null, '{at}' "
    "from repayments where repayment_id = 1"
)


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return a_home(tmp_path / "home")


def first_load(database: Database, home: Settings) -> None:
    database.write(a_platform())
    ingest(home, database.url)


def repaid(repayment_id: int, at: str) -> str:
    return REPAYMENT.format(id=repayment_id, at=at)


def ids(home: Settings) -> list[int]:
    return sorted(row["repayment_id"] for row in rows(home, "repayments"))


def test_a_later_load_reads_from_the_cursor_on(database: Database, home: Settings) -> None:
    first_load(database, home)
    database.run(repaid(2, "2019-03-09 12:00:00+08"))
    table = ingest(home, database.url).tables["repayments"]
    assert table.is_windowed and (table.rows_read, table.rows_new, table.rows_unchanged, table.rows_at_source) == (2, 1, 1, 2)
    assert table.read_from == "2019-02-09 22:00:00", "six hours before the row that was the newest, in UTC"
    assert table.money_sums["principal"]["source"] == "1000.00"


def test_rows_committed_late_or_at_the_same_instant_are_not_missed(database: Database, home: Settings) -> None:
    first_load(database, home)
    database.run(repaid(2, "2019-02-10 12:00:00+08"), repaid(3, "2019-02-10 06:00:01+08"))
    assert ingest(home, database.url).tables["repayments"].rows_new == 2
    assert ids(home) == [1, 2, 3]


def test_a_row_dated_in_the_future_hides_none_that_follow(database: Database, home: Settings) -> None:
    database.write(a_platform())
    database.run(repaid(2, "2031-01-01 00:00:00+08"))
    ingest(homes.at(home, datetime(2019, 2, 11, tzinfo=UTC)), database.url)
    database.run(repaid(3, "2019-02-11 01:00:00+00"))
    ingest(homes.at(home, datetime(2019, 2, 12, tzinfo=UTC)), database.url)
    assert ids(home) == [1, 3], "it waits in quarantine"
    then = ingest(homes.at(home, datetime(2031, 1, 1, tzinfo=UTC)), database.url).tables["repayments"]
    assert (then.rows_new, then.rows_superseded, then.rows_open) == (1, 1, 0) and sorted(ids(home)) == [1, 2, 3]


def test_reconciliation_finds_what_lies_before_the_cursor(database: Database, home: Settings) -> None:
    """Committed later than any overlap: a load cannot see it, comparing keys does."""
    first_load(database, home)
    database.run(repaid(2, "2019-01-20 12:00:00+08"))
    assert len(visible_loads(home)) == 1 and ingest(home, database.url) == visible_loads(home)[0]
    assert ingest(home, database.url, RECONCILE).tables["repayments"].rows_new == 1
    assert ids(home) == [1, 2]


def staged(home: Settings, query: str) -> Any:
    with with_working(run_build(home)) as connection:
        return connection.execute(query).fetchall()


def test_deleted_rows_become_tombstones_and_stand_again_when_they_come_back(database: Database, home: Settings, tmp_path: Path) -> None:
    p = a_platform()
    p.repay(1, 2, "2019-03-10 12:00", "500.00", "5.00")
    p.fee("1.00", "2019-03-11 10:00", loan_id=1)
    for _ in range(2):
        p.add("contracts", contract_kind="loan", loan_id=1, signed_at="2019-01-09 10:00")
    database.write(p)
    ingest(home, database.url)
    paid = "select repayment_id from stg_repayments order by 1"
    signed = "select contract_id from working.main.stg_contracts order by 1"
    users = "select count(*) from working.main.stg_users where deleted_at is null"
    assert staged(home, paid) == [(1,), (2,)]
    (standing,) = staged(home, users)[0]
    database.run(
        "create table kept as select * from repayments where repayment_id = 2",
        "delete from repayments where repayment_id = 2",
        "create table kept_users as select * from users where user_id = 1",
        "delete from users where user_id = 1",
        "delete from contracts where contract_id = 2",
    )
    assert not ingest(home, database.url).rows_gone, "a load of what is new cannot know"
    load = ingest(home, database.url, RECONCILE)
    assert (load.rows_gone, load.tables["repayments"].rows_gone, load.tables["users"].rows_gone) == (3, 1, 1)
    assert load.tables["repayments"].money_sums["principal"]["gone"] == "500.00"
    assert staged(home, paid) == [(1,)] and staged(home, users) == [(standing - 1,)] and staged(home, signed) == [(1,)]
    assert staged(home, "select outcome from chk_outcomes where outcome <> 'passed' and is_blocking") == []
    assert ingest(home, database.url, RECONCILE) == load, "what is gone is found once"
    database.run("insert into repayments select * from kept", "insert into users select * from kept_users")
    ingest(home, database.url, RECONCILE)
    assert staged(home, paid) == [(1,), (2,)] and staged(home, users) == [(standing,)]
    at_deletion = run_build(home, known_at=load.loaded_at)
    with connect(at_deletion.database) as connection:
        assert connection.execute(paid).fetchall() == [(1,)], "what was known then stays"
    assert not stray_files(home)


def test_an_old_row_that_comes_back_stands_again_and_only_its_table_is_read_whole(database: Database, home: Settings) -> None:
    """Both are far before the cursor; a row that the source itself marks as deleted is no reason to read a whole table."""
    p = a_platform()
    p.repay(1, 2, "2019-03-10 12:00", "500.00", "5.00")
    database.write(p)
    database.run("update products set deleted_at = updated_at", "update users set updated_at = '2019-03-10 12:00:00+08' where user_id = 2")
    ingest(home, database.url)
    for table, key in (("repayments", "repayment_id"), ("users", "user_id")):
        database.run(f"create table kept_{table} as select * from {table} where {key} = 1", f"delete from {table} where {key} = 1")
    assert ingest(home, database.url, RECONCILE).rows_gone == 2
    database.run("insert into repayments select * from kept_repayments", "insert into users select * from kept_users")
    database.run(repaid(3, "2019-03-11 12:00:00+08"))
    load = ingest(home, database.url, RECONCILE)
    assert {name for name, table in load.tables.items() if table.rows_new} == {"repayments", "users"}
    assert load.tables["products"].is_windowed and not load.tables["users"].is_windowed
    assert newest(home, "users", 1)["deleted_at"] is None and ids(home) == [1, 1, 2, 3]
    assert not ingest(home, database.url, RECONCILE).rows_gone


def test_a_new_row_is_no_reason_to_read_a_table_whole(database: Database, home: Settings) -> None:
    first_load(database, home)
    database.run(repaid(2, "2019-03-09 12:00:00+08"))
    load = ingest(home, database.url, RECONCILE)
    assert load.tables["repayments"].is_windowed and ids(home) == [1, 2]


def test_a_row_without_an_instant_is_held_back_and_not_overlooked(database: Database, home: Settings) -> None:
    first_load(database, home)
    nullable = "alter table repayments alter column created_at drop not null"
    database.run(repaid(2, "2019-01-20 12:00:00+08"), nullable, "update repayments set created_at = null where repayment_id = 2")
    table = ingest(home, database.url).tables["repayments"]
    assert table.is_windowed and (table.rows_read, table.rows_quarantined) == (2, 1)


def test_another_database_is_read_whole(database: Database, home: Settings) -> None:
    """The one that was loaded is further on, but what it held says nothing of the other."""
    first_load(database, home)
    edit_entry(home, 1, lambda record: record.update(source="postgresql://old/db"))
    database.run(repaid(2, "2019-01-20 12:00:00+08"))
    ingest(home, database.url)
    assert ids(home) == [1, 2]


def test_a_future_instant_that_is_corrected_is_no_way_back(database: Database, home: Settings) -> None:
    database.write(a_platform())
    database.run("update loans set updated_at = '2031-01-01 00:00:00+08'")
    ingest(homes.at(home, datetime(2019, 2, 11, tzinfo=UTC)), database.url)
    database.run("update loans set updated_at = '2019-02-11 01:00:00+00', status = 'settled'")
    assert ingest(homes.at(home, datetime(2019, 2, 12, tzinfo=UTC)), database.url).tables["loans"].rows_new == 1


def test_a_held_row_that_is_deleted_at_the_source_waits_for_nothing(database: Database, home: Settings) -> None:
    first_load(database, home)
    database.run(repaid(2, "2019-01-20 12:00:00+08"), "update repayments set payer_kind = 'nobody' where repayment_id = 2")
    assert ingest(home, database.url, RECONCILE).tables["repayments"].rows_open == 1
    database.run("delete from repayments where repayment_id = 2")
    table = ingest(home, database.url, RECONCILE).tables["repayments"]
    assert table.is_windowed and (table.rows_superseded, table.rows_open) == (1, 0)


def test_loads_that_differ_have_names_that_differ(database: Database, home: Settings, tmp_path: Path) -> None:
    """Of two lakes one lost one row, the other another one; both held back a row, each with another fault."""
    named = []
    for lost, fault in ((1, "nobody"), (2, "no one")):
        database.write(p := a_platform())
        p.repay(1, 2, "2019-03-10 12:00", "500.00", "5.00")
        own = a_home(tmp_path / fault)
        database.run(repaid(2, "2019-02-09 12:00:00+08"), repaid(3, "2019-02-11 12:00:00+08"))
        ingest(own, database.url)
        database.run(f"delete from repayments where repayment_id = {lost}")
        gone = ingest(own, database.url, RECONCILE)
        database.run(repaid(9, "2019-02-11 12:00:00+08"), f"update repayments set payer_kind = '{fault}' where repayment_id = 9")
        named.append((gone.load_id, ingest(own, database.url).load_id))
    assert named[0][0] != named[1][0] and named[0][1] != named[1][1]


def test_a_table_that_lost_a_tenth_is_not_believed(database: Database, home: Settings) -> None:
    p = a_platform()
    for _ in range(150):
        p.user()
    database.write(p)
    ingest(home, database.url)
    database.run("delete from users where user_id > 10")
    with pytest.raises(CheckFailed, match=r"users: .* are gone from the source") as caught:
        ingest(home, database.url, RECONCILE)
    assert "--allow-gone users" in str(caught.value)
    assert len(visible_loads(home)) == 1 and not stray_files(home)
    allowed = replace(RECONCILE, allow_gone=frozenset({"users"}))
    assert ingest(home, database.url, allowed).tables["users"].rows_gone > 100


def test_a_source_put_back_to_an_earlier_day_is_refused_until_said_so(database: Database, home: Settings) -> None:
    database.write(a_platform())
    backup = "create table backup as select * from repayments"
    database.run(backup, repaid(2, "2019-03-09 12:00:00+08"), "update loans set updated_at = '2019-03-09 12:00:00+08', status = 'settled'")
    ingest(home, database.url)
    database.run(
        "delete from repayments where repayment_id = 2",
        "update loans set updated_at = '2019-01-10 02:00:00+00', status = 'repaying'",
    )
    with pytest.raises(CheckFailed, match="has gone back") as caught:
        ingest(home, database.url)
    assert "--restored" in str(caught.value) and len(visible_loads(home)) == 1
    load = ingest(home, database.url, LoadPlan(is_restored=True))
    assert load.tables["repayments"].rows_gone == 1
    assert ingest(home, database.url) == load, "from then on it goes on as before"


def test_totals_that_differ_from_the_source_refuse_the_load(database: Database, home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control totals detect a lost row: here the source counts one more."""
    database.write(a_platform())
    original = loading.load_table

    def lossy(arrival: Any, read: Any, extent: Any) -> Any:
        counted = read.totals

        def one_more() -> SourceTotals:
            totals = counted()
            return SourceTotals(totals.rows, {name: amount + 1 for name, amount in totals.sums.items()})

        read = replace(read, totals=one_more) if arrival.work.table.name == "fees" else read
        return original(arrival, read, extent)

    monkeypatch.setattr(loading, "load_table", lossy)
    with pytest.raises(CheckFailed, match=r"fees\.amount: the source adds up 4\.21, 3\.21 was read"):
        ingest(home, database.url)
    assert not visible_loads(home) and not stray_files(home)


def test_a_row_changed_with_an_older_updated_at_is_told(database: Database, home: Settings) -> None:
    """The version with the newest updated_at counts, so that what the source has now does not."""
    first_load(database, home)
    database.run("update users set province_code = '99', updated_at = '2001-01-05 00:00:00+08' where user_id = 1")
    load = ingest(home, database.url, LoadPlan(scope="all"))
    told = "rows with an older updated_at than the lake has of them: 1, the first user_id=1; the newest one goes on counting"
    assert load.tables["users"].drift == [told] and load.tables["users"].rows_new == 1
    assert newest(home, "users", 1)["province_code"] != "99"
    assert ingest(home, database.url, LoadPlan(scope="all")) == load, "once"
