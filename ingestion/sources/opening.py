"""Opening the source of an address, whatever its engine.

Belongs here: what a load and a mapping need from an engine. Does not: which engine it is (`registry`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestion.sources.registry import engine_of
from ingestion.sources.source_engine import AUTO

if TYPE_CHECKING:
    from ingestion.mapping import Mapping
    from ingestion.sources.database import DatabaseSource
    from ingestion.sources.table import Source


def open_source(address: str, mapping: Mapping | None = None, encoding: str = AUTO) -> Source:
    """The source of an address, read through a mapping where one is given; `encoding` is that of its CSV files.

    Raises InputError for a kind that is not known.
    """
    engine = engine_of(address)
    if mapping is not None and engine.opens_tables is not None:
        return open_database(address, encoding, mapping.timezone)
    return engine.opens(address, encoding)


def open_database(address: str, encoding: str = AUTO, timezone: str = "UTC") -> DatabaseSource:
    """A source with tables and columns of its own names: a database, or the files of a folder as if they were one. `timezone` is that of
    what it keeps without a zone.

    Raises InputError for a kind that is not known.
    """
    engine = engine_of(address, with_tables=True)
    assert engine.opens_tables is not None  # as it was looked for
    source = engine.opens_tables(address, encoding)
    source.timezone = timezone
    return source
