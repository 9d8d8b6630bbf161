"""Rows in quarantine judged again by today's rules, and put into the lake where they keep them.

Belongs here: one table of a release. Does not: which rows are chosen and when it becomes visible (`decisions`), the rules (`judging`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from glassbook.errors import CheckFailed, InputError
from glassbook.lake.loads import TableLoad
from ingestion.contract import Table
from ingestion.loading.accounts import content_of
from ingestion.loading.content_hash import hash_sql
from ingestion.loading.held_rows import typed_sql
from ingestion.loading.judging import DISPOSITIONS, judge, judged_sql
from ingestion.loading.superseding import write_states
from ingestion.loading.table_work import TableWork


@dataclass(frozen=True)
class Rejudged:
    """A row that stays: the rule of form (reason code) that holds it today, and the column, or None if it is the whole row."""

    quarantine_id: str
    reason_code: str
    column: str | None


def rejudge(work: TableWork) -> tuple[TableLoad, list[Rejudged]]:
    """Judges the rows of the temp table `chosen` that are of the work's table, and writes those that keep the rules as rows of its entry.

    Returns what was done, and the rows that stay. Raises InputError for a row whose values are not of the contract's types, CheckFailed
    when rows or sums do not add up.
    """
    engine, table = work.engine, work.table
    _arrive(work)
    rows = judged_sql(judge(work, work.count("arrived"), comes_from_quarantine=True))
    held = engine.execute(
        f"select quarantine_id, split_part(reason, ':', 1), nullif(split_part(reason, ':', 2), '') from {rows} "
        f"where disposition = 'quarantined' order by _position"
    ).fetchall()
    engine.execute(
        f"create or replace temp table released as select '{table.name}' as table_name, held_load_seq, row_no, 'released' as state_code, "
        f"{work.load_seq}::bigint as _load_seq from {rows} where disposition <> 'quarantined'"
    )
    counts = dict.fromkeys(DISPOSITIONS, 0) | dict(
        engine.execute(f"select disposition, count(*) from {rows} where disposition <> 'quarantined' group by all").fetchall()
    )
    released = sum(counts.values())
    new_file = states = None
    if counts["new"]:
        query = f"select {work.columns}, _load_seq, _row_hash from {rows} where disposition = 'new' order by _position"
        new_file = work.write(f"{table.name}/{work.load_seq:08d}.parquet", query)
    if released:
        states = write_states(work, "released")
    cursor = engine.execute(f"select max(\"{table.cursor}\")::varchar from {rows} where disposition = 'new'").fetchone()
    assert cursor is not None  # an aggregate always returns a row
    report = TableLoad(
        is_supplied=True,
        path=new_file.path if new_file else None,
        rows_new=counts["new"],
        rows_unchanged=counts["unchanged"],
        rows_duplicate=counts["duplicate"],
        money_sums=_sums(engine, table, rows),
        cursor_to=cursor[0],
        content=content_of(engine, rows) if counts["new"] else None,
        sha256=new_file.sha256 if new_file else None,
        bytes=new_file.bytes if new_file else 0,
        states_path=states.path if states else None,
        states_sha256=states.sha256 if states else None,
        rows_released=released,
    )
    return report, [Rejudged(*row) for row in held]


def _arrive(work: TableWork) -> None:
    """Makes `arrived` from the chosen rows, in the same form as the rows of a source."""
    engine, table = work.engine, work.table
    typed = typed_sql(table, f"(select * from chosen where table_name = '{table.name}')")
    for column in table.columns:
        was_given = f"json_type(row_json, '$.\"{column.name}\"') <> 'NULL'"
        lost = engine.execute(
            f'select quarantine_id from {typed} where held."{column.name}" is null and {was_given} order by load_seq, row_no limit 1'
        ).fetchone()
        if lost is not None:
            raise InputError(
                found=f"a value of {column.name} that is not of type {column.type} any more",
                where=f"row {lost[0]} in quarantine",
                expected=f"the contract's type, {column.duckdb_type}",
                remedy="Load it again from the source, or leave it out and release the others.",
            )
    values = ", ".join(f'held."{name}" as "{name}"' for name in table.column_names)
    engine.execute(
        f"create or replace temp table released_rows as select {values}, {work.load_seq}::bigint as _load_seq, quarantine_id, "
        f"load_seq as held_load_seq, row_no, row_number() over (order by load_seq, row_no) as _position from {typed}"
    )
    engine.execute(f"create or replace temp view arrived as select *, {hash_sql(table)} as _row_hash from released_rows")


def _sums(engine: duckdb.DuckDBPyConnection, table: Table, rows: str) -> dict[str, dict[str, str]]:
    """Sum of each money column of the released rows, per disposition. Raises CheckFailed when they do not add up to what was released."""
    sums: dict[str, dict[str, str]] = {}
    for name in table.money_columns:
        amount = f'coalesce(sum("{name}"), 0)::decimal(38,2)::varchar'
        found = engine.execute(f"select disposition, {amount} from {rows} where disposition <> 'quarantined' group by all").fetchall()
        total = engine.execute(f"select {amount} from released_rows join released using (held_load_seq, row_no)").fetchone()
        assert total is not None  # an aggregate always returns a row
        if Decimal(total[0]) != sum(Decimal(part) for _, part in found):
            raise CheckFailed(f"{table.name}.{name}: {total[0]} is to be released, {found} would be; nothing was released")
        sums[name] = {"read": "0.00"} | dict.fromkeys(DISPOSITIONS, "0.00") | dict(found) | {"released": total[0]}
    return sums
