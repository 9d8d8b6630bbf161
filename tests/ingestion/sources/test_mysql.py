"""Loading from a real MariaDB server: exact, as of one moment, with errors that say what is wrong and never a password."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest
import trustme

from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from ingestion.contract import load_contract
from ingestion.loading.load import LoadPlan, ingest, read_source
from ingestion.mapping import Mapping
from ingestion.sources.mysql.source import MySqlSource
from ingestion.sources.table import Request
from tests.support.lake import a_home, a_platform, assert_arrived, newest, refused, rows
from tests.support.mariadb import Database, mariadb, mariadb_database, running_server
from tests.support.unreadable import assert_one_row_is_held

__all__ = ["mariadb", "mariadb_database"]
pytestmark = pytest.mark.mariadb


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return a_home(tmp_path / "home")


@pytest.fixture
def database(mariadb_database: Database) -> Database:
    return mariadb_database


def fees_mapped(**columns: object) -> LoadPlan:
    """A load in which only columns of `fees` are mapped differently from their names."""
    tables = {
        name: {"from": name, "columns": {c: c for c in table.column_names}}
        for name, table in load_contract().tables.items()
        if name in ("users", "products", "loans", "investments", "instalments", "repayments", "fees")
    }
    tables["fees"]["columns"] |= columns  # type: ignore[operator]
    return LoadPlan(Mapping.model_validate({"version": 1, "tables": tables}))


def test_every_row_arrives_as_from_a_folder(database: Database, home: Settings, tmp_path: Path) -> None:
    p = a_platform()
    p.user(legal_name="林😀\t\"'\\\n", id_number=None, birth_date="1931-02-03", registered_at="1969-12-31 23:59:59.123456")
    database.write(p)
    load = ingest(home, database.socket_url)
    assert_arrived(home, p, tmp_path)
    assert load.tables["users"].rows_at_source == len(p.rows("users"))
    assert load.tables["repayments"].money_sums["principal"]["source"] == "500.00"


def test_later_loads_read_what_is_new_and_find_what_is_gone(database: Database, home: Settings) -> None:
    database.write(a_platform())
    first = ingest(home, database.url)
    assert ingest(home, database.url) == first
    database.run("update loans set status = 'settled', updated_at = '2019-04-30 16:00:00' where loan_id = 1", "delete from repayments")
    second = ingest(home, database.url)
    assert second.tables["loans"].is_windowed and second.tables["loans"].rows_new == 1
    assert ingest(home, database.url, LoadPlan(scope="reconcile")).tables["repayments"].rows_gone == 1


def test_all_tables_are_of_one_moment_and_the_session_cannot_write(database: Database) -> None:
    database.write(a_platform())
    tables = load_contract().tables
    with MySqlSource(database.url) as source, duckdb.connect() as engine:
        counts = []
        for name in ("loans", "repayments"):
            read = source.open(engine, tables[name], Request())
            assert read is not None
            counts.append(len(engine.execute(read.query).fetchall()))
            database.run("delete from repayments", "delete from loans")
        with pytest.raises(Exception, match="READ ONLY"):
            source.fetch("delete from fees")
    assert counts == [1, 1]


@pytest.mark.parametrize(
    ("definition", "value", "held"),
    [
        ("decimal(18,2)", "-99999999999.78", Decimal("-99999999999.78")),
        ("decimal(38,10)", "12.3400000000", Decimal("12.34")),
        ("int zerofill", "7", Decimal("7.00")),
        ("decimal(20,2) zerofill", "12.30", Decimal("12.30")),
        ("bigint unsigned", "7", Decimal("7.00")),
    ],
)
def test_money_of_any_exact_type(definition: str, value: str, held: Decimal, database: Database, home: Settings) -> None:
    database.write(a_platform())
    database.run(f"alter table fees modify amount {definition}", f"update fees set amount = {value}")
    ingest(home, database.url)
    assert [row["amount"] for row in rows(home, "fees")] == [held]


@pytest.mark.parametrize(
    ("column", "definition", "value", "found"),
    [
        ("amount", "decimal(38,10)", "1.0000000001", "'1.0000000001' in column amount"),
        ("amount", "decimal(30,2)", "12345678901234567.00", "'12345678901234567.00' in column amount"),
        ("user_id", "bigint unsigned", "18446744073709551615", "'18446744073709551615' in column user_id"),
        ("amount", "double", "1.5", "column amount of type double"),
        ("amount", "float", "1.5", "column amount of type float"),
        ("charged_at", "text", "'x'", "'x' in column charged_at"),
        ("charged_at", "datetime", "'0000-00-00 00:00:00'", "'0000-00-00 00:00:00' in column charged_at"),
        ("fee_kind", "varbinary(20)", "0xff", "column fee_kind of type binary"),
    ],
)
def test_a_value_or_type_that_does_not_fit(
    column: str, definition: str, value: str, found: str, database: Database, home: Settings
) -> None:
    database.write(a_platform())
    with database.session(sql_mode="") as cursor:
        cursor.execute(f"alter table fees modify {column} {definition}")
        cursor.execute(f"update fees set {column} = {value}")
    error = refused(home, database.url)
    assert found in error.found
    assert "table fees" in error.where
    assert error.where.endswith("fee_id 1") or "of type" in found


def test_types_of_its_own(database: Database, home: Settings) -> None:
    database.write(a_platform())
    with database.session(sql_mode="", init_command="set time_zone = '+08:00'") as cursor:
        for statement in (
            "alter table users modify status enum('active', 'frozen', 'closed')",
            "alter table fees modify charged_at timestamp(6) not null default '2019-01-10 10:00:00.000001'",
            "update fees set charged_at = '2019-01-10 10:00:00.000001'",
        ):
            cursor.execute(statement)
    ingest(home, database.url)
    assert {row["status"] for row in rows(home, "users")} == {"active"}
    assert rows(home, "fees")[0]["charged_at"] == datetime.fromisoformat("2019-01-10 02:00:00.000001"), (
        "a timestamp is an instant: UTC in the lake"
    )


def test_a_text_with_nul_stays_as_it_is_and_so_does_what_is_behind_it(database: Database, home: Settings) -> None:
    p = a_platform()
    database.write(p)
    database.run("update users set legal_name = concat('林', char(0), '木'), updated_at = '2019-05-01' where user_id = 1")
    ingest(home, database.url)
    found = newest(home, "users", 1)
    assert found["legal_name"] == "林\0木"
    database.run("update users set legal_name = concat('林', char(0), '森'), updated_at = '2019-05-02' where user_id = 1")
    ingest(home, database.url)
    assert newest(home, "users", 1)["legal_name"] == "林\0森"
    assert newest(home, "users", 1)["_row_hash"] != found["_row_hash"]


def test_a_mapping_says_what_zero_dates_zones_and_codes_mean(database: Database, home: Settings) -> None:
    database.write(a_platform())
    with database.session(sql_mode="") as cursor:
        cursor.execute("alter table fees add `金额 分` bigint unsigned, add art tinyint, add `order` datetime, add `when` json")
        cursor.execute("update fees set `金额 分` = 1234567890123456789 div 1000000, art = 3, `order` = '0000-00-00', `when` = '\"x\"'")
    plan = fees_mapped(
        amount={"from": "金额 分", "unit": "cents"},
        fee_kind={"from": "art", "values": {"3": "borrower_service"}},
        charged_at={"from": "order", "timezone": "Asia/Shanghai", "zero_dates": "null", "if_null": "2019-01-10 02:00:00"},
    )
    ingest(home, database.url, plan)
    assert rows(home, "fees")[0]["amount"] == Decimal("12345678901.23")
    assert rows(home, "fees")[0]["charged_at"] == datetime.fromisoformat("2019-01-10 02:00:00")
    assert rows(home, "fees")[0]["fee_kind"] == "borrower_service"


def test_views_empty_tables_and_tables_without_key(database: Database, home: Settings) -> None:
    database.write(a_platform())
    database.run(
        "alter table users rename to `用户`",
        "create view users as select * from `用户`",
        "alter table fees drop primary key",
        "delete from fees",
        "drop table complaints",
    )
    load = ingest(home, database.url)
    assert load.tables["users"].rows_new and load.tables["fees"].rows_read == 0 and load.tables["fees"].is_supplied
    assert not load.tables["complaints"].is_supplied
    database.run("drop view users")
    assert "users" in refused(home, database.url).found


def test_no_server_no_right_and_a_wrong_password(database: Database, home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    error = refused(home, "mysql://someone:geheim@127.0.0.1:1/platform")
    assert "connect" in error.found.lower() and error.where == "mysql://127.0.0.1:1/platform"
    assert "geheim" not in str(error)
    database.write(a_platform())
    tables = [name for name, table in load_contract().tables.items() if name != "repayments"]
    reader = f"reader_{database.name}"
    database.run(
        f"create user {reader} identified by 'geheim😀'",
        *(f"grant select on {database.name}.{name} to {reader}" for name in [*tables, "repayments"]),
    )
    url = database.server.url(database.name, user=reader, password="geheim😀")
    ingest(home, url)
    database.run(f"revoke select on {database.name}.repayments from {reader}")
    error = refused(home, url)
    assert "repayments" in error.found + error.where
    assert "geheim" not in str(error) + str(visible_loads(home))
    wrong = refused(home, database.server.url(database.name, user=reader, password="falsch"))
    assert "Access denied" in wrong.found and "falsch" not in str(wrong)
    monkeypatch.setenv("MYSQL_PWD", "geheim😀")
    bare = url.replace(":" + quote("geheim😀", safe=""), "")
    database.run(f"grant select on {database.name}.repayments to {reader}")
    assert ingest(home, bare) == visible_loads(home)[-1]


def test_what_the_login_may_do_beside_reading_is_told(database: Database, home: Settings) -> None:
    database.write(a_platform())
    reader = f"narrow_{database.name}"
    database.run(f"create user {reader} identified by 'geheim'", f"grant select on {database.name}.* to {reader}")
    url = database.server.url(database.name, user=reader, password="geheim")
    assert ingest(home, url).surplus_rights == []
    database.run(f"grant insert, update (status) on {database.name}.loans to {reader}")
    assert read_source(home, url).found.surplus_rights == [f"it has INSERT, UPDATE on `{database.name}`.`loans`"]
    assert "ALL PRIVILEGES" in read_source(home, database.url).found.surplus_rights[0]


def test_tls_is_what_the_address_asks_for(database: Database, home: Settings, tmp_path: Path) -> None:
    """A user that the server accepts only over TLS."""
    p = a_platform()
    for _ in range(3000):
        p.user()  # more than one record of TLS holds
    database.write(p)
    reader = f"tls_{database.name}"
    database.run(f"create user {reader} identified by 'geheim' require ssl", f"grant select on {database.name}.* to {reader}")
    plain = database.server.url(database.name, user=reader, password="geheim")
    assert "Access denied" in refused(home, f"{plain}?ssl_mode=DISABLED").found
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    assert "certificate verify failed" in refused(home, f"{plain}?ssl_ca={quote(str(stranger))}").found
    assert ingest(home, f"{plain}?ssl_ca={quote(str(database.server.ca_file))}").tables["users"].rows_new > 3000
    for mode in ("REQUIRED", "PREFERRED"):
        assert ingest(a_home(tmp_path / mode), f"{plain}?ssl_mode={mode}").tables["users"].rows_new > 3000


def _killed_while_it_sleeps(database: Database) -> None:
    """Kills the server once the rows of the view are being read."""
    while not database.rows("select 1 from information_schema.processlist where state = 'User sleep'"):
        time.sleep(0.05)
    database.server.kill()


def test_a_server_that_is_killed_in_the_middle(home: Settings) -> None:
    with running_server() as server:
        database = Database(server, "platform")
        Database(server, "mysql").run("create database platform")
        p = a_platform()
        database.write(p)
        database.run(
            "alter table fees rename to kept_fees",
            "create view fees as select fee_id, fee_kind, user_id, loan_id + sleep(600) as loan_id, amount, charged_at, created_at "
            "from kept_fees",
        )
        ending = threading.Thread(target=_killed_while_it_sleeps, args=(Database(server, "mysql"),))
        ending.start()
        error = refused(home, database.url)
        ending.join()
        assert "table fees" in error.where
        server.start()
        database.run("drop view fees", "alter table kept_fees rename to fees")
        assert ingest(home, database.url).tables["fees"].rows_new == 1


def test_dates_and_bools_are_what_they_are(database: Database, home: Settings) -> None:
    p = a_platform()
    database.write(p)
    ingest(home, database.url)
    assert rows(home, "instalments")[0]["due_on"] == date(2019, 2, 10)
    assert rows(home, "repayments")[0]["paid_at"].replace(tzinfo=UTC) == datetime(2019, 2, 10, 4, tzinfo=UTC)


def test_a_value_that_cannot_be_read_holds_back_its_row_alone(database: Database, home: Settings) -> None:
    assert_one_row_is_held(
        database, home, "alter table fees modify amount decimal(38, 10)", "update fees set amount = 1.005 where fee_id = 7"
    )
