"""Rows in quarantine that a load finds mended or gone: the source no longer says them, so they wait for nothing.

Belongs here: the comparison with what arrived. Does not: what else becomes of a row that arrived (`judging`).
"""

from __future__ import annotations

import duckdb

from ingestion.contract import Table
from ingestion.quarantine import HELD_STATES, typed_sql


def find_superseded(
    engine: duckdb.DuckDBPyConnection, table: Table, quarantine: str, load_seq: int, *, is_judged: bool, is_all: bool
) -> int:
    """Makes the temp table `superseded` (table_name, held_load_seq, row_no, state_code, _load_seq) and returns its number of rows.

    `quarantine` is the relation of the table's rows in quarantine, those of this load included; `arrived` and, where `is_judged`, `judged`
    and `known` are as judging left them; `is_all`: every row that the source has arrived. A held row is superseded when

    - its content did not come again, and its key did, not older, or all there is did: it was changed, mended or deleted at the source;
    - in a table whose rows change, a newer version of its key keeps the rules, though the source tells the old one too.
    """
    held = f"(select * from {typed_sql(table, quarantine)} where state_code in ({', '.join(map(repr, HELD_STATES))}))"
    on_key = " and ".join(f'a."{name}" = h.held."{name}"' for name in table.key)
    came_again = "exists (select 1 from arrived a where a._row_hash = h._row_hash)"
    is_passing = "exists (select 1 from judged j where j._position = a._position and j.keeps_rules)" if is_judged else "true"
    newer = not_older = cursor = ""
    if table.kind == "mutable":
        cursor = f'h.held."{table.cursor}"'
        newer = f' and a."{table.cursor}" > {cursor}'
        # An instant that is missing, or that is what was wrong, orders nothing.
        not_older = f" and ({cursor} is null or h.column_name = '{table.cursor}' or a.\"{table.cursor}\" >= {cursor})"
    key_came = "true" if is_all else f"exists (select 1 from arrived a where {on_key}{not_older})"
    overtaken = f"exists (select 1 from arrived a where {on_key}{newer} and {is_passing})" if newer else "false"
    if newer and is_judged:
        overtaken += f" or exists (select 1 from known a where {on_key} and a.seen_at > {cursor})"
    engine.execute(
        f"create or replace temp table superseded as "
        f"select table_name, load_seq as held_load_seq, row_no, 'superseded' as state_code, {load_seq}::bigint as _load_seq "
        f"from {held} h where (not {came_again} and {key_came}) or {overtaken} order by all"
    )
    found = engine.execute("select count(*) from superseded").fetchone()
    assert found is not None  # a count always returns a row
    number: int = found[0]
    return number
