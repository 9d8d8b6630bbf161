"""Rows in quarantine that a load finds mended or gone: the source no longer says them, so they wait for nothing.

Belongs here: the comparison with what arrived. Does not: what else becomes of a row that arrived (`judging`).
"""

from __future__ import annotations

import duckdb

from ingestion.contract import Table
from ingestion.contract.horizon import Horizon
from ingestion.loading.held_rows import HELD_STATES, hashed_sql


def find_superseded(
    engine: duckdb.DuckDBPyConnection,
    table: Table,
    quarantine: str,
    load_seq: int,
    horizon: Horizon,
    *,
    is_judged: bool,
    is_all: bool,
    has_keys: bool,
) -> int:
    """Makes the temp table `superseded` (table_name, held_load_seq, row_no, state_code, _load_seq) and returns its number of rows.

    `quarantine` is the relation of the table's rows in quarantine, those of this load included; `arrived` and, where `is_judged`, `judged`
    and `known` are as judging left them; `is_all`: every row that the source has arrived; `has_keys`: `keys_now` holds the key of every row
    that it has; `horizon`: the day of this load. A held row is superseded when

    - its content did not come again, and its key did, not older, or all there is did: it was changed, mended or deleted at the source;
    - its content did not come again, and the source has its key no more;
    - its content came again and keeps the rules as they are now, so that the lake holds it;
    - in a table whose rows change, a newer version of its key keeps the rules, though the source tells the old one too.
    """
    keys = ", ".join(f'held."{name}" as "{name}"' for name in table.key)
    engine.execute(
        f"create or replace temp table waiting as select load_seq, row_no, column_name, _row_hash, {keys}, "
        f'held."{table.cursor}" as seen_at from {hashed_sql(table, quarantine)} where state_code in ({", ".join(map(repr, HELD_STATES))})'
    )
    # The rows that may answer one that waits are few, whatever the size of what arrived.
    keeps_rules = "judged.keeps_rules" if is_judged else "true as keeps_rules"
    same_key = " and ".join(f'w."{name}" is not distinct from a."{name}"' for name in table.key)
    engine.execute(
        f"create or replace temp table answers as select {', '.join(f'a.{chr(34)}{name}{chr(34)}' for name in table.key)}, a._row_hash, "
        f'a."{table.cursor}" as seen_at, {keeps_rules} from arrived a {"join judged using (_position)" if is_judged else ""} '
        f"where exists (select 1 from waiting w where {same_key})"
    )
    on_key = " and ".join(f'a."{name}" = w."{name}"' for name in table.key)
    same_row = " and ".join(["a._row_hash = w._row_hash", *(f'a."{name}" is not distinct from w."{name}"' for name in table.key)])
    came_again = f"exists (select 1 from answers a where {same_row})"
    came_good = f"exists (select 1 from answers a where {same_row} and a.keeps_rules)"
    not_older, overtaken = "", "false"
    if table.kind == "mutable":
        # An instant that is missing, or that is what was wrong, orders nothing.
        cursor = next(column for column in table.columns if column.name == table.cursor)
        orders_nothing = f"w.seen_at is null or w.column_name = '{table.cursor}' or {horizon.is_ahead(cursor, 'w.seen_at')}"
        not_older = f" and ({orders_nothing} or a.seen_at >= w.seen_at)"
        overtaken = f"exists (select 1 from answers a where {on_key} and a.seen_at > w.seen_at and a.keeps_rules)"
        if is_judged:
            overtaken += f" or exists (select 1 from known a where {on_key} and a.seen_at > w.seen_at)"
    key_came = "true" if is_all else f"exists (select 1 from answers a where {on_key}{not_older})"
    if has_keys and not is_all:
        same_now = " and ".join(f'n."{name}" is not distinct from w."{name}"' for name in table.key)
        key_came += f" or not exists (select 1 from keys_now n where {same_now})"
    engine.execute(
        f"create or replace temp table superseded as select '{table.name}' as table_name, load_seq as held_load_seq, row_no, "
        f"'superseded' as state_code, {load_seq}::bigint as _load_seq from waiting w "
        f"where (not {came_again} and ({key_came})) or {came_good} or {overtaken}"
    )
    found = engine.execute("select count(*) from superseded").fetchone()
    assert found is not None  # a count always returns a row
    number: int = found[0]
    return number
