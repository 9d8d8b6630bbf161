"""What a person is shown of rows in quarantine: masked records, and their look in a terminal.

Every file is compared with the load log before it is read: a damaged one would show other values, and a person decides by them.
Belongs here: reading for display, masking, layout. Does not: deciding (`decisions`), what is held (`ingestion.loading.held_rows`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb

from glassbook.engine import connect
from glassbook.errors import InputError
from glassbook.lake.comparison import require_whole
from glassbook.lake.loads import Load, files_of, visible_loads
from glassbook.settings import Settings
from glassbook.sql_paths import parquet_sql
from glassbook.sql_text import quoted
from ingestion.contract import Table, load_contract
from ingestion.contract.form_rules import FORM_RULES
from ingestion.loading.held_rows import HELD_STATES, STATES, HeldId, held_files, quarantine_sql
from ingestion.loading.lake_rows import rows_sql

MASK = "***"
"""Shown in place of a value of a personal column; a null is shown as null."""

_RULES = {rule.reason: rule for rule in FORM_RULES}
_COLUMNS = (
    "quarantine_id, table_name, load_seq, reason_code, column_name, key_text, row_json, state_code, state_load_seq, decided_at, "
    "decided_by, decision_reason"
)


def listed(settings: Settings, condition: str, states: Sequence[str], limit: int | None = None) -> dict[str, Any]:
    """Rows in quarantine that meet a condition and are in one of the states, masked, at most `limit`, with counts by state of all that
    meet it. Raises LakeDamaged."""
    loads = _compared_loads(settings)
    rows = f"(select * from {quarantine_sql(settings, loads)} where {condition})"
    with connect() as connection:
        counts = dict(connection.execute(f"select state_code, count(*) from {rows} group by all").fetchall())
        found = connection.execute(
            f"select {_COLUMNS} from {rows} where state_code in ({', '.join(map(quoted, states))}) order by table_name, load_seq, row_no"
            + (f" limit {limit}" if limit is not None else "")
        ).fetchall()
    return {"counts": {state: counts.get(state, 0) for state in STATES}, "rows": [_record(row) for row in found]}


def held_by_rule(settings: Settings) -> dict[tuple[str, str], int]:
    """How many rows the source still has and the warehouse lacks, by table and code of the rule that holds them. Raises LakeDamaged."""
    states = ", ".join(map(quoted, HELD_STATES))
    loads = _compared_loads(settings)
    with connect() as connection:
        found = connection.execute(
            f"select table_name, reason_code, count(*) from {quarantine_sql(settings, loads)} where state_code in ({states}) group by all"
        ).fetchall()
    return {(table, _RULES[reason].code): count for table, reason, count in found}


def shown(settings: Settings, held: HeldId) -> dict[str, Any]:
    """Everything about one row: the rule, its values beside those that the lake holds under its key, and its history; masked.

    Raises InputError for an id that is not there, and LakeDamaged.
    """
    loads = _compared_loads(settings)
    with connect() as connection:
        row = connection.execute(
            f"select {_COLUMNS} from {quarantine_sql(settings, loads)} where quarantine_id = {quoted(held)}"
        ).fetchone()
        if row is None:
            raise InputError(
                found=f"no row {held}",
                where=str(settings.lake_dir),
                expected="the id of a row in quarantine",
                remedy="Copy one from `glassbook quarantine list --state all`.",
            )
        table = load_contract().tables[held.table]
        require_whole(settings, files_of(loads, [held.table]))
        values = _values(row[6])
        known = _in_lake(settings, connection, table, values, loads)
        history = _history(settings, connection, held, loads)
    brought = next(load for load in loads if load.load_seq == held.load_seq)
    record = _record(row)
    rule = _RULES.get(record["reason"])
    return {
        **record,
        "rule_in_words": rule.rule if rule else None,
        "source": brought.source,
        "loaded_at": _instant(brought.loaded_at),
        "values": [_value(table, name, values, known) for name in table.column_names],
        "history": history,
    }


def _compared_loads(settings: Settings) -> list[Load]:
    """The visible loads, after their files of rows held back and of states were compared with the log. Raises LakeDamaged."""
    loads = visible_loads(settings)
    require_whole(settings, held_files(loads))
    return loads


def _record(row: tuple[Any, ...]) -> dict[str, Any]:
    quarantine_id, table_name, load_seq, reason_code, column, key, row_json, state, state_load, decided_at, by, why = row
    table = load_contract().tables.get(table_name)
    hides_key = table is None or any(c.pii for c in table.columns if c.name in table.key)
    rule = _RULES.get(reason_code)
    return {
        "id": quarantine_id,
        "table": table_name,
        "load": load_seq,
        "rule": rule.code if rule else None,
        "reason": reason_code,
        "column": column,
        "value": _masked(table, column, _values(row_json).get(column)) if column else None,
        "key": MASK if hides_key else key,
        "state": state,
        "state_load": state_load,
        "decided_at": _instant(decided_at) if decided_at else None,
        "decided_by": by,
        "decision_reason": why or None,
    }


def _values(row_json: str) -> dict[str, Any]:
    """The row as it came; decimals stay exact."""
    values: dict[str, Any] = json.loads(row_json, parse_float=Decimal)
    return values


def _masked(table: Table | None, column: str, value: Any) -> str | None:
    if value is None:
        return None
    declared = next((c for c in table.columns if c.name == column), None) if table else None
    # A column that the contract no longer has is hidden too: it may have held personal data.
    if declared is None or declared.pii:
        return MASK
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(table: Table, name: str, values: dict[str, Any], known: dict[str, Any] | None) -> dict[str, Any]:
    record: dict[str, Any] = {"column": name, "value": _masked(table, name, values.get(name))}
    if known is not None:
        record |= {"in_lake": _masked(table, name, known.get(name)), "differs": known.get(name) != values.get(name)}
    return record


def _in_lake(
    settings: Settings, connection: duckdb.DuckDBPyConnection, table: Table, values: dict[str, Any], loads: list[Load]
) -> dict[str, Any] | None:
    """The newest row that the lake holds under the key of `values`, as a row in quarantine spells it; None when there is none."""
    lake = rows_sql(settings, table, loads)
    if lake is None or any(values.get(name) is None for name in table.key):
        return None
    types = {column.name: column.duckdb_type for column in table.columns}
    on_key = " and ".join(f'"{name}" = cast({quoted(values[name])} as {types[name]})' for name in table.key)
    row = connection.execute(
        f"select to_json(struct_pack({', '.join(f'{chr(34)}{n}{chr(34)} := {chr(34)}{n}{chr(34)}' for n in table.column_names)}))::varchar "
        f"from {lake} where {on_key} "
        f'order by "{table.cursor}" desc, _load_seq desc, file_row_number desc limit 1'
    ).fetchone()
    return None if row is None else _values(row[0])


def _history(settings: Settings, connection: duckdb.DuckDBPyConnection, held: HeldId, loads: list[Load]) -> list[dict[str, Any]]:
    found = []
    for load in loads:
        table = load.tables.get(held.table)
        if table is None or table.states_path is None:
            continue
        state = connection.execute(
            f"select state_code from {parquet_sql([settings.lake_dir / table.states_path])} where held_load_seq = ? and row_no = ?",
            [held.load_seq, held.row_no],
        ).fetchone()
        if state is not None:
            by, why = (load.decision.by, load.decision.reason or None) if load.decision else (None, None)
            found.append({"state": state[0], "load": load.load_seq, "at": _instant(load.loaded_at), "by": by, "reason": why})
    return found


def _instant(instant: datetime) -> str:
    return (instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant).isoformat()


def print_list(document: dict[str, Any], states: Sequence[str]) -> None:
    """The list as a table for people, with the number of rows of the states that are not shown."""
    from rich.console import Console
    from rich.table import Table as Grid

    console = Console()
    rows = document["rows"]
    if rows:
        grid = Grid(box=None, pad_edge=False)
        for heading in ("id", "rule", "column", "value", "key", "state"):
            grid.add_column(heading, no_wrap=heading == "id", overflow="fold")
        for row in rows:
            state = row["state"] + (
                f" by {row['decided_by']}" if row["decided_by"] else f" by load {row['state_load']}" if row["state_load"] else ""
            )
            rule = f"{row['rule'] or ''} {row['reason']}".strip()
            grid.add_row(
                *map(_plain, (row["id"], rule, row["column"] or "", _shown(row["value"]) if row["column"] else "", row["key"], state))
            )
        console.print(grid)
    lacking = sum(document["counts"][state] for state in states) - len(rows)
    if lacking:
        console.print(f"… and {lacking:,} more: narrow with --table, --rule or --load, or take --format json")
    console.print(", ".join(f"{number:,} {state}" for state, number in document["counts"].items()), highlight=False)


def print_row(document: dict[str, Any]) -> None:
    """One row for people."""
    from rich.console import Console
    from rich.table import Table as Grid

    console = Console()
    about = Grid(box=None, pad_edge=False, show_header=False)
    about.add_row("rule", _plain(f"{document['rule'] or ''} {document['reason']}: {document['rule_in_words'] or ''}"))
    about.add_row("key", _plain(f"{document['table']} {document['key']}"))
    about.add_row("came", _plain(f"with load {document['load']} from {document['source']}, {document['loaded_at']}"))
    about.add_row("state", _plain(document["state"]))
    for step in document["history"]:
        why = f"{step['by']}: {step['reason'] or 'no reason given'}" if step["by"] else "the source no longer says it"
        about.add_row("", _plain(f"{step['state']} with load {step['load']}, {step['at']}; {why}"))
    console.print(about)
    has_lake = any("in_lake" in value for value in document["values"])
    grid = Grid(box=None, pad_edge=False)
    for heading in ("column", "in quarantine", *(("in the lake", "") if has_lake else ("",))):
        grid.add_column(heading)
    for value in document["values"]:
        mark = "breaks the rule" if value["column"] == document["column"] else "differs" if value.get("differs") else ""
        cells = [value["column"], _shown(value["value"])] + ([_shown(value["in_lake"])] if has_lake else []) + [mark]
        grid.add_row(*map(_plain, cells))
    console.print(grid)


def _shown(value: str | None) -> str:
    return "—" if value is None else value


def _plain(text: str) -> Any:
    """Text as it is: no markup, nothing that moves a terminal's cursor."""
    from rich.text import Text

    return Text("".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text))
