"""Runs the checks of the catalogue on a build and keeps outcomes and findings in two long, narrow tables.

Belongs here: running and recording. Does not: any rule; rules are table macros of the dbt project.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import duckdb

from glassbook.catalogue import Check, load_checks
from glassbook.errors import CheckFailed
from orchestration.plan import own_cursor

OUTCOMES = (
    "check_code varchar, as_of_on date, severity varchar, is_blocking boolean, outcome varchar, finding_count bigint, message varchar"
)
# Rules of form were applied at ingestion; their findings are the rows in quarantine that the source still says, accepted ones too.
_FORM = (
    "select table_name || ' ' || key_text, coalesce(column_name, 'row'), '***', "
    "reason_code || case when state_code = 'accepted' then ', accepted by ' || decided_by else '' end "
    "from ctl_quarantine where reason_code = '{reason}' and state_code in ('open', 'accepted')"
)
_MEANING = "select entity, field, masked_value, message from {relation}(date '{day}') order by all"
FINDINGS = "check_code varchar, as_of_on date, entity varchar, field varchar, masked_value varchar, message varchar"


def run_checks(connection: duckdb.DuckDBPyConnection, as_of_on: date, threads: int) -> None:
    """Writes chk_outcomes (grain: check_code) and chk_findings (grain: a finding) as of a day; so many checks run at a time.

    Rows stand in the order of the catalogue, whichever check ended first.
    """
    supplied = {name for (name,) in connection.execute("select supply_name from ctl_supplied where is_supplied").fetchall()}
    connection.execute(f"create or replace table chk_outcomes ({OUTCOMES})")
    connection.execute(f"create or replace table chk_findings ({FINDINGS})")

    def run(check: Check) -> tuple[str, str | None, Any]:
        if check.relation and (lacking := [name for name in check.needs if name not in supplied]):
            return "not_supplied", "not supplied: " + ", ".join(lacking), None
        with own_cursor(connection) as cursor:
            return _run(cursor, check, as_of_on)

    with ThreadPoolExecutor(threads) as pool:
        results = list(zip(load_checks(), pool.map(run, load_checks()), strict=True))
    # One commit: each waits for the disk.
    connection.begin()
    for check, (outcome, message, findings) in results:
        if findings:
            connection.execute("insert into chk_findings select ?, ?, * from findings", [check.code, as_of_on])
        count = len(findings or ())
        connection.execute(
            "insert into chk_outcomes values (?, ?, ?, ?, ?, ?, ?)",
            [check.code, as_of_on, check.severity, check.is_blocking, outcome, count, message],
        )
    connection.commit()


def _run(cursor: duckdb.DuckDBPyConnection, check: Check, as_of_on: date) -> tuple[str, str | None, Any]:
    """Outcome, what is to be said of it, and the findings as an Arrow table."""
    query = _MEANING.format(relation=check.relation, day=as_of_on) if check.relation else _FORM.format(reason=check.name.split(".", 1)[1])
    try:
        findings = cursor.sql(query).to_arrow_table()
    except duckdb.Error as error:
        # A check that breaks has proved nothing, so it counts as failed.
        return "crashed", str(error).splitlines()[0], None
    return ("failed" if findings else "passed"), None, findings


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
