"""What the source says of persons: columns that the contract calls personal, and their texts in a lake."""

from __future__ import annotations

from glassbook.settings import Settings
from ingestion.contract import load_contract
from tests.support.lake import rows

PERSONAL = {(name, column.name) for name, table in load_contract().tables.items() for column in table.columns if column.pii}


def personal_texts(settings: Settings, shortest: int = 4) -> list[str]:
    """Every personal text from the source of at least so many characters."""
    tables = {table: rows(settings, table) for table, _ in PERSONAL}
    found = {str(row[column]) for table, column in PERSONAL for row in tables[table] if row[column] is not None}
    return sorted(text for text in found if len(text) >= shortest)
