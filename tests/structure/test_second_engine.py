"""The lint of the dialect finds what Spark lacks or reads differently, in every branch of a model, and accepts what is the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.dialect.compiling import BRANCHES, Statement, compiled_statements
from tests.dialect.refusals import REFUSALS
from tests.dialect.translation import Finding, findings
from tests.dialect.words import FUNCTIONS
from warehouse.dbt_runner import PROJECT_DIR

REFUSED = {
    "foreign type": ["select cast(a as hugeint) from t", "select a::ubigint from t", "select 1.5::double from t"],
    "integer division": ["select a // b from t"],
    "division": ["select a / b from t", "select (a - a % c) / b from t"],
    "power": ["select 10 ** n from t", "select pow(10, n) from t"],
    "sign": ["select sign(a) from t"],
    "average": ["select avg(a) from t"],
    "median": ["select median(a) over (partition by b) from t"],
    "fraction cast to whole": ["select fee_amount::bigint from t", "select cast(sum(t.annual_rate) * 2 as integer) from t"],
    "days apart": ["select as_of_on - due_on from t", "select last_day(a) - coalesce(min(valid_from), date '2020-01-01') from t"],
    "interval of a column": ["select a + interval (n) day from t"],
    "latest of what may be null": [
        "select arg_max(a, b) from t",
        "select min_by(a, b) filter (c is not null) from t",
        "select max_by(a, b) filter (a is not null or b = 1) from t",
    ],
    "several greatest": ["select max(a, 10) from t", "select min(a, 2)[2] from t"],
    "asof join": ["select a from t asof left join u on t.x >= u.x", "select a from t positional join u"],
    "rows from a list": ["select a from unnest([1, 2]) as t (a)"],
    "unnest within an expression": ["select unnest(a)::date as day_on from t"],
    "recursive unnest": ["select unnest([{'a': 1}], recursive := true) from t"],
    "series": ["select unnest(generate_series(a, b, interval 1 day)) from t"],
    "union by name": ["select a from t union all by name select a from u"],
    "replaced column": ["select * replace (1 as a) from t"],
    "materialized": ["with a as materialized (select 1 as x) select x from a"],
    "trim": ["select trim(a) from t"],
    "error as null": ["select try(lower(a)) from t", "select try_cast(a as integer) from t"],
    "flags of a regular expression": ["select regexp_extract(a, 'b', 1, 'i') from t"],
    "one replacement": ["select regexp_replace(a, 'b', 'c') from t"],
    "end of line": ["select regexp_matches(a, '^b$') from t", "select regexp_extract(a, '(b)(?:[$]|$)', 1) from t"],
    "full match": ["select regexp_full_match(a, 'b') from t"],
    "row as a value": ["select arg_max({'all': fact}, fact.b) from t as fact"],
    "rows compared": ["select (a, b) is distinct from (c, d) from t", "select a from t where (a, b) <> (c, d)"],
    "row as a text": ["select 'differs: ' || (a, b) from t"],
    "neighbour in a frame": ["select lag(a) over w from t window w as (partition by b order by c rows unbounded preceding)"],
    "distinct on": ["select distinct on (a) a, b from t"],
    "function of DuckDB": [f"select {name}(a) from t" for name in FUNCTIONS if name not in ("regexp_full_match", "to_days", "list_min")],
    "reserved word as a name": [
        "select a as user from t",
        'select "order" from t',
        "select a from t as end",
        "with anti as (select 1 as a) select a from anti",
    ],
    "unread statement": ["vacuum t"],
    "unknown function": ["select spanish_inquisition(a) from t"],
    "unknown ToDays": ["select to_days(a) from t"],
    "unknown ArrayMin": ["select list_min(a) from t"],
    "unknown CurrentDate": ["select current_date from t"],
    "unknown ILike": ["select a from t where a ilike 'b'"],
    "SQL that sqlglot cannot read": ["select a from t where ("],
}

# Allowed: the same on both engines as it is, or after sqlglot's translation.
SAME = [
    "select sum(a) filter (b > 1) over w, lag(a) over w from t window w as (partition by b order by c)",
    "select a from t qualify row_number() over (partition by b order by c desc, a) > 1",
    "select * exclude (a) from t",
    "select arg_max({'rate': a}, b).rate, max_by(c, b) filter (where d = 1 and c is not null), any_value(a) from t",
    "select a, date_diff('day', due_on, as_of_on), due_on + 1, due_on - hold_days, as_of_on - interval 1 month from t group by all",
    "select round(a_rate)::integer, (amount > 0)::integer, cast(amount * 100 as bigint) from t",
    "select (x - x % y) / y, cast(a as decimal(38, 0)) * 10, b::decimal from t",
    "select a is distinct from b, (a, b) in (select c, d from u) from t",
    "select a from t anti join u on u.a = t.a",
    "select string_agg(a, '; ' order by a) from t",
    "select 'loan ' || a || ' of ' || b::varchar from t union all select null from u",
    "select a from t, lateral (select * from rpt_cn_scope_as_of(t.day_on)) as s",
    "with recursive a as (select 1 as n union all select n + 1 from a where n < 3) select n from a",
    "select regexp_extract_all(a, '(b)'), regexp_extract(a, '(?i)^(b)\\z', 1) from t",
    "select regexp_matches(a, '[$]'), regexp_replace(a, 'b', '', 'g') from t",
    "delete from t where loan_id in (select loan_id from u)",
    "truncate t",
]


def _findings(sql: str) -> list[Finding]:
    return list(findings(Statement("model", "models/model.sql", "full build", sql), frozenset({"rpt_cn_scope_as_of"})))


@pytest.mark.parametrize(("rule", "sql"), [(rule, sql) for rule, examples in REFUSED.items() for sql in examples])
def test_what_spark_reads_otherwise_is_found(rule: str, sql: str) -> None:
    found = _findings(sql)
    assert rule in {finding.rule for finding in found}, [str(finding) for finding in found]
    assert all(finding.says for finding in found)


def test_every_refusal_has_an_example() -> None:
    assert {refusal.name for refusal in REFUSALS} <= set(REFUSED)


@pytest.mark.parametrize("sql", SAME)
def test_what_is_the_same_on_both_engines_may_stay(sql: str) -> None:
    assert [str(finding) for finding in _findings(sql)] == []


def test_a_finding_says_where_it_stands() -> None:
    [finding] = _findings("select\n    a,\n    a // b as c\nfrom t")
    assert finding.line == 3
    assert "models/model.sql" in str(finding) and "a // b as c" in str(finding) and "macros/exact.sql" in str(finding)


def test_every_branch_and_hook_is_read_as_spark_would_be_sent_it(tmp_path: Path) -> None:
    """A model of the project is broken in a branch that only a later build takes; so is a hook."""
    project = tmp_path / "dbt_project"
    shutil.copytree(PROJECT_DIR, project, ignore=shutil.ignore_patterns("target", "logs", "__pycache__"))
    _replace(project / "macros" / "first_of.sql", "from candidates", "from candidates where hash(user_id) <> 0")
    _replace(
        project / "macros" / "touched.sql",
        "where {{ key }} in (select {{ key }} from {{ touched }})",
        "where {{ key }} // 1 in (select {{ key }} from {{ touched }})",
    )
    statements = list(compiled_statements(project))
    found = [finding for statement in statements for finding in findings(statement, frozenset())]
    spoilt = {(finding.statement.name, finding.statement.branch, finding.rule) for finding in found}
    assert ("fct_first_deposits", BRANCHES[1], "function of DuckDB") in spoilt
    assert ("fct_first_deposits", BRANCHES[0], "function of DuckDB") not in spoilt
    assert ("ldg_loans", BRANCHES[1], "integer division") in spoilt
    # What only DuckDB gets is not checked; what Spark gets instead is.
    texts = " ".join(statement.sql for statement in statements)
    assert "unix_micros(" in texts and "epoch_us(" not in texts
    assert {statement.branch for statement in statements} == set(BRANCHES)


def _replace(path: Path, right: str, wrong: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
