"""The file of a table's rows that a load puts into quarantine: those that arrived and are held back, and those that leave the lake.

Belongs here: a row as quarantine keeps it, and writing it. Does not: which rows those are (`judging`, `withdrawing`), reading them again
(`held_rows`).
"""

from __future__ import annotations

from ingestion.loading.held_rows import QUARANTINE
from ingestion.loading.lake_files import Written
from ingestion.loading.statements import statement
from ingestion.loading.table_work import TableWork
from ingestion.loading.unreadable import unreadable_json_sql


def hold_back(work: TableWork, *, is_judged: bool, has_withdrawn: bool, tells_unreadable: bool) -> Written:
    """Writes the rows of `arrived` that `judged` says are held back, and after them those of `withdrawn`."""
    table = work.table
    values = ", ".join(f'"{n}" := "{n}"' for n in table.column_names)
    as_json = f"to_json(struct_pack({values}))::varchar"
    parts = []
    if is_judged:
        row = f"case when _unreadable is null then {as_json} else {unreadable_json_sql(table)} end" if tells_unreadable else as_json
        parts.append(
            _kept(
                work,
                reason_code="split_part(reason, ':', 1)",
                column_name="split_part(reason, ':', 2)",
                row_json=row,
                rows="arrived join judged using (_position) where disposition = 'quarantined'",
                order="_position",
            )
        )
    if has_withdrawn:
        named = {"reason_code": "reason_code", "column_name": "column_name"}
        parts.append(_kept(work, **named, row_json=as_json, rows="withdrawn", order="held_load_seq, row_no"))
    path = f"{QUARANTINE}/{table.name}/{work.load_seq:08d}.parquet"
    return work.write(path, " union all ".join(f"select * from ({part})" for part in parts))


def _kept(work: TableWork, **parts: str) -> str:
    key_text = " || ', ' || ".join(f"'{name}=' || coalesce(\"{name}\"::varchar, 'null')" for name in work.table.key)
    return statement("held_back", table=work.table.name, key_text=key_text, load_seq=str(work.load_seq), **parts)
