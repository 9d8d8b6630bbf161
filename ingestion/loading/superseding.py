"""Rows in quarantine that a load finds fixed or gone: the source no longer has them, so they need not wait.

Belongs here: the comparison with what arrived, and the file of states that a load or a decision writes. Does not: what else becomes
of a row that arrived (`judging`).
"""

from __future__ import annotations

from ingestion.loading.held_rows import HELD_STATES, QUARANTINE, hashed_sql
from ingestion.loading.lake_files import Written
from ingestion.loading.statements import statement
from ingestion.loading.table_work import TableWork


def find_superseded(work: TableWork, quarantine: str, *, is_judged: bool, is_all: bool, has_keys: bool) -> int:
    """Makes the temp table `superseded` (table_name, held_load_seq, row_no, state_code, _load_seq) and returns its number of rows.

    `quarantine` is the relation of the table's rows in quarantine, those of this load included; `arrived` and, where `is_judged`, `judged`
    and `known` are as judging left them; `is_all`: every row that the source has arrived; `has_keys`: `keys_now` holds the key of every row
    that it has. A held row is superseded when

    - its content did not arrive again, but its key (not older) or every row of the source did: it was changed, fixed or deleted there;
    - its content did not arrive again, and the source no longer has its key;
    - its content arrived again and keeps today's rules, so that the lake holds it;
    - in a mutable table, a newer version of its key keeps the rules, even if the source also sends the old one.
    """
    _find_answers(work, quarantine, is_judged=is_judged)
    not_older, is_overtaken = _in_time(work, is_judged=is_judged) if work.table.kind == "mutable" else ("", "false")
    key_came = "true" if is_all else f"exists (select 1 from answers a where {work.on_key('a', 'w')}{not_older})"
    if has_keys and not is_all:
        key_came += f" or not exists (select 1 from keys_now n where {work.same_key('n', 'w')})"
    parts = {"same_row": f"a._row_hash = w._row_hash and {work.same_key('a', 'w')}", "key_came": key_came, "is_overtaken": is_overtaken}
    work.engine.execute(statement("superseded", table=work.table.name, load_seq=str(work.load_seq), **parts))
    return work.count("superseded")


def write_states(work: TableWork, relation: str) -> Written:
    """Writes the new states of rows in quarantine, which are in the engine's table `relation`."""
    return work.write(f"{QUARANTINE}/{work.table.name}/{work.load_seq:08d}.states.parquet", f"select * from {relation} order by all")


def _find_answers(work: TableWork, quarantine: str, *, is_judged: bool) -> None:
    """Makes the temp tables `waiting`, the rows that wait in quarantine, and `answers`, the rows of `arrived` under their keys."""
    work.engine.execute(
        statement(
            "waiting",
            key=", ".join(f'held."{name}" as "{name}"' for name in work.table.key),
            cursor=work.table.cursor,
            quarantine=hashed_sql(work.table, quarantine),
            held_states=", ".join(map(repr, HELD_STATES)),
        )
    )
    work.engine.execute(
        statement(
            "answers",
            key=", ".join(f'a."{name}"' for name in work.table.key),
            cursor=work.table.cursor,
            keeps_rules="judged.keeps_rules" if is_judged else "true",
            arrived="arrived a join judged using (_position)" if is_judged else "arrived a",
            same_key=work.same_key("w", "a"),
        )
    )


def _in_time(work: TableWork, *, is_judged: bool) -> tuple[str, str]:
    """Two conditions on a waiting row `w` of a mutable table: an answer `a` is not older; a newer version is there."""
    # An instant that is missing, or is itself the fault, gives no order.
    cursor = next(column for column in work.table.columns if column.name == work.table.cursor)
    orders_nothing = f"w.seen_at is null or w.column_name = '{work.table.cursor}' or {work.horizon.is_ahead(cursor, 'w.seen_at')}"
    on_key = work.on_key("a", "w")
    is_overtaken = f"exists (select 1 from answers a where {on_key} and a.seen_at > w.seen_at and a.keeps_rules)"
    if is_judged:
        is_overtaken += f" or exists (select 1 from known a where {on_key} and a.seen_at > w.seen_at)"
    return f" and ({orders_nothing} or a.seen_at >= w.seen_at)", is_overtaken
