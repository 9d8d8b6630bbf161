"""SQL of a mapping: what only reads is run as it is, everything else is refused by name before a source sees it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pytest
import yaml
from click.testing import CliRunner

from glassbook.errors import InputError
from ingestion.commands.map import map_group
from ingestion.contract import load_contract
from ingestion.loading.load import LoadPlan
from ingestion.mapping import Mapping
from ingestion.mapping.given_sql import require_reading_sql
from ingestion.sources.duckdb.source import DuckDbSource
from ingestion.sources.opening import open_database
from ingestion.sources.sqlite.source import SqliteSource
from ingestion.sources.table import Request
from tests.support.duckdb_source import tables_as_they_are, write_database
from tests.support.lake import a_home, a_platform, refused, rows

QUERIES_REFUSED = {
    "postgres": {
        "select 1; drop table loans": "a semicolon",
        "select 1;": "a semicolon",
        "with gone as (delete from loans returning *) select * from gone": "changes data",
        "with more as (insert into loans values (1) returning *) select * from more": "changes data",
        "select * into copied from loans": "`into`",
        "select * from loans for update": "a lock of rows",
        "select * from (select * from loans for share) as held": "a lock of rows",
        "copy loans to '/tmp/loans'": "begins with copy",
        "call pay_out()": "begins with call",
        "explain analyze delete from loans": "begins with explain",
        "do $$ begin end $$": "begins with do",
        "select pg_read_file('/etc/passwd')": "the function pg_read_file",
        "select \"pg_read_file\"('/etc/passwd')": "the function pg_read_file",
        "select pg_catalog.pg_read_file('/etc/passwd')": "a function of a schema",
        "select U&\"pg\\005fread_file\"('/etc/passwd')": "the function",
        "select lo_export(1, '/tmp/x')": "the function lo_export",
        "select * from dblink('dbname=x', 'delete from loans') as t (a int)": "the function dblink",
        "select set_config('transaction_read_only', 'off', false)": "the function set_config",
        "select nextval('numbers')": "the function nextval",
        "select (select pg_terminate_backend(1))": "the function pg_terminate_backend",
        "select query_to_xml('select 1', true, true, '')": "the function query_to_xml",
        "select 1 union all select pg_sleep(9)::text::int": "the function pg_sleep",
        "select 1 operator(pg_catalog.+) 2": "an operator of a schema",
        "select $1": "a parameter",
        "select $$text$$": "a form of text",
        "select 1 /* why */": "a comment other than",
        "select 'a\\' , pg_sleep(9), '": "a backslash before a quote",
        "select from where": "cannot be read as postgres",
        "": "nothing",
        "-- nothing": "nothing",
        "select " + "(" * 4000 + "1" + ")" * 4000: "cannot be read",
    },
    "mysql": {
        "select load_file('/etc/passwd')": "the function load_file",
        "select 1 into outfile '/tmp/x'": "cannot be read as mysql",
        "select 1 into dumpfile '/tmp/x'": "cannot be read as mysql",
        "select 1 into @kept": "`into`",
        "select @kept := 1": "a variable",
        "select @@version": "a variable of the server",
        "select sleep(9)": "the function sleep",
        "select benchmark(1000000, md5('x'))": "the function benchmark",
        "select get_lock('x', 1)": "the function get_lock",
        "select * from loans lock in share mode": "a lock of rows",
        "select 1 /*! , sleep(9) */": "a comment other than",
        "select 1 # , 2": "a comment other than",
        "select /*+ set_var(sql_mode = '') */ 1": "a form of text or hint",
        'select "\\" , sleep(9), \\""': "a backslash before a quote",
    },
    "sqlite": {
        "select load_extension('x')": "the function load_extension",
        "select writefile('x', 'y')": "the function writefile",
        "attach 'x' as other": "begins with attach",
        "pragma query_only = 0": "begins with pragma",
    },
    "duckdb": {
        "select * from read_csv('/etc/passwd')": "the function read_csv",
        "select * from read_parquet('x')": "the function read_parquet",
        "select * from read_text('/etc/passwd')": "the function read_text",
        "select * from glob('/*')": "the function glob",
        "select getenv('HOME')": "the function getenv",
        "select * from query('select 1')": "the function query",
        "select * from '/etc/passwd'": "the file /etc/passwd",
        "from 'x.csv'": "the file x.csv",
        "install httpfs": "begins with install",
        "copy loans to 'x'": "begins with copy",
    },
}
EXPRESSIONS_REFUSED = {
    "1), (2": "more than one expression",
    "1) as a from loans where (true": "more than one expression",
    "1) + (2": "more than one expression",
    "1) union select (2": "more than one",
    "a, b": "more than one expression",
    "1) from loans --": "cannot be read",
    "lower(a) -- b\n; drop table loans": "a semicolon",
    "(select pg_read_file('x'))": "the function pg_read_file",
    "pg_sleep(9) is null": "the function pg_sleep",
}
READING = {
    "postgres": (
        "select a, b -- of the living\nfrom t where c",
        "with x as (select 1 as a) (select a from x) union all (select 2)",
        "select t.*, row_number() over (partition by a order by b), count(*) filter (where c) from t join u using (d) group by a",
        "select j ->> 'a', j #>> '{a,b}', (j -> 'x')::int, e'it''s', \"Odd Name\" from \"s\".\"t\" where j ? 'k' and a ~ '^\\d+$'",
        "select to_date((19000000 + b::integer)::text, 'YYYYMMDD'), to_char(a, 'YYYY'), extract(epoch from c), age(d), now() from t",
        "select distinct on (a) make_date(2019, 1, 1), split_part(a, 'x', 1), regexp_replace(a, 'x', 'y', 'g'), array[1, 2] from t",
        "select g.n, x.* from generate_series(1, 9) as g (n) cross join lateral (select 1) as x",
    ),
    "mysql": (
        "select `a`, \"b\", convert_tz(a, '+00:00', '+08:00'), from_unixtime(b), date_format(c, '%Y'), 5--1 from db.t limit 1, 2",
        "select str_to_date(d, '%y%m%d'), json_unquote(json_extract(j, '$.a')), j ->> '$.a', cast(a as unsigned), a regexp '\\\\d' from t",
        "select group_concat(a order by b separator ','), mid(a, 1, 2), period_add(a, 1), if(a, 1, 2) from t force index (i)",
    ),
    "sqlite": (
        "select strftime('%Y', a), date(b, 'unixepoch'), julianday(a), ifnull(a, b), [x y], `z`, printf('%d', a) from t where rowid > 1",
    ),
    "duckdb": (
        "from t",
        "select * exclude (a) replace (b as c), {'a': 1}, [1, 2], a // 2, strptime(a, '%y%m%d'), try_cast(a as int) from \"费用\"",
        "select list_transform(l, x -> x + 1), l[1:2], s.a from main.t qualify row_number() over (partition by a) = 1",
    ),
}
EXPRESSIONS_READING = (
    *("a", "comment", "r_state = 3", "now", "2019-12-31", "replace(a, 'x', 'y')", "coalesce(paid_at, created_at)", "a and b or c -- why"),
    *("(select max(closed_on) from day_close)", "case when a then b else c end", "nullif(x, date '2099-12-31')", "end_date in (1, 2)"),
)


@pytest.mark.parametrize(("dialect", "query"), [(d, q) for d, queries in QUERIES_REFUSED.items() for q in queries])
def test_a_query_that_may_do_more_than_read_is_refused_by_name(dialect: str, query: str) -> None:
    with pytest.raises(InputError) as refusal:
        require_reading_sql(query, dialect, "here", is_query=True)
    assert QUERIES_REFUSED[dialect][query] in refusal.value.found
    assert "make a view" in refusal.value.remedy


@pytest.mark.parametrize("expression", EXPRESSIONS_REFUSED)
def test_an_expression_stays_within_its_brackets(expression: str) -> None:
    with pytest.raises(InputError) as refusal:
        require_reading_sql(expression, "postgres", "here")
    assert EXPRESSIONS_REFUSED[expression] in refusal.value.found


@pytest.mark.parametrize(("dialect", "query"), [(d, q) for d, queries in READING.items() for q in queries])
def test_a_query_that_reads_is_let_through(dialect: str, query: str) -> None:
    require_reading_sql(query, dialect, "here", is_query=True)


@pytest.mark.parametrize("expression", EXPRESSIONS_READING)
def test_an_expression_that_reads_is_let_through(expression: str) -> None:
    for dialect in READING:
        require_reading_sql(expression, dialect, "here")


def _mapped(source: Path, **fees: object) -> dict[str, object]:
    tables = tables_as_they_are(a_platform(), source)
    tables["fees"] |= fees
    if "query" in fees:
        del tables["fees"]["from"]
    return {"version": 1, "tables": tables}


@pytest.mark.parametrize(
    ("fees", "place"),
    [
        ({"query": "select * from read_csv('/etc/passwd')"}, "query"),
        ({"where": "amount > length(getenv('HOME'))"}, "where"),
        ({"columns": {"amount": {"sql": "length(read_text('/etc/passwd'))"}}}, "columns.amount.sql"),
    ],
)
def test_load_and_check_name_table_and_place(fees: dict[str, object], place: str, tmp_path: Path) -> None:
    source = write_database(a_platform(), tmp_path / "platform.duckdb")
    mapping = _mapped(source, **fees)
    error = refused(a_home(tmp_path / "home"), source, LoadPlan(Mapping.model_validate(mapping)))
    assert "the function" in error.found and "table fees" in error.where and error.where.endswith(f"{place} of the mapping")
    (tmp_path / "mapping.yml").write_text(yaml.safe_dump(mapping), encoding="utf-8")
    held = CliRunner().invoke(map_group, ["check", "--mapping", str(tmp_path / "mapping.yml"), "--source", str(source)])
    assert held.exit_code == 1 and f"{place} of the mapping: found the function" in held.output
    alone = CliRunner().invoke(map_group, ["check", "--mapping", str(tmp_path / "mapping.yml")])
    assert "the function" in str(alone.exception) and f"tables.fees, {place}" in str(alone.exception)


def test_the_expression_of_the_day_is_looked_at_as_well(tmp_path: Path) -> None:
    source = write_database(a_platform(), tmp_path / "platform.duckdb")
    mapping = _mapped(source) | {"complete_until": "(select content from read_text('/etc/passwd'))"}
    error = refused(a_home(tmp_path / "home"), source, LoadPlan(Mapping.model_validate(mapping)))
    assert "read_text" in error.found and "complete_until" in error.where


def test_a_query_may_end_with_a_comment(tmp_path: Path) -> None:
    from ingestion.loading.load import ingest

    source, home = write_database(a_platform(), tmp_path / "platform.duckdb"), a_home(tmp_path / "home")
    mapping = _mapped(
        source, query="select * from fees -- all", where="amount > 0 -- of them", columns={"amount": {"sql": "amount -- as it is"}}
    )
    mapping["tables"]["fees"]["columns"] |= {c.name: c.name for c in load_contract().tables["fees"].columns if c.name != "amount"}  # type: ignore[index]
    ingest(home, source, LoadPlan(Mapping.model_validate(mapping)))
    assert [str(row["amount"]) for row in rows(home, "fees")] == ["3.21"]


def test_duckdbs_session_opens_nothing_beside_its_file(tmp_path: Path) -> None:
    """What would get past the look at the SQL."""
    source = write_database(a_platform(), tmp_path / "platform.duckdb")
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    secret = str(tmp_path / "secret.csv")
    for attempt in (
        f"select * from read_csv('{secret}')",
        f"from '{secret}'",
        f"copy loans to '{tmp_path / 'out.csv'}'",
        f"attach '{tmp_path / 'other.duckdb'}'",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "insert into loans select * from loans",
    ):
        with DuckDbSource(source) as opened, pytest.raises(duckdb.Error):
            opened.fetch(attempt)
    assert not (tmp_path / "out.csv").exists() and not (tmp_path / "other.duckdb").exists()


def test_a_folder_as_tables_opens_no_other_file(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "charges.csv").write_text("n,amount\n1,2.00\n", encoding="utf-8")
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    with open_database(str(folder)) as opened:
        assert opened.fetch("select amount from charges") == [("2.00",)]
        with pytest.raises(duckdb.Error, match="disabled by configuration"):
            opened.fetch(f"select * from read_csv('{tmp_path / 'secret.csv'}')")


def test_sqlites_session_does_nothing_but_read(tmp_path: Path) -> None:
    file = tmp_path / "platform.db"
    with sqlite3.connect(file) as connection:
        connection.executescript("create table charges (n integer, made text); insert into charges values (1, '[1, 2]');")
    connection.close()
    with SqliteSource(file) as opened:
        assert opened.fetch("select value from charges, json_each(made)") == [(1,), (2,)]
        for attempt in (
            "insert into charges values (2, '')",
            f"attach '{tmp_path / 'other.db'}' as other",
            "pragma query_only = 0",
            "select load_extension('x')",
            "create table more (a)",
            "create temporary table more (a)",
        ):
            with pytest.raises(sqlite3.Error, match="not authorized"):
                opened.fetch(attempt)
    assert not (tmp_path / "other.db").exists()


def test_the_shape_of_a_mapped_table_is_still_found(tmp_path: Path) -> None:
    source = write_database(a_platform(), tmp_path / "platform.duckdb")
    mapping = Mapping.model_validate(_mapped(source, query="select * from fees"))
    with DuckDbSource(source) as opened, duckdb.connect() as engine:
        read = opened.open(engine, load_contract().tables["fees"], Request(mapping.of("fees")))
        assert read is not None and read.totals is not None and read.totals().rows == 1
