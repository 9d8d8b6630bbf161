"""How the shape of a source's table has changed since the load before, in plain sentences.

Belongs here: comparing. Does not: refusing what cannot be read (`sources`), showing it (reports).
"""

from __future__ import annotations

from collections.abc import Collection

from glassbook.errors import printable
from glassbook.lake.loads import Load, TableLoad, source_loads
from ingestion.contract import Table, load_contract
from ingestion.loading.vanished import deletions_sentence
from ingestion.sources.table import SourceTable


def shape_of(table: Table, read: SourceTable) -> dict[str, str]:
    """The source's columns with their declared types; for a source without types (files) the types are empty."""
    if read.columns:
        return read.columns
    return {name: "" for name in (*(n for n in table.column_names if n not in read.missing_columns), *read.unknown_columns)}


def lacked_columns(loads: list[Load]) -> dict[str, frozenset[str]]:
    """By table, the columns that a load was not supplied with, and no whole reading after it was either: the lake may hold null for them
    in rows of any age, so the whole table is read when the source supplies one.

    One way back through the loads for all tables, which ends where no column is open any more: every load asks this.
    """
    tables = load_contract().tables
    lacked = {name: set[str]() for name in tables}
    not_read_whole = {name: set(table.column_names) for name, table in tables.items()}
    for load in reversed(source_loads(loads)):
        for name in list(not_read_whole):
            part = load.tables.get(name)
            if part is None or not part.is_supplied:
                continue
            missing = not_read_whole[name].intersection(part.missing_columns)
            lacked[name] |= missing
            if not part.is_windowed:
                not_read_whole[name] = missing
                if not missing:
                    del not_read_whole[name]
        if not not_read_whole:
            break
    return {name: frozenset(columns) for name, columns in lacked.items()}


def newly_supplied(name: str, missing: Collection[str], lacked: Collection[str]) -> list[str]:
    """Columns among those `lacked` that the source supplies now, when it lacks `missing`; in the contract's order."""
    return [column for column in load_contract().tables[name].column_names if column in lacked and column not in missing]


def drift_of(table: Table, read: SourceTable, loads: list[Load], lacked: Collection[str], *, is_complete: bool) -> list[str]:
    """One sentence per column that is new, gone or of another type since the table was last read from this source, and what was
    read whole because a column is supplied now. `lacked`: its `lacked_columns`; `is_complete`: whether the source has all rows."""
    before = _last_columns(table, loads)
    if not before:
        return []
    now = shape_of(table, read)
    nullable = {column.name for column in table.columns if column.nullable}
    sentences = []
    for name, kind in now.items():
        if name not in before:
            # With a mapping, the mapping decides what is read.
            is_read = name in table.column_names and name not in read.unknown_columns
            sentences.append(f"new column {name}{f' ({kind})' if kind else ''}" + ("" if is_read else ", not read"))
    for name, kind in before.items():
        if name not in now:
            sentences.append(f"column {name} is gone" + ("; read as null" if name in nullable & set(read.missing_columns) else ""))
        elif kind and now[name] and now[name] != kind:
            sentences.append(f"column {name} was {kind} and is {now[name]}; its values are read exactly")
    newly = newly_supplied(table.name, read.missing_columns, lacked)
    if newly and not read.is_windowed:
        whole = "the whole table was read" if is_complete else "read in all rows that the source still has; older ones stay without"
        sentences.append(f"not supplied before and supplied now: {', '.join(newly)}; {whole}")
    return sentences


def notes_of(load: Load) -> list[str]:
    """What a reader should know about a load: how tables have changed, what is read as null, and which files were not read."""
    notes = []
    for name, table in load.tables.items():
        notes += [f"{name}: {sentence}" for sentence in table.drift]
        if table.rows_withdrawn:
            count = f"{table.rows_withdrawn:,} rows of earlier loads"
            notes.append(f"{name}: {count} break today's rules of form (GB-F05, GB-F07) and went to quarantine")
        declared = {column.name: column for column in load_contract().tables[name].columns} if table.is_supplied else {}
        for is_nullable, reading in ((True, "read as null"), (False, "stood in for by the mapping")):
            found = [column for column in table.missing_columns if column in declared and declared[column].nullable == is_nullable]
            if found:
                notes.append(f"{name}: not supplied and {reading}: {', '.join(found)}")
    if load.complete_until:
        notes.append(f"complete until {load.complete_until}")
    return [printable(note) for note in notes] + notes_of_reading(load)


def notes_of_reading(load: Load) -> list[str]:
    """The part of it that a load also reports when it finds nothing new: words read as null, files that were not read, when deleted rows
    are found, and what the login may do besides reading."""
    words = [f"{name}: {sentence}" for name, table in load.tables.items() for sentence in _words_of(table)]
    deletions = deletions_sentence(load.tables)
    notes = words + [f"not read: {entry}" for entry in load.ignored] + ([deletions] if deletions else [])
    notes += [f"the source's login may do more than read: {right}" for right in load.surplus_rights]
    return [printable(note) for note in notes]


def _words_of(table: TableLoad) -> list[str]:
    """One sentence per column that arrived with words for null."""
    sentences = []
    for column, counts in table.null_words.items():
        read = table.null_words_read.get(column, [])
        told = [
            ", ".join(f"{word} in {count:,} rows" for word, count in counts.items() if (word in read) == is_read) + reading
            for is_read, reading in ((True, ", read as null"), (False, ", kept as text"))
            if any((word in read) == is_read for word in counts)
        ]
        sentences.append(f"words for nothing in {column}: {'; '.join(told)}")
    return sentences


def _last_columns(table: Table, loads: list[Load]) -> dict[str, str]:
    for load in reversed(source_loads(loads)):
        found: TableLoad | None = load.tables.get(table.name)
        if found is not None and found.source_columns:
            return found.source_columns
    return {}
