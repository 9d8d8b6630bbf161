"""Rows of the platform that became known, were corrected or taken back between two snapshots, and the keys to which they belong.

Belongs here: reading them from the staging tables of both snapshots, where every row names its load. Does not: which figure they changed
(`comparison`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    import duckdb

LATE, CORRECTED, REVERSED = "late rows", "corrected rows", "reversed rows"


class EvidenceTable(BaseModel):
    """One table of evidence.yml, where its fields are described."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: tuple[str, ...]
    dated_on: str | None = None
    columns: tuple[str, ...]
    reverses: str | None = None
    loan: str | None = None
    loans_by: str | None = None
    kept_in: str | None = None


@dataclass(frozen=True)
class Evidence:
    """A row that differs between the sides; `changes` maps columns to the values before and after, None for nothing.

    `how` says in words what happened to it; the load is the one that brought it, None for a row that is gone from the source.
    """

    number: int
    table: str
    key: tuple[tuple[str, str], ...]
    cause: str
    how: str
    dated_on: str | None
    load_seq: int | None
    load_id: str | None
    loaded_at: str | None
    changes: tuple[tuple[str, str | None, str | None], ...]

    def record(self) -> dict[str, Any]:
        """The row as a comparison writes it."""
        return {
            "number": self.number,
            "table": self.table,
            "key": dict(self.key),
            "cause": self.cause,
            "how": self.how,
            "dated_on": self.dated_on,
            "load_seq": self.load_seq,
            "load_id": self.load_id,
            "loaded_at": self.loaded_at,
            "changes": {name: {"before": old, "after": new} for name, old, new in self.changes},
        }


@cache
def evidence_tables() -> dict[str, EvidenceTable]:
    """The tables of evidence.yml by name."""
    declared = yaml.safe_load(Path(__file__).with_name("evidence.yml").read_text(encoding="utf-8"))
    return {name: EvidenceTable(**table) for name, table in declared.items()}


def read_evidence(connection: duckdb.DuckDBPyConnection, seen_load_seq: int, as_of: date) -> list[Evidence]:
    """Every row that differs between `before` and `after`, two attached snapshots, and that can affect figures of `as_of`.

    `seen_load_seq` is the newest load of `before`; the loads of `before` are the first loads of `after`. Makes the temp table `links`
    (number, key_column, key_value, loan_id): the keys to which each row belongs, and the loan that connects them.
    """
    connection.execute(
        "create or replace temp table changed (number bigint, table_name varchar, how varchar, dated_on varchar, load_seq bigint, "
        "loan_id varchar, keys varchar[], before varchar[], after varchar[])"
    )
    for name, declared in evidence_tables().items():
        if _is_held(connection, name):
            _add(connection, name, _changed_sql(connection, name, declared, seen_load_seq), {"as_of": as_of})
            if _has_lost(connection, name, seen_load_seq):
                _add(connection, name, _gone_sql(name, declared), {})
    _link(connection)
    return [_evidence(row) for row in connection.execute(_EVIDENCE_SQL).fetchall()]


_EVIDENCE_SQL = """
select
    number, table_name, how, dated_on, load_seq, load_id, strftime(cast(loaded_at as timestamp), '%Y-%m-%dT%H:%M:%SZ'), keys, before, after
from changed left join after.main.ctl_loads using (load_seq)
order by number
"""


def _evidence(row: tuple[Any, ...]) -> Evidence:
    number, name, how, dated_on, load_seq, load_id, loaded_at, keys, before, after = row
    declared = evidence_tables()[name]
    changes = tuple((c, old, new) for c, old, new in zip(declared.columns, before, after, strict=True) if old != new)
    key = tuple(zip(declared.key, keys, strict=True))
    return Evidence(number, name, key, _CAUSES[how], how, dated_on, load_seq, load_id, loaded_at, changes)


_CAUSES = {"new": LATE, "reversal": REVERSED, "deleted": REVERSED, "gone": REVERSED, "restored": CORRECTED, "changed": CORRECTED}


def _relation(name: str) -> str:
    """Where a snapshot keeps the rows of a table of the contract."""
    return evidence_tables()[name].kept_in or f"stg_{name}"


def _is_held(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether both snapshots keep the table, with the load of every row; a view of the lake does not count."""
    row = connection.execute(
        "select count(distinct c.database_name) from duckdb_columns() c join duckdb_tables() t using (database_name, table_name) "
        "where database_name in ('before', 'after') and table_name = ? and column_name = '_load_seq'",
        [_relation(name)],
    ).fetchone()
    return row is not None and row[0] == 2


def _has_lost(connection: duckdb.DuckDBPyConnection, name: str, seen: int) -> bool:
    query = "select 1 from after.main.ctl_load_tables where table_name = ? and load_seq > ? and rows_gone > 0"
    return connection.execute(query, [name, seen]).fetchone() is not None


def _is_mutable(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    query = "select 1 from duckdb_columns() where database_name = 'after' and table_name = ? and column_name = 'deleted_at'"
    return connection.execute(query, [_relation(name)]).fetchone() is not None


def _add(connection: duckdb.DuckDBPyConnection, name: str, query: str, values: dict[str, Any]) -> None:
    connection.execute(
        f"insert into changed select (select count(*) from changed) + row_number() over (order by {_ORDER}), '{name}', * from ({query})",
        values,
    )


# Numeric keys in numeric order; longer keys are cut to their first 20 characters.
_ORDER = "list_transform(keys, lambda part : lpad(part, 20, '0')), keys"


def _days(connection: duckdb.DuckDBPyConnection, name: str, declared: EvidenceTable) -> dict[str, str]:
    """Instants of a table that staging also has as business dates: an event after the day of the figures does not count on that day."""
    query = "select column_name from duckdb_columns() where database_name = 'after' and table_name = ?"
    there = {column for (column,) in connection.execute(query, [_relation(name)]).fetchall()}
    return {c: day for c in declared.columns if c.endswith("_at") and (day := c.removesuffix("_at") + "_on") in there}


def _value(side: str, column: str, days: dict[str, str]) -> str:
    value = f"{side}.{column}::varchar"
    return value if column not in days else f"case when {side}.{days[column]} <= cast($as_of as date) then {value} end"


def _fields(declared: EvidenceTable, days: dict[str, str], how: str, row: str, before: str, after: str, load_seq: str) -> str:
    """The columns read per row: what happened to it, its day, load, loan and key, and its values before and after."""
    dated_on = f"{row}.{declared.dated_on}::varchar" if declared.dated_on else "null"
    loan_id = f"{row}.{declared.loan}::varchar" if declared.loan else "null"
    keys = ", ".join(f"{row}.{name}::varchar" for name in declared.key)
    old, new = (", ".join(_value(side, name, days) if side else "null" for name in declared.columns) for side in (before, after))
    return (
        f"{how} as how, {dated_on} as dated_on, {load_seq} as load_seq, {loan_id} as loan_id, [{keys}] as keys, "
        f"[{old}]::varchar[] as before, [{new}]::varchar[] as after"
    )


def _changed_sql(connection: duckdb.DuckDBPyConnection, name: str, declared: EvidenceTable, seen: int) -> str:
    on_key = " and ".join(f"b.{column} = a.{column}" for column in declared.key)
    days = _days(connection, name, declared)
    is_new = f"b.{declared.key[0]} is null"
    differs = " or ".join(f"{_value('a', c, days)} is distinct from {_value('b', c, days)}" for c in declared.columns)
    # A row of a later day is no evidence of an earlier one, however late it came.
    dated = (
        f"(a.{declared.dated_on} is null or a.{declared.dated_on} <= cast($as_of as date))" if declared.dated_on else "$as_of is not null"
    )
    is_gone, was_gone = (
        ("(a.deleted_at is not null)", "(b.deleted_at is not null)") if _is_mutable(connection, name) else ("false", "false")
    )
    reversal = f"a.{declared.reverses} is not null" if declared.reverses else "false"
    how = (
        f"case when {is_new} and {reversal} then 'reversal' when {is_new} then 'new' when {is_gone} and not {was_gone} then 'deleted' "
        f"when {was_gone} and not {is_gone} then 'restored' else 'changed' end"
    )
    return (
        f"select {_fields(declared, days, how, 'a', 'b', 'a', 'a._load_seq')} "
        f"from after.main.{_relation(name)} a left join before.main.{_relation(name)} b on {on_key} where a._load_seq > {seen} "
        f"and case when {is_new} then {dated} and not {is_gone} else {is_gone} <> {was_gone} or (not {is_gone} and ({differs})) end"
    )


def _gone_sql(name: str, declared: EvidenceTable) -> str:
    """Rows with no version left: the source lost them, and its table has no deleted_at."""
    on_key = " and ".join(f"b.{column} = a.{column}" for column in declared.key)
    return (
        f"select {_fields(declared, {}, repr('gone'), 'b', 'b', '', 'null')} from before.main.{_relation(name)} b "
        f"where not exists (select 1 from after.main.{_relation(name)} a where {on_key})"
    )


def _link(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes `links`: each row with its own key, and with the loans that it affects, their borrowers and lenders."""
    connection.execute("create or replace temp table links (number bigint, key_column varchar, key_value varchar, loan_id varchar)")
    connection.execute("create or replace temp table touched as select number, loan_id from changed where loan_id is not null")
    for name, declared in evidence_tables().items():
        for place, column in enumerate(declared.key, start=1):
            connection.execute(f"insert into links select number, '{column}', keys[{place}], null from changed where table_name = '{name}'")
        if declared.loans_by is not None and _is_held(connection, "loans"):
            connection.execute(
                f"insert into touched select c.number, l.loan_id::varchar from changed c "
                f"join ({_either('loans', declared.loans_by)}) l on l.{declared.loans_by}::varchar = c.keys[1] "
                f"where c.table_name = '{name}'"
            )
    connection.execute("insert into links select number, 'loan_id', loan_id, loan_id from touched")
    people = [("loans", "borrower_id", "borrower_id"), ("investments", "lender_id", "lender_id")]
    people += [("claim_transfers", column, "lender_id") for column in ("seller_id", "buyer_id")]
    for name, column, key_column in people:
        if _is_held(connection, name):
            connection.execute(
                f"insert into links select t.number, '{key_column}', o.{column}::varchar, t.loan_id "
                f"from touched t join ({_either(name, column)}) o on o.loan_id::varchar = t.loan_id"
            )
    connection.execute("create or replace temp table links as select distinct * from links")


def _either(name: str, column: str) -> str:
    return f"select loan_id, {column} from before.main.{_relation(name)} union select loan_id, {column} from after.main.{_relation(name)}"
