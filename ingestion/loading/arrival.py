"""The arrival of one table: its rows are streamed once into a file outside the lake, words for null are replaced, keys are compared.

Belongs here: the steps before rows are judged. Does not: which rows are asked for (`load`), judging them (`judging`), what is written
(`table_loading`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from glassbook.engine_errors import is_full_disk
from glassbook.sql_paths import ROW_NUMBER, file_written, parquet_sql
from ingestion.contract import Table
from ingestion.loading.content_hash import hash_sql, unreadable_hash_sql
from ingestion.loading.lake_files import FORM, Written
from ingestion.loading.null_words import NullWords, take_out_words
from ingestion.loading.table_work import TableWork
from ingestion.loading.unreadable import require_readable, unreadable_columns
from ingestion.loading.vanished import Deletions, KeysCompared, compare_arrived, require_few
from ingestion.sources.table import SourceTable, UnreadableValue


@dataclass(frozen=True)
class Arrival:
    """A table that arrives with a load: the work on it, and what the load has in common for all tables.

    `started_at` is an aware instant in UTC; `words` are the source's words for null, `source` is its name; `lacked` are the table's
    `drift.lacked_columns`; tables in `allow_gone` may have lost any number of rows. `withdrawn` is the file that names the rows that move
    from the lake to quarantine. They are also in the engine's table `withdrawn`, and the loads of `work` no longer include them.
    """

    work: TableWork
    started_at: datetime
    words: NullWords
    source: str
    lacked: frozenset[str]
    allow_gone: frozenset[str] = frozenset()
    withdrawn: Written | None = None


@dataclass(frozen=True)
class Extent:
    """How much of a source's table is read.

    `signature`: that of its mapping. `since_at`: only rows from this instant on (UTC, without zone). `is_complete`: the source holds all
    rows, so a row in lake or quarantine that it no longer has was fixed or deleted. `compared`: the result of an earlier comparison of all
    keys; the engine then has the tables `keys_now` and `gone`. `unreadable`: the first value that could not be read, when the table is read
    again to find all such values.
    """

    signature: str | None = None
    since_at: datetime | None = None
    is_complete: bool = False
    compared: KeysCompared | None = None
    unreadable: UnreadableValue | None = None


@dataclass(frozen=True)
class Landed:
    """What arrived, in the engine's view `arrived`.

    `rows`: how many arrived; `file`: the file with them; `unread`: columns with values that could not be read; `is_all`: every row of the
    source arrived. `gone`: how many keys the source no longer has (they are in the engine's table `gone`), and `deletions`: when such keys
    are found. `null_words`: per column, how many rows arrived with which word for null.
    """

    rows: int
    file: Path
    unread: set[str]
    is_all: bool
    gone: int
    deletions: Deletions
    null_words: dict[str, dict[str, int]]


def land(arrival: Arrival, read: SourceTable, extent: Extent) -> Landed:
    """Reads a table. When all rows arrive and their keys were not compared before, compares them.

    Raises the error of an unreadable value, and CheckFailed when the source has lost many rows.
    """
    work = arrival.work
    file = work.settings.lake_dir / "_work" / "arrived.parquet"
    _stream(work, read, file)
    rows = work.count("arrived")
    if extent.unreadable is not None:
        require_readable(work.engine, read, extent.unreadable)
    unread = unreadable_columns(work.engine, work.table, read)
    is_all = extent.is_complete and not read.is_windowed
    compared = extent.compared
    if is_all and compared is None:
        compared = compare_arrived(work, arrival.source, tells_unreadable=read.tells_unreadable and not read.is_empty)
        require_few(work.table, compared, arrival.allow_gone)
    deletions: Deletions = "reconcile" if extent.is_complete else "never"
    if compared is not None and not compared.is_blind:
        deletions = "now"
    words: dict[str, dict[str, int]] = {}
    # Platforms have many tables without a row yet, so none is asked about its values.
    if rows:
        file, words = take_out_words(work, arrival.words, file, _hashed(work.table, read))
        # What is accounted for is what that left.
        rows = work.count("arrived")
    return Landed(rows, file, unread, is_all, compared.gone if compared else 0, deletions, words)


def _stream(work: TableWork, read: SourceTable, target: Path) -> None:
    """Streams the source's rows, in their order, into a file in the shape of the lake's, and makes the view `arrived` over it."""
    if read.is_empty:
        nothing = [f'null::{column.duckdb_type} as "{column.name}"' for column in work.table.columns]
        nothing += ["null::bigint as _load_seq", "null::ubigint as _row_hash", "null::bigint as _position"]
        work.engine.execute(f"create or replace temp view arrived as select {', '.join(nothing)} where false")
        return
    rows = f"select {work.columns}, {work.load_seq}::bigint as _load_seq, {_hashed(work.table, read)} from ({read.query})"
    try:
        work.engine.execute(f"copy ({rows}) to {file_written(target)} ({FORM})")
    except duckdb.Error as error:
        if is_full_disk(error):
            raise
        raise read.why_unreadable(error) from error
    work.engine.execute(
        f"create or replace temp view arrived as select * exclude (file_row_number), file_row_number + 1 as _position "
        f"from {parquet_sql([target], ROW_NUMBER)}"
    )


def _hashed(table: Table, read: SourceTable) -> str:
    """The columns added to a row's own: its hash and, if the source reports it, what could not be read."""
    return f"{unreadable_hash_sql(table)} as _row_hash, _unreadable" if read.tells_unreadable else f"{hash_sql(table)} as _row_hash"
