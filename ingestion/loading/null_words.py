"""Words that exports write for null: how often each column has one, and which of them are read as null.

Belongs here: the words, counting them in what arrived, and taking them out. Does not: words of a mapping's codes (`mapping`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from glassbook.settings import PERSONAL_WORDS, WORDS, Settings
from glassbook.sql_paths import ROW_NUMBER, file_written, parquet_sql
from glassbook.sql_text import identifier, quoted
from ingestion.contract import Column, Table
from ingestion.loading.lake_files import FORM
from ingestion.loading.statements import statement
from ingestion.loading.table_work import TableWork
from ingestion.mapping import Mapping

SUSPECT = ("0", "Null", "none", "NaN", "nan", "N/A", "n/a", "undefined")
"""Words that are reported besides the default words for null; each can be a real value."""


@dataclass(frozen=True)
class NullWords:
    """Words that a source writes for null: in nullable texts, and separately in personal ones, where Null can be a surname."""

    texts: tuple[str, ...] = WORDS
    personal: tuple[str, ...] = PERSONAL_WORDS

    def of(self, column: Column) -> tuple[str, ...]:
        """The words read as null in a column."""
        if column.type != "text" or not column.nullable:
            return ()
        return self.personal if column.pii else self.texts


def null_words_of(settings: Settings, mapping: Mapping | None) -> NullWords:
    """The words of the mapping; where it has none, those of the settings."""
    texts = settings.null_words if mapping is None or mapping.null_words is None else mapping.null_words
    personal = settings.personal_null_words if mapping is None or mapping.personal_null_words is None else mapping.personal_null_words
    return NullWords(tuple(texts), tuple(personal))


def count_words(engine: duckdb.DuckDBPyConnection, table: Table, words: NullWords) -> dict[str, dict[str, int]]:
    """Per column, how many rows of `arrived` have which word for null, whether it is read as null or kept."""
    # A required column with a list of values is left out: there such a word goes to quarantine, which says more.
    columns = [column for column in table.columns if column.type == "text" and (column.nullable or column.values is None)]
    looked_for = {column.name: sorted({*WORDS, *SUSPECT, *words.of(column)}) for column in columns}
    if not columns:
        return {}
    occurs = ", ".join(f"coalesce(bool_or({_is_one(name, looked_for[name])}), false)" for name in looked_for)
    row = engine.execute(f"select {occurs} from arrived").fetchone()
    assert row is not None  # an aggregate always returns a row
    found = {}
    for name in (name for name, is_there in zip(looked_for, row, strict=True) if is_there):
        column = identifier(name)
        counts = engine.execute(f"select {column}, count(*) from arrived where {_is_one(name, looked_for[name])} group by 1 order by 1")
        found[name] = dict(counts.fetchall())
    return found


def read_as_null(table: Table, words: NullWords, found: dict[str, dict[str, int]]) -> dict[str, list[str]]:
    """Per column, which of the words found are read as null."""
    meant = {column.name: [word for word in found.get(column.name, ()) if word in words.of(column)] for column in table.columns}
    return {name: read for name, read in meant.items() if read}


def take_out_words(work: TableWork, words: NullWords, landed: Path, hashed: str) -> tuple[Path, dict[str, dict[str, int]]]:
    """Replaces words for null in `arrived` by null. Returns its file, a new one if there were any, and all counts.

    `hashed`: the columns added to a row's own, in SQL.

    A row of an append table that the lake holds with its words stays as it is: its content must not change.
    """
    found = count_words(work.engine, work.table, words)
    meant = read_as_null(work.table, words, found)
    if not meant:
        return landed, found
    is_held = "false"
    lake = work.lake
    if work.table.kind == "append" and lake:
        is_held = f"a._row_hash in (select _row_hash from {lake})"
    nulled = ", ".join(
        f"case when not is_held and {_is_one(name, meant[name])} then null else {identifier(name)} end as {identifier(name)}"
        for name in meant
    )
    target = landed.with_name("without_words.parquet")
    rows = statement("without_words", columns=work.columns, hashed=hashed, nulled=nulled, is_held=is_held)
    work.engine.execute(f"copy ({rows}) to {file_written(target)} ({FORM})")
    work.engine.execute(
        f"create or replace temp view arrived as select * exclude (file_row_number), file_row_number + 1 as _position "
        f"from {parquet_sql([target], ROW_NUMBER)}"
    )
    return target, found


def _is_one(column: str, words: tuple[str, ...] | list[str]) -> str:
    # Most texts are longer than any word, and their length is known without reading them.
    longest = max(len(word.encode()) for word in words)
    is_one = f"{identifier(column)} in ({', '.join(map(quoted, words))})"
    return f"(case when strlen({identifier(column)}) <= {longest} then {is_one} else false end)"
