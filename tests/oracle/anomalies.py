"""Which finding of the checks each planted anomaly must give, from `anomalies.json` only.

Belongs here: names of findings. Does not: whether they are found.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb

from glassbook.catalogue import findings_sql, load_checks

# Findings without planted anomalies: figures of a small platform move by chance, and loans are written off.
BY_CHANCE = {"CN-E11", "CN-E37"}


def expected_findings(entries: list[dict[str, Any]], institutions: dict[int, int | None]) -> set[tuple[str, str]]:
    """Code and entity of every finding that the planted anomalies must give; `institutions` says who guarantees each loan."""
    found = set()
    for entry in entries:
        codes = [code for code in (entry["check_code"], *entry["also"]) if code]
        found |= {(code, _entity(entry, code, institutions)) for code in codes}
        if entry["kind"] == "custody_spelling":  # each side writes it in its own way
            found.add(("CN-E20", f"reference gb{entry['key']['movement_id']}"))
    return found


def _entity(entry: dict[str, Any], code: str, institutions: dict[int, int | None]) -> str:
    (key, number), *_ = entry["key"].items()
    if code in ("CN-E09", "CN-E09W", "CN-E20"):
        return f"reference GB{number}"
    if code == "CN-E29":
        return f"investment {number}"
    if code in ("CN-E25", "CN-E24", "CN-E26", "CN-E27", "CN-E28"):
        return f"{'transfer' if code == 'CN-E28' else 'repayment'} {number}"
    if code == "CN-E14":
        return f"institution {institutions[entry['loan_id']]}"
    if code == "CN-E13":
        return f"{entry['table']} {key}={number}"
    kind = {"users": "user", "repayments": "repayment", "institutions": "institution", "risk_events": "risk event"}.get(entry["table"])
    if kind is None or code in ("CN-E04", "CN-E21", "CN-E35"):
        return f"loan {entry['loan_id']}"
    return f"{kind} {number}"


def findings(connection: duckdb.DuckDBPyConnection, day: date) -> set[tuple[str, str]]:
    """Code and entity of what the edits of China's rules find on a day, except those of BY_CHANCE.

    Days on which platform and custodian differ are left out: they go with the reference that differs.
    """
    found = set()
    for check in load_checks():
        if check.regime == "cn" and check.code not in BY_CHANCE:
            found_on_day = findings_sql(check, f"date '{day}'")
            rows = connection.execute(f"select entity from {found_on_day}").fetchall()
            found |= {(check.code, entity) for (entity,) in rows if not (check.code == "CN-E09" and entity.startswith("day "))}
    return found
