"""The data files of public tables: each as CSV and Parquet with a dictionary of its columns, and the file for the project search.

Belongs here: their content. Does not: which tables exist (the regime), or the words of a dictionary (its public data).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from reports.present.cells import csv_text
from reports.site.pages.projects import INDEX, ROWS_A_PAGE, listed_columns
from reports.site.public_data import PublicData, PublicWords
from reports.site.reading.edition import Edition
from reports.site.reading.tables import OpenColumn, OpenTable

_DICTIONARY_HEADER = ("column", "kind", "title_zh", "title_en", "note_zh", "note_en", "codes")
_CODES_OF = "segment_kind"
"""The column whose values name the lists of codes for the column segment_code."""


def table_paths(table: OpenTable) -> tuple[str, str, str]:
    """The paths of a table's CSV, Parquet and dictionary: addresses that never change."""
    return f"data/{table.file}.csv", f"data/{table.file}.parquet", f"data/{table.file}-dictionary.csv"


def table_files(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """Each file as (path, content)."""
    import pyarrow.parquet as pq

    for table in edition.tables.values():
        names = [column.name for column in table.columns]
        csv, parquet, dictionary = table_paths(table)
        yield csv, csv_text(names, ([_plain(value) for value in row] for row in table.rows)).encode()
        buffer = io.BytesIO()
        pq.write_table(table.typed, buffer, compression="zstd")
        yield parquet, buffer.getvalue()
        yield dictionary, csv_text(_DICTIONARY_HEADER, (_described(edition.words, table, column) for column in table.columns)).encode()
    if edition.projects is not None:
        yield INDEX, _search_index(edition, edition.projects)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _described(data: PublicData, table: OpenTable, column: OpenColumn) -> list[str]:
    words, note = column.words, column.words.note or PublicWords(zh="", en="")
    return [column.name, column.kind, words.zh, words.en, note.zh, note.en, "; ".join(_codes(data, table, column))]


def _codes(data: PublicData, table: OpenTable, column: OpenColumn) -> Iterator[str]:
    lists = [column.words.codes] if column.words.codes else []
    if column.name == "segment_code":
        lists += [kind for kind in table.values(_CODES_OF) if kind in data.codes]
    for name in lists:
        prefix = f"{name}: " if len(lists) > 1 else ""
        yield from (f"{prefix}{code}={words.zh} {words.en}" for code, words in data.codes[name].items())


def _search_index(edition: Edition, projects: OpenTable) -> bytes:
    """The search index: per project its number and the words of its listed columns, each word written once."""
    key, *others = listed_columns(edition, projects)
    listed = [column for column in others if column.kind == "text"]
    words: dict[str, int] = {}
    rows = []
    for row in projects.rows:
        numbers = []
        for column in listed:
            value = row[projects.place(column.name)]
            if value is not None:
                known = edition.words.code(column.name, value)
                numbers.append(words.setdefault(str(value) if known is None else f"{known.zh} {known.en}", len(words)))
        rows.append([row[projects.place(key.name)], *numbers])
    document = {"rows_a_page": ROWS_A_PAGE, "words": list(words), "rows": rows}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str).encode()
