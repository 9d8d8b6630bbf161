"""Runs the checks of the catalogue on a build and keeps outcomes and findings in two long, narrow tables.

Belongs here: running and recording. Does not: any rule; rules are table macros of the dbt project.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from glassbook.catalogue import Check, load_checks
from glassbook.errors import CheckFailed

OUTCOMES = (
    "check_code varchar, as_of_on date, severity varchar, is_blocking boolean, outcome varchar, finding_count bigint, message varchar"
)
# Rules of form were applied at ingestion; their findings are the rows in quarantine that the source still sends, accepted ones too.
_FORM = (
    "select table_name || ' ' || key_text, coalesce(column_name, 'row'), '***', "
    "reason_code || case when state_code = 'accepted' then ', accepted by ' || decided_by else '' end "
    "from ctl_quarantine where reason_code = '{reason}' and state_code in ('open', 'accepted')"
)
_MEANING = "select {code}entity, field, masked_value, message from {relation}(date '{day}') order by all"
FINDINGS = "check_code varchar, as_of_on date, entity varchar, field varchar, masked_value varchar, message varchar"


@dataclass(frozen=True)
class CheckOutcome:
    """The outcome of one check of the catalogue: passed, failed, crashed, or not_supplied, which means that it was not run."""

    code: str
    severity: str
    is_blocking: bool
    outcome: str
    finding_count: int
    message: str | None


Result = tuple[str, str | None, Any]
"""Outcome of a check, its message if any, and its findings as an Arrow table."""


def run_checks(connection: duckdb.DuckDBPyConnection, as_of_on: date, threads: int) -> dict[str, Result]:
    """The result of every check on a day, by code; `threads` run at a time. They only read, so the file can be written out meanwhile."""
    supplied = {name for (name,) in connection.execute("select supply_name from ctl_supplied where is_supplied").fetchall()}

    def lacks(check: Check) -> list[str]:
        return check.lacks(supplied) if check.relation else []

    def run(checks: tuple[Check, ...]) -> list[Result]:
        with connection.cursor() as cursor:
            return _run(cursor, checks, as_of_on)

    results: dict[str, Result] = {c.code: ("not_supplied", "not supplied: " + ", ".join(lacks(c)), None) for c in load_checks() if lacks(c)}
    groups = _groups([check for check in load_checks() if check.code not in results])
    with ThreadPoolExecutor(threads) as pool:
        for checks, ran in zip(groups, pool.map(run, groups), strict=True):
            results |= zip((check.code for check in checks), ran, strict=True)
    return results


def write_results(
    connection: duckdb.DuckDBPyConnection, as_of_on: date, results: dict[str, Result], data_tests: Sequence[str]
) -> list[CheckOutcome]:
    """Writes chk_outcomes (grain: check_code) and chk_findings (grain: a finding), in the order of the catalogue; returns its outcomes.

    The models' `data_tests` stand in the same list by name, as passed: a build ends when one of them fails. Those that read the whole
    history may have run last in an earlier build of the week.
    """
    outcomes = []
    connection.begin()
    connection.execute(f"create or replace table chk_outcomes ({OUTCOMES})")
    connection.execute(f"create or replace table chk_findings ({FINDINGS})")
    for check in load_checks():
        outcome, message, findings = results[check.code]
        if findings:
            connection.execute("insert into chk_findings select ?, ?, * from findings", [check.code, as_of_on])
        one = CheckOutcome(check.code, check.severity, check.is_blocking, outcome, len(findings or ()), message)
        connection.execute(
            "insert into chk_outcomes values (?, ?, ?, ?, ?, ?, ?)",
            [one.code, as_of_on, one.severity, one.is_blocking, one.outcome, one.finding_count, one.message],
        )
        outcomes.append(one)
    if data_tests:
        passed = "insert into chk_outcomes select unnest(?), ?, 'error', true, 'passed', 0, null"
        connection.execute(passed, [sorted(data_tests), as_of_on])
    connection.commit()
    return outcomes


def _groups(checks: list[Check]) -> list[tuple[Check, ...]]:
    """The checks that one query serves together, in the order of the catalogue."""
    groups: dict[str, list[Check]] = {}
    for check in checks:
        groups.setdefault(check.relation if check.relation and check.is_one_of_several else check.code, []).append(check)
    return [tuple(group) for group in groups.values()]


def _run(cursor: duckdb.DuckDBPyConnection, checks: tuple[Check, ...], as_of_on: date) -> list[Result]:
    """Result of each of the checks that one query serves."""
    one = checks[0]
    if one.relation:
        query = _MEANING.format(code="check_code, " if one.is_one_of_several else "", relation=one.relation, day=as_of_on)
    else:
        query = _FORM.format(reason=one.name.split(".", 1)[1])
    try:
        found = cursor.sql(query).to_arrow_table()
        each = [_findings_of(cursor, found, check) for check in checks] if one.is_one_of_several else [found]
    except duckdb.Error as error:
        # A check that crashes has proved nothing, so it counts as failed.
        return [("crashed", str(error).splitlines()[0], None) for _ in checks]
    return [("failed" if findings else "passed", None, findings) for findings in each]


def _findings_of(cursor: duckdb.DuckDBPyConnection, found: Any, check: Check) -> Any:
    columns = "entity, field, masked_value, message"
    return cursor.from_arrow(found).filter(f"check_code = '{check.code}'").project(columns).order(columns).to_arrow_table()


def require_blocking_checks(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises CheckFailed that names every blocking check that did not pass, with its first findings."""
    failed = connection.execute(
        "select check_code, outcome, finding_count, coalesce(message, '') from chk_outcomes "
        "where is_blocking and outcome <> 'passed' order by 1"
    ).fetchall()
    if not failed:
        return
    lines = []
    for code, outcome, count, message in failed:
        lines.append(f"  {code} {outcome}, {count} findings {message}")
        found = connection.execute("select entity, message from chk_findings where check_code = ? limit 3", [code]).fetchall()
        lines += [f"    {entity}: {text}" for entity, text in found]
    raise CheckFailed("blocking checks do not hold; the snapshot in force stays.\n" + "\n".join(lines))
