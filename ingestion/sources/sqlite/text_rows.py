"""Rows that a driver gives as tuples of text, as Arrow for the engine."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

Rows = Sequence[Sequence[str | None]]


def text_schema(names: Sequence[str]) -> pa.Schema:
    """A schema in which every column is text."""
    return pa.schema([pa.field(name, pa.string()) for name in names])


def text_batch(rows: Rows, schema: pa.Schema) -> pa.RecordBatch:
    """One batch of at least one row."""
    return pa.record_batch([pa.array(values, pa.string()) for values in zip(*rows, strict=True)], schema=schema)
