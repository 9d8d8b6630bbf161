"""What arrives of one table: streamed once into a file outside the lake, with words for nothing taken out and the keys compared.

Belongs here: rows up to where they are judged. Does not: which rows are asked for (`load`), what becomes of one (`judging`), what is
written (`table_loading`).
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
    """A table that arrives with a load: the work on it, and what the load has for every table.

    `started_at` is an aware instant in UTC; `words` are the source's words for null, `source` is its name; of the tables in `allow_gone`
    any number of rows may be gone. `withdrawn` is the file that names rows of the lake that go to quarantine: they are in the engine's
    table `withdrawn`, and the loads of `work` have them no more.
    """

    work: TableWork
    started_at: datetime
    words: NullWords
    source: str
    allow_gone: frozenset[str] = frozenset()
    withdrawn: Written | None = None


@dataclass(frozen=True)
class Extent:
    """How much of a source's table is read.

    `signature` is that of its mapping; `since_at`: rows from there on (UTC, without zone). `is_complete`: the source holds all rows there
    are, so that a row in lake or quarantine which it no longer has was fixed or deleted. `compared`: what the comparison of all keys
    found, where it was made before; the engine has the tables `keys_now` and `gone` then. `unreadable`: the first value that could not be
    read, where the table is read again so that the source tells which could not.
    """

    signature: str | None = None
    since_at: datetime | None = None
    is_complete: bool = False
    compared: KeysCompared | None = None
    unreadable: UnreadableValue | None = None


@dataclass(frozen=True)
class Landed:
    """What arrived, in the engine's view `arrived`.

    `file`: where its rows lie; `unread`: the columns of which values could not be read; `is_all`: every row that the source has came.
    `gone`: how many keys the source no longer has (they are in the engine's table `gone`), and `deletions`: when such are found.
    `null_words`: by column, how many rows came with which word for nothing.
    """

    file: Path
    unread: set[str]
    is_all: bool
    gone: int
    deletions: Deletions
    null_words: dict[str, dict[str, int]]


def land(arrival: Arrival, read: SourceTable, extent: Extent) -> Landed:
    """Reads a table. Where all rows come and their keys were not compared before, they are compared here.

    Raises what makes a row unreadable, and CheckFailed when the source has lost many rows.
    """
    work = arrival.work
    file = work.settings.lake_dir / "_work" / "arrived.parquet"
    _stream(work, read, file)
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
    if not read.is_empty:
        file, words = take_out_words(work, arrival.words, file, _hashed(work.table, read))
    return Landed(file, unread, is_all, compared.gone if compared else 0, deletions, words)


def _stream(work: TableWork, read: SourceTable, target: Path) -> None:
    """Streams the source's rows, in their order, into a file in the shape of the lake's, and lays the view `arrived` over it."""
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
    """The columns that a row gets beside its own: its hash and, where the source tells it, what could not be read."""
    return f"{unreadable_hash_sql(table)} as _row_hash, _unreadable" if read.tells_unreadable else f"{hash_sql(table)} as _row_hash"
