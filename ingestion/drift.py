"""How the shape of a source's table has changed since the load before, in plain sentences.

Belongs here: comparing. Does not: refusing what cannot be read (`sources`), showing it (reports).
"""

from __future__ import annotations

from ingestion.contract import Table, load_contract
from ingestion.load_log import Load, TableLoad
from ingestion.sources.table import SourceTable


def drift_of(table: Table, read: SourceTable, loads: list[Load]) -> list[str]:
    """One sentence a column that is new, gone or of another type at the source than when the table was last read there."""
    before = _last_columns(table, loads)
    if not before:
        return []
    nullable = {column.name for column in table.columns if column.nullable}
    sentences = [f"new column {name} ({kind}), not read" for name, kind in read.columns.items() if name not in before]
    for name, kind in before.items():
        if name not in read.columns:
            sentences.append(f"column {name} is gone" + ("; read as null" if name in nullable & set(read.missing_columns) else ""))
        elif read.columns[name] != kind:
            sentences.append(f"column {name} was {kind} and is {read.columns[name]}; its values are read exactly")
    return sentences


def notes_of(load: Load) -> list[str]:
    """What a reader should know of the shape of the tables of a load: what has changed, and what is read as null."""
    notes = []
    for name, table in load.tables.items():
        notes += [f"{name}: {sentence}" for sentence in table.drift]
        declared = {column.name: column for column in load_contract().tables[name].columns} if table.is_supplied else {}
        for is_nullable, reading in ((True, "read as null"), (False, "stood in for by the mapping")):
            found = [column for column in table.missing_columns if column in declared and declared[column].nullable == is_nullable]
            if found:
                notes.append(f"{name}: not supplied and {reading}: {', '.join(found)}")
    return notes


def _last_columns(table: Table, loads: list[Load]) -> dict[str, str]:
    for load in reversed(loads):
        found: TableLoad | None = load.tables.get(table.name)
        if found is not None and found.source_columns:
            return found.source_columns
    return {}
