"""What becomes of each row that a source offers: new, unchanged, duplicate or quarantined with a reason.

Belongs here: the rules of form applied to a table and the comparison with the lake.
Does not: what is written (`table_loading`) or what the rules say (`form_rules`).
"""

from __future__ import annotations

import duckdb

from glassbook.lake.loads import Load
from glassbook.settings import Settings
from glassbook.sql_paths import parquet_sql
from glassbook.sql_text import quoted
from ingestion.contract import Table
from ingestion.contract.form_rules import INSTANT_AHEAD, KEY_CONFLICT, VALUE_NOT_READABLE, column_rules, violation_sql
from ingestion.contract.horizon import require_few_ahead
from ingestion.loading.content_hash import HASH_VERSION, hash_now_sql, holds_joint_sql
from ingestion.loading.held_rows import HELD_STATES, hashed_sql, quarantine_sql
from ingestion.loading.statements import statement
from ingestion.loading.table_work import TableWork

DISPOSITIONS = ("new", "unchanged", "duplicate", "quarantined")


def judge(
    work: TableWork, total: int, *, has_withdrawn: bool = False, comes_from_quarantine: bool = False, tells_unreadable: bool = False
) -> bool:
    """Makes the table `judged` (_position, disposition, reason, keeps_rules): what becomes of each of the `total` rows of `arrived`.

    Returns whether it did: when every row is new, as in a first load without faults, or no row arrived, no table is needed. A row that is
    in quarantine already is unchanged, unless rows come from there to be judged again. `has_withdrawn`: the engine's table `withdrawn` has
    rows that this load takes from the lake to quarantine. `tells_unreadable`: `arrived` has the column `_unreadable`. Raises InputError
    when too many rows lie ahead.
    """
    if not total:
        return False
    _find_violations(work)
    if not comes_from_quarantine:
        require_few_ahead(work.engine, work.table, work.horizon, INSTANT_AHEAD.reason, total)
    if tells_unreadable:
        _add_unreadable(work.engine)
    repeated = _has_repeated_key(work)
    is_fault_free = work.engine.execute("select 1 from violations limit 1").fetchone() is None
    if is_fault_free and not repeated and not any(part.path for part in work.before):
        return False
    _rank(work, repeated)
    is_hashed_anew = _is_hashed_anew(work)
    is_known, is_conflict = _compare_with_lake(work, is_hashed_anew=is_hashed_anew)
    is_held = "false" if comes_from_quarantine else _is_held(work, is_hashed_anew=is_hashed_anew)
    if has_withdrawn:
        is_held = f"({is_held} or a._row_hash in (select _row_hash from withdrawn))"
    work.engine.execute(statement("judged", is_held=is_held, is_known=is_known, is_conflict=is_conflict, key_conflict=KEY_CONFLICT.reason))
    return True


def judged_sql(is_judged: bool) -> str:
    """Relation of the rows of `arrived` with their disposition and reason; `is_judged` is what `judge` returned."""
    if is_judged:
        return "(select * from arrived join judged using (_position))"
    return "(select *, 'new' as disposition, null::varchar as reason from arrived)"


def _is_hashed_anew(work: TableWork) -> bool:
    """Whether stored hashes must be computed again: there are rows of an old hash version, and a row arrived whose hash differs between
    that version and this one. For every other row both versions find the same differences."""
    name = work.table.name
    written = [part for load in work.loads if load.hash_version < HASH_VERSION and (part := load.tables.get(name))]
    if not any(part.path or part.quarantine_path for part in written):
        return False
    return work.engine.execute(f"select 1 from arrived where {holds_joint_sql(work.table)} limit 1").fetchone() is not None


def _is_held(work: TableWork, *, is_hashed_anew: bool) -> str:
    """A condition on a row `a` of `ranked`: the same row already waits in quarantine, so it need not go there again.

    In a mutable table a superseded row counts too, while a newer version is there: a source that sends old versions sends them at every
    load. After that, and in an append table, the row goes to quarantine again.
    """
    if not any(part.quarantine_path for part in work.before):
        return "false"
    rows = quarantine_sql(work.settings, work.loads, work.table.name)
    if is_hashed_anew:
        rows = hashed_sql(work.table, rows)
    waiting = f"a._row_hash in (select _row_hash from {rows} where state_code in ({', '.join(map(quoted, HELD_STATES))}))"
    if work.table.kind == "append":
        return waiting
    on_key = work.on_key("n", "a")
    newer = (
        f"exists (select 1 from known n where {on_key} and n.seen_at > a.seen_at) "
        f"or exists (select 1 from ranked n where {on_key} and n.seen_at > a.seen_at and n.violation is null)"
    )
    return f"({waiting} or (a._row_hash in (select _row_hash from {rows} where state_code = 'superseded') and ({newer})))"


def standing_sql(settings: Settings, table: Table, loads: list[Load], row: str) -> str:
    """A condition on a lake row with its `file_row_number`, under the alias `row`: no later load moved this version to quarantine or, in an
    append table, found its key gone from the source."""
    written = [t for load in loads if (t := load.tables.get(table.name))]
    gone = [settings.lake_dir / t.gone_path for t in written if t.gone_path]
    withdrawn = [settings.lake_dir / t.withdrawn_path for t in written if t.withdrawn_path]
    conditions = []
    if gone:
        on_key = " and ".join(f'g."{name}" = {row}."{name}"' for name in table.key)
        files = parquet_sql(gone)
        conditions.append(f"not exists (select 1 from {files} g where {on_key} and g._load_seq > {row}._load_seq)")
    if withdrawn:
        files = parquet_sql(withdrawn)
        on_row = f"w.held_load_seq = {row}._load_seq and w.row_no = {row}.file_row_number"
        conditions.append(f"not exists (select 1 from {files} w where {on_row})")
    return " and ".join(conditions) or "true"


def _has_repeated_key(work: TableWork) -> bool:
    """Whether two rows of `arrived` have the same key, or one has none. Integer keys are counted in groups of 64, one bit per key."""
    *first, last = work.table.key
    if next(column for column in work.table.columns if column.name == last).duckdb_type == "BIGINT":
        groups = ", ".join([f'"{name}"' for name in first] + [f'"{last}" >> 6'])
        is_repeated = f'coalesce(bit_count(bit_or(1::ubigint << ("{last}" & 63))), 0) <> count(*)'
    else:
        groups, is_repeated = work.key, "count(*) > 1"
    return work.engine.execute(f"select 1 from arrived group by {groups} having {is_repeated} limit 1").fetchone() is not None


def _find_violations(work: TableWork) -> None:
    """Makes the temp table `violations` (_position, violation) of the rows of `arrived` that break a rule of form."""
    violation = violation_sql(column_rules(work.table, work.horizon))
    work.engine.execute(
        f"create or replace temp table violations as select _position, violation from (select _position, {violation} as violation "
        f"from arrived) where violation is not null"
    )


def _add_unreadable(engine: duckdb.DuckDBPyConnection) -> None:
    """A value that could not be read is null in `arrived` and breaks other rules only for that reason: the row is held as unreadable."""
    engine.execute("delete from violations where _position in (select _position from arrived where _unreadable is not null)")
    engine.execute(
        f"insert into violations select _position, '{VALUE_NOT_READABLE.reason}:' || json_keys(_unreadable)[1] from arrived "
        f"where _unreadable is not null"
    )


def _rank(work: TableWork, repeated: bool) -> None:
    """Makes the temp table `ranked`: the rows of `arrived` with their violation and their place among those of the same key."""
    copy, first_hash, is_last = "1", "_row_hash", "true"
    if repeated and work.table.kind == "append":
        copy = f"row_number() over (partition by {work.key}, _row_hash order by _position)"
        # Of different rows with one key, the first that keeps the rules of form counts.
        first_hash = f"first_value(_row_hash) over (partition by {work.key} order by violation is not null, _position)"
    elif repeated:
        # Of equal versions the last one stays, because order in the file decides which version is the newest.
        copy = f"row_number() over (partition by {work.key}, _row_hash order by _position desc)"
        is_last = f"_position = max(_position) over (partition by {work.key}, seen_at, violation is null)"
    parts = {"copy": copy, "first_hash": first_hash, "is_last": is_last}
    work.engine.execute(statement("ranked", key=work.key, cursor=work.table.cursor, **parts))


def _compare_with_lake(work: TableWork, *, is_hashed_anew: bool) -> tuple[str, str]:
    """Two conditions on a row `a` of `ranked`: the lake holds it already; the lake holds other content under its key, which is a
    conflict."""
    lake = work.lake
    if not lake:
        work.engine.execute(statement("known_none", key=work.key))
        return "false", "false"
    on_key = work.on_key("k", "a")
    parts = {
        "key": work.key,
        "row_hash": hash_now_sql(work.table) if is_hashed_anew else "_row_hash",
        "cursor": work.table.cursor,
        "lake": lake,
        "on_key": on_key,
        "is_standing": standing_sql(work.settings, work.table, work.loads, "k"),
    }
    work.engine.execute(statement("known", **parts))
    if work.table.kind == "append":
        is_known = f"exists (select 1 from known k where {on_key} and k._row_hash = a._row_hash)"
        return is_known, f"exists (select 1 from known k where {on_key} and k._row_hash <> a._row_hash)"
    # If the source now sends as its last version one that another of the same instant had replaced, that version is the newest again.
    overtaken = (
        f"exists (select 1 from known n where {work.on_key('n', 'a')} and n.seen_at = a.seen_at "
        f"and (n._load_seq, n._row) > (k._load_seq, k._row))"
    )
    return f"exists (select 1 from known k where {on_key} and k._row_hash = a._row_hash and not (a.is_last and {overtaken}))", "false"
