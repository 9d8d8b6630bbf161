"""Runs the checks of the catalogue on a build and keeps outcomes and findings in two long, narrow tables.

Belongs here: running and recording. Does not: any rule; rules are table macros of the dbt project.
"""

from __future__ import annotations

from datetime import date

import duckdb

from glassbook.catalogue import Check, load_checks
from glassbook.errors import CheckFailed

OUTCOMES = (
    "check_code varchar, as_of_on date, severity varchar, is_blocking boolean, outcome varchar, finding_count bigint, message varchar"
)
FINDINGS = "check_code varchar, as_of_on date, entity varchar, field varchar, masked_value varchar, message varchar"


def run_checks(connection: duckdb.DuckDBPyConnection, as_of_on: date) -> None:
    """Writes chk_outcomes (grain: check_code) and chk_findings (grain: a finding) as of a day."""
    connection.execute(f"create or replace table chk_outcomes ({OUTCOMES})")
    connection.execute(f"create or replace table chk_findings ({FINDINGS})")
    supplied = {name for (name,) in connection.execute("select supply_name from ctl_supplied where is_supplied").fetchall()}
    for check in load_checks():
        lacking = [name for name in check.needs if name not in supplied]
        if check.relation is None:
            outcome, count, message = _form_outcome(connection, check)
        elif lacking:
            outcome, count, message = "not_supplied", 0, "not supplied: " + ", ".join(lacking)
        else:
            outcome, count, message = _meaning_outcome(connection, check, as_of_on)
        connection.execute(
            "insert into chk_outcomes values (?, ?, ?, ?, ?, ?, ?)",
            [check.code, as_of_on, check.severity, check.is_blocking, outcome, count, message],
        )


def _form_outcome(connection: duckdb.DuckDBPyConnection, check: Check) -> tuple[str, int, str | None]:
    """Rules of form were applied at ingestion; their findings are the rows in quarantine that the source still says, accepted ones too."""
    reason = check.name.split(".", 1)[1]
    held = "ctl_quarantine where reason_code = ? and state_code in ('open', 'accepted')"
    connection.execute(
        "insert into chk_findings "
        "select ?, (select value::date from ctl_parameters where name = 'as_of_on'), table_name || ' ' || key_text, "
        "coalesce(column_name, 'row'), '***', "
        f"reason_code || case when state_code = 'accepted' then ', accepted by ' || decided_by else '' end from {held}",
        [check.code, reason],
    )
    row = connection.execute(f"select count(*) from {held}", [reason]).fetchone()
    count = row[0] if row else 0
    return ("failed" if count else "passed"), count, None


def _meaning_outcome(connection: duckdb.DuckDBPyConnection, check: Check, as_of_on: date) -> tuple[str, int, str | None]:
    try:
        connection.execute(
            f"insert into chk_findings select ?, date '{as_of_on}', entity, field, masked_value, message "
            f"from {check.relation}(date '{as_of_on}') order by all",
            [check.code],
        )
    except duckdb.Error as error:
        # A check that breaks has proved nothing, so it counts as failed.
        return "crashed", 0, str(error).splitlines()[0]
    row = connection.execute("select count(*) from chk_findings where check_code = ?", [check.code]).fetchone()
    count = row[0] if row else 0
    return ("failed" if count else "passed"), count, None


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
