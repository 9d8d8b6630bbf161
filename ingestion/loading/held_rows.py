"""The rows in quarantine with the state of each, as a relation that loads, decisions, builds and the command read.

Belongs here: which rows are held, in which state, and their values in the contract's types. Does not: what puts a row there (`judging`) or
into another state (`superseding`, `decisions`), nor how it is shown (`ingestion.quarantine.pages`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from glassbook.errors import InputError
from glassbook.lake.loads import Load
from glassbook.settings import Settings
from glassbook.sql_paths import ROW_NUMBER, parquet_sql
from glassbook.sql_text import quoted
from ingestion.contract import Table
from ingestion.loading.content_hash import held_hash_now_sql
from ingestion.loading.statements import statement

if TYPE_CHECKING:
    import duckdb

QUARANTINE = "_quarantine"
State = Literal["open", "accepted", "superseded", "released"]
STATES: tuple[State, ...] = ("open", "accepted", "superseded", "released")
"""State of a row in quarantine.

open: not in the warehouse, not yet decided. accepted: left out of it by a named person with a reason. superseded: a load found that the
source no longer has it, or that it keeps today's rules. released: judged again, it kept the rules and entered the lake.
"""
HELD_STATES: tuple[State, ...] = ("open", "accepted")
"""States of a row that the source still has and the warehouse lacks."""

_NO_ROWS = (
    "(select null::varchar as quarantine_id, null::varchar as table_name, null::bigint as load_seq, null::bigint as row_no, "
    "null::varchar as reason_code, null::varchar as column_name, null::varchar as key_text, null::varchar as row_json, "
    "null::ubigint as _row_hash, 'open' as state_code, null::bigint as state_load_seq, null::timestamp as decided_at, "
    "null::varchar as decided_by, null::varchar as decision_reason where false)"
)


@dataclass(frozen=True)
class HeldId:
    """Name of a row in quarantine: its table, the load that brought it, and its number among those that this load held back."""

    table: str
    load_seq: int
    row_no: int

    def __str__(self) -> str:
        return f"{self.table}-{self.load_seq}-{self.row_no}"


@dataclass(frozen=True)
class Choice:
    """Rows in quarantine by their ids, or all that match the table, the rule (its reason code) and the load that are given."""

    ids: Sequence[HeldId] = ()
    table: str | None = None
    reason_code: str | None = None
    load_seq: int | None = None

    @property
    def condition(self) -> str:
        """The choice as a condition on quarantine_sql."""
        parts = []
        if self.ids:
            parts.append(f"quarantine_id in ({', '.join(quoted(held) for held in self.ids)})")
        for column, value in (("table_name", self.table), ("reason_code", self.reason_code), ("load_seq", self.load_seq)):
            if value is not None:
                parts.append(f"{column} = {value if isinstance(value, int) else quoted(value)}")
        return " and ".join(parts) or "true"


def parse_id(text: str) -> HeldId:
    """The id as the command writes it, such as `fees-2-1`. Raises InputError."""
    table, *numbers = text.strip().split("-")
    if len(numbers) == 2 and all(number.isascii() and number.isdecimal() for number in numbers):
        return HeldId(table, int(numbers[0]), int(numbers[1]))
    raise InputError(
        found=repr(text),
        where="the id of a row in quarantine",
        expected="TABLE-LOAD-ROW, such as fees-2-1",
        remedy="Copy an id from `glassbook quarantine list`.",
    )


def held_files(loads: Sequence[Load]) -> dict[str, str | None]:
    """Path below the lake and SHA-256 of each file that quarantine_sql reads for the loads; None where earlier code did not record it."""
    parts = [part for load in loads for part in load.tables.values()]
    named = [pair for part in parts for pair in ((part.quarantine_path, part.quarantine_sha256), (part.states_path, part.states_sha256))]
    return {path: digest for path, digest in named if path}


def quarantine_sql(
    settings: Settings, loads: list[Load], table: str | None = None, *, also_held: str | None = None, also_states: str | None = None
) -> str:
    """A relation of the rows that `loads` held back (of one table, or all), each with the state that the last entry gave it.

    Grain is one row per quarantine_id. `also_held` and `also_states` are files, below the lake, of an entry that is being written.
    Instants are UTC, without zone.
    """
    tables = [t for x in loads for name, t in x.tables.items() if table is None or name == table]
    held = [settings.lake_dir / path for path in (*(t.quarantine_path for t in tables), also_held) if path]
    if not held:
        return _NO_ROWS
    states = [settings.lake_dir / path for path in (*(t.states_path for t in tables), also_states) if path]
    files = parquet_sql(held, ROW_NUMBER, "union_by_name = true")
    named = "table_name || '-' || load_seq || '-' || (file_row_number + 1) as quarantine_id"
    columns = "table_name, load_seq, file_row_number + 1 as row_no, reason_code, nullif(column_name, '') as column_name, key_text, row_json"
    rows = f"select {named}, {columns}, _row_hash from {files}"
    if not states:
        return (
            f"(select *, 'open' as state_code, null::bigint as state_load_seq, null::timestamp as decided_at, null::varchar as decided_by, "
            f"null::varchar as decision_reason from ({rows}))"
        )
    return statement("held_with_states", rows=rows, states=parquet_sql(states), decided=_decided_sql(loads))


def _decided_sql(loads: list[Load]) -> str:
    rows = [
        f"({x.load_seq}, timestamp {quoted(x.loaded_at.replace(tzinfo=None).isoformat(sep=' '))}, {quoted(x.decision.by)}, "
        f"{quoted(x.decision.reason)})"
        for x in loads
        if x.decision is not None
    ]
    none = "select null::bigint, null::timestamp, null::varchar, null::varchar where false"
    return f"({'values ' + ', '.join(rows) if rows else none}) decided(load_seq, decided_at, decided_by, decision_reason)"


def typed_sql(table: Table, rows: str) -> str:
    """The relation `rows` (of quarantine_sql, of one table) with a column `held`: a struct of the row's values in today's contract types.

    A value is null if it was null, if the contract had no such column when the row arrived, or if it does not fit today's type.
    """
    # Reading one value out of the JSON would go through floating point; the transformation into a struct is exact.
    shape = "{" + ", ".join(f'"{c.name}": "{c.duckdb_type}"' for c in table.columns) + "}"
    return f"(select *, from_json(row_json, {quoted(shape)}) as held from {rows})"


def hashed_sql(table: Table, rows: str) -> str:
    """The relation of typed_sql in which every `_row_hash` is as it would be written now, whatever its version."""
    return f"(select * replace ({held_hash_now_sql(table)} as _row_hash) from {typed_sql(table, rows)})"


def open_rows(engine: duckdb.DuckDBPyConnection, quarantine: str) -> int:
    """How many rows of the relation are open."""
    found = engine.execute(f"select count(*) from {quarantine} where state_code = 'open'").fetchone()
    assert found is not None  # a count always returns a row
    number: int = found[0]
    return number
