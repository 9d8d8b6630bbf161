"""Loading from a real PostgreSQL server: exact, as of one moment, with errors that say what is wrong and never a password."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import adbc_driver_manager
import duckdb
import pytest

from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from ingestion.contract import load_contract
from ingestion.loading.drift import notes_of_reading
from ingestion.loading.load import ingest, read_source
from ingestion.sources.postgresql.source import PostgresSource
from ingestion.sources.table import Request
from tests.oracle import comparing
from tests.oracle.ledger import read_book
from tests.support import homes
from tests.support.lake import a_home, a_platform, assert_arrived, quarantine, refused, rows
from tests.support.platform import Platform
from tests.support.postgres import Database, database, postgres
from tests.support.unreadable import assert_one_row_is_held
from warehouse.build import run_build

__all__ = ["database", "postgres"]


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return a_home(tmp_path / "home")


def naive(text: str) -> datetime:
    """An instant as the lake holds it: UTC, without saying so."""
    return datetime.fromisoformat(text)


def test_every_row_arrives_as_from_a_folder(database: Database, home: Settings, tmp_path: Path) -> None:
    p = a_platform()
    p.user(legal_name="林😀", id_number=None, birth_date="1931-02-03", registered_at="1969-12-31 23:59:59.123456")
    database.write(p)
    load = ingest(home, database.url)
    assert_arrived(home, p, tmp_path)
    assert load.tables["users"].rows_new == len(p.rows("users"))
    assert load.tables["repayments"].money_sums["principal"]["read"] == "500.00"


def test_the_same_again_writes_nothing_and_a_change_one_version(database: Database, home: Settings) -> None:
    database.write(a_platform())
    first = ingest(home, database.url)
    assert ingest(home, database.url) == first
    database.run(
        "update loans set status = 'settled', updated_at = '2019-05-01 00:00:00+08' where loan_id = 1",
        "insert into repayments select 2, loan_id, 2, '2019-03-09 20:00:00+08', principal, interest, penalty, fee, payer_kind, payee_kind, "
        "null, '2019-03-09 20:00:01+08' from repayments where repayment_id = 1",
    )
    second = ingest(home, database.url)
    assert (second.rows_new, second.tables["loans"].rows_new, second.tables["repayments"].rows_new) == (2, 1, 1)
    assert [row["status"] for row in rows(home, "loans")] == ["repaying", "settled"]
    assert rows(home, "repayments")[1]["paid_at"] == naive("2019-03-09 12:00:00")


def test_figures_through_the_database_are_those_of_the_records(database: Database, tmp_path: Path) -> None:
    p = Platform()
    lenders = p.users(2)
    for month in (1, 2, 3):
        loan = p.loan("100.01", "0.123456", {lenders[0]: "33.34", lenders[1]: "66.67"}, f"2019-0{month}-10 23:59")
        p.plan(loan, [(f"2019-0{month + 1}-10", "50.00", "1.01"), (f"2019-0{month + 2}-10", "50.01", "0.50")])
        p.repay(loan, 1, f"2019-0{month + 1}-10 23:59", "50.00", "1.01")
    p.transfer(1, lenders[0], lenders[1], "10.00", "2019-02-20 10:00")
    settings = homes.home(tmp_path / "home")
    database.write(p)
    ingest(homes.at(settings, datetime(2020, 1, 1, tzinfo=UTC)), database.url)
    database.run("update loans set disbursed_at = '2019-03-11 00:01:00+08', updated_at = '2019-06-01 00:00:00+08' where loan_id = 3")
    p.change("loans", 3, "2019-06-01 00:00", disbursed_at="2019-03-11 00:01")
    p.repay(2, 2, "2019-06-02 10:00", "50.01", "0.50")
    database.write(p)
    run_build(settings)
    ingest(homes.at(settings, datetime(2020, 1, 2, tzinfo=UTC)), database.url)
    snapshot, book = run_build(settings), read_book(p.write(tmp_path / "source"))
    for day in (date(2019, 2, 10), date(2019, 3, 10), date(2019, 3, 11), date(2019, 5, 31), date(2019, 6, 2)):
        assert comparing.different_figures(snapshot, book, day) == {}
        assert comparing.different_positions(snapshot, book, day) == {}


def test_all_tables_are_of_one_moment(database: Database, home: Settings) -> None:
    database.write(a_platform())
    tables = load_contract().tables
    with PostgresSource(database.url) as source, duckdb.connect() as engine:
        counts = []
        for name in ("loans", "repayments"):
            read = source.open(engine, tables[name], Request())
            assert read is not None
            counts.append(len(engine.execute(read.query).fetchall()))
            database.run("delete from repayments", "delete from loans")
    assert counts == [1, 1]


def test_the_session_cannot_write(database: Database) -> None:
    database.write(a_platform())
    with PostgresSource(database.url) as source, pytest.raises(Exception, match="read-only transaction"):
        source.fetch("delete from loans")


@pytest.mark.parametrize(
    ("definition", "value", "held"),
    [
        ("numeric(18,2)", "-99999999999.78", Decimal("-99999999999.78")),
        ("numeric(38,10)", "12.3400000000", Decimal("12.34")),
        ("numeric", "0.01", Decimal("0.01")),
        ("numeric(10,0)", "7", Decimal("7.00")),
        ("integer", "7", Decimal("7.00")),
        ("bigint", "7", Decimal("7.00")),
    ],
)
def test_money_of_any_exact_type(definition: str, value: str, held: Decimal, database: Database, home: Settings) -> None:
    database.write(a_platform())
    database.run(f"alter table fees alter column amount type {definition} using {value}::{definition}")
    ingest(home, database.url)
    assert [row["amount"] for row in rows(home, "fees")] == [held]


@pytest.mark.parametrize(
    ("column", "change", "found"),
    [
        ("amount", "type numeric using 'NaN'", "'NaN' in column amount"),
        ("amount", "type numeric using 'Infinity'", "'infinity' in column amount"),
        ("amount", "type numeric using 1.005", "'1.005' in column amount"),
        ("amount", "type numeric(38,10) using 1.0000000001", "'1.0000000001' in column amount"),
        ("amount", "type numeric(30,2) using 12345678901234567.00", "'12345678901234567.00' in column amount"),
        ("amount", "type bigint using 9223372036854775807", "'9223372036854775807' in column amount"),
        ("user_id", "type numeric(20,0) using 9223372036854775808", "'9223372036854775808' in column user_id"),
        ("amount", "type double precision using 1.5", "column amount of type float8"),
        ("charged_at", "type text using 'x'", "'x' in column charged_at"),
    ],
)
def test_a_value_or_type_that_does_not_fit(column: str, change: str, found: str, database: Database, home: Settings) -> None:
    database.write(a_platform())
    database.run(f"alter table fees alter column {column} {change}")
    error = refused(home, database.url)
    assert found.lower() in error.found.lower()
    assert "table fees" in error.where
    assert error.where.endswith("fee_id 1") or "of type" in found


def test_enumerations_views_reserved_words_and_schemas(database: Database, home: Settings) -> None:
    database.write(a_platform())
    database.run(
        'create schema "用户"',
        'alter table users set schema "用户"',
        "create type standing as enum ('active', 'frozen', 'closed')",
        'alter table "用户".users alter column status type standing using status::standing',
        'alter table "用户".users rename column gender to "order"',
        'create view users as select *, "order" as gender from "用户".users',
    )
    load = ingest(home, database.url)
    assert {row["status"] for row in rows(home, "users")} == {"active"}
    assert load.tables["users"].unknown_columns == ["order"]


def test_instants_without_a_zone_are_utc(database: Database, home: Settings) -> None:
    database.write(a_platform())
    database.run("alter table fees alter column charged_at type timestamp using '2019-01-10 02:00:00.000001'")
    ingest(home, database.url)
    assert rows(home, "fees")[0]["charged_at"] == naive("2019-01-10 02:00:00.000001")


def test_rows_that_break_a_rule_go_to_quarantine(database: Database, home: Settings) -> None:
    database.write(a_platform())
    database.run("update fees set fee_kind = 'tip'")
    load = ingest(home, database.url)
    assert load.tables["fees"].rows_quarantined == 1
    assert quarantine(home, "fees")[0]["reason_code"] == "value_not_in_list"


def test_tables_that_are_not_there(database: Database, home: Settings) -> None:
    database.write(a_platform(), without=("complaints",))
    assert not ingest(home, database.url).tables["complaints"].is_supplied
    database.run("drop table repayments")
    assert "repayments" in refused(home, database.url).found


def test_a_column_that_is_not_there(database: Database, home: Settings) -> None:
    database.write(a_platform())
    database.run("alter table users drop column email", "alter table users add column nickname text")
    load = ingest(home, database.url)
    assert (load.tables["users"].missing_columns, load.tables["users"].unknown_columns) == (["email"], ["nickname"])
    database.run("alter table loans drop column amount")
    assert "no column amount" in refused(home, database.url).found


def test_no_server_no_right_and_a_wrong_password(database: Database, home: Settings) -> None:
    error = refused(home, "postgresql://someone:geheim@127.0.0.1:1/platform")
    assert "refused" in error.found and error.where == "postgresql://127.0.0.1:1/platform"
    assert "geheim" not in str(error)
    database.write(a_platform())
    database.run("create role reader login password 'geheim'", "grant select on all tables in schema public to reader")
    url = database.url.replace("postgres:@", "reader:geheim@")
    ingest(home, url)
    database.run("revoke select on repayments from reader")
    error = refused(home, url)
    assert "permission denied" in error.found and "table repayments" in error.where
    assert "geheim" not in str(error) + str(visible_loads(home))
    database.run("reassign owned by reader to postgres", "drop owned by reader", "drop role reader")


def test_a_policy_that_hides_rows_is_refused(database: Database, home: Settings) -> None:
    """The server's own counts and sums would leave the same rows out, so that nothing else could tell."""
    database.write(a_platform())
    database.run(
        "create role reader login password 'geheim'",
        "grant select on all tables in schema public to reader",
        "alter table repayments enable row level security",
        "create policy even on repayments for select to reader using (repayment_id % 2 = 0)",
    )
    url = database.url.replace("postgres:@", "reader:geheim@")
    error = refused(home, url)
    assert "row-level security" in error.found and "table repayments" in error.where and "bypassrls" in error.remedy
    assert visible_loads(home) == []
    database.run("alter role reader bypassrls")
    assert ingest(home, url).tables["repayments"].rows_new == len(a_platform().rows("repayments")) > 0
    database.run("drop policy even on repayments", "reassign owned by reader to postgres", "drop owned by reader", "drop role reader")


def test_what_the_login_may_do_beside_reading_is_told(database: Database, home: Settings) -> None:
    database.write(a_platform())
    assert ingest(home, database.url).surplus_rights == ["it is a superuser"]
    database.run("create role narrow login password 'geheim'", "grant select on all tables in schema public to narrow")
    url = database.url.replace("postgres:@", "narrow:geheim@")
    assert ingest(home, url).surplus_rights == []
    database.run("grant update on fees to narrow", "grant pg_write_server_files to narrow")
    told = notes_of_reading(read_source(home, url).found)
    assert [note for note in told if "login" in note] == [
        "the source's login may do more than read: it is a member of pg_write_server_files",
        "the source's login may do more than read: it may change 1 table(s), the first public.fees",
    ]
    database.run("drop owned by narrow", "revoke pg_write_server_files from narrow", "drop role narrow")


@pytest.mark.parametrize(
    "attempt",
    [
        "delete from loans",
        "select set_config('transaction_read_only', 'off', false)",
        "set transaction read write",
        "with gone as (delete from loans returning *) select * from gone",
        "select nextval('numbers')",
    ],
)
def test_the_session_stays_read_only_whatever_it_is_sent(attempt: str, database: Database) -> None:
    """What would get past the look at a mapping's SQL."""
    database.write(a_platform())
    database.run("create sequence numbers")
    with PostgresSource(database.url) as source:
        source.fetch("select 1")
        with pytest.raises(adbc_driver_manager.Error, match=r"read-only|read-write"):
            source.fetch(attempt)
    assert database.rows("select count(*) from loans") == [(1,)]


def test_options_of_tls_reach_the_servers_own_library(database: Database, home: Settings) -> None:
    """The server of the tests was made without TLS; that its library reads the options shows where it refuses one."""
    database.write(a_platform())
    ingest(home, f"{database.url}&sslmode=prefer&sslrootcert=/nowhere.pem")
    assert 'invalid sslmode value: "maybe"' in refused(home, f"{database.url}&sslmode=maybe").found


def test_a_session_that_is_ended_in_the_middle(database: Database, home: Settings) -> None:
    p = a_platform()
    database.write(p)
    # Each row of this view takes its time, and the first of them ends the session that reads it.
    database.run(
        "alter table fees rename to kept_fees",
        "create function ended() returns bigint language sql volatile as 'select pg_terminate_backend(pg_backend_pid())::int::bigint'",
        "create view fees as select fee_id, fee_kind, user_id, ended() as loan_id, amount, charged_at, created_at from kept_fees",
    )
    error = refused(home, database.url)
    assert "table fees" in error.where
    database.run("drop view fees", "alter table kept_fees rename to fees")
    assert ingest(home, database.url).tables["fees"].rows_new == 1


def test_a_value_that_cannot_be_read_holds_back_its_row_alone(database: Database, home: Settings) -> None:
    assert_one_row_is_held(
        database, home, "alter table fees alter column amount type numeric", "update fees set amount = 'NaN' where fee_id = 7"
    )
