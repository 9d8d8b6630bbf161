"""The SQL of a mapping's column gives one value for each row: some servers make one row of a whole table, without an error."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from glassbook.errors import InputError
from ingestion.loading.load import ingest
from ingestion.mapping.given_sql import require_reading_sql
from tests.ingestion.sources.test_mysql import fees_mapped
from tests.ingestion.sources.test_other_files import a_source, mapped_fees, sqlite_file
from tests.support.lake import a_home, a_platform, refused, rows
from tests.support.mariadb import Database, mariadb, mariadb_database

__all__ = ["mariadb", "mariadb_database"]
DIALECTS = ("mysql", "postgres", "duckdb", "sqlite")
OVER_ROWS = (
    *("max(a)", "1 + count(*)", "sum(a) over ()", "row_number() over (order by a)", "group_concat(a)", "array_agg(a)", "total(a)"),
    *("(select max(a))", "coalesce((select (select min(a))), 0)", "case when avg(a) > 1 then b end", "a > (select 1) and count(b) > 1"),
)
OF_ONE_ROW = (
    *("(select max(b) from t)", "coalesce((select count(*) from t where t.a = x.a), 0)", "exists (select 1 from t having count(*) > 1)"),
    *("a in (select max(b) from t group by c)", "(with q as (select max(b) as c from t) select c from q)", "coalesce(a, b)"),
)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("expression", OVER_ROWS)
def test_an_expression_over_several_rows_is_refused(expression: str, dialect: str) -> None:
    with pytest.raises(InputError) as refusal:
        require_reading_sql(expression, dialect, "here")
    assert "does not belong to one row alone" in refusal.value.found and refusal.value.where == "here"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("expression", OF_ONE_ROW)
def test_a_subselect_may_add_up_its_own_rows(expression: str, dialect: str) -> None:
    require_reading_sql(expression, dialect, "here")


@pytest.mark.mariadb
def test_a_server_that_would_collapse_the_table_is_not_asked(mariadb_database: Database, tmp_path: Path) -> None:
    p = a_platform()
    p.fee("9.99", "2019-01-11 10:00")
    mariadb_database.write(p)
    error = refused(a_home(tmp_path / "home"), mariadb_database.url, fees_mapped(amount={"sql": "max(amount)"}))
    assert error.found.startswith("MAX(amount)") and error.where.endswith("table fees, columns.amount.sql of the mapping")


def test_rows_that_an_expression_swallows_are_counted(tmp_path: Path) -> None:
    """By the standard, a total of nothing but outer columns is the outer query's, and the parser does not know whose a column is."""
    source = a_source(tmp_path / "source")
    two = sqlite_file(source)
    columns = "".join(f"      {name}: {name}\n" for name in ("fee_id", "fee_kind", "user_id", "charged_at", "created_at"))
    with sqlite3.connect(two) as connection:
        connection.execute("insert into fees select * from fees")
        connection.execute("update fees set fee_id = rowid")
    connection.close()
    plan = mapped_fees(two, columns + "      amount: {sql: (select max(fees.amount) from users where user_id = 1)}\n")
    error = refused(a_home(tmp_path / "home"), two, plan)
    assert error.found == "1 rows, although the source has 2" and "columns.amount.sql of the mapping" in error.where
    good = mapped_fees(two, columns + "      amount: {sql: 'coalesce(amount, (select max(amount) from fees))'}\n")
    home = a_home(tmp_path / "other")
    ingest(home, two, good)
    assert len(rows(home, "fees")) == 2
