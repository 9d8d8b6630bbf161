"""What pages read: the current snapshot, and rows of its warehouse, cached per snapshot.

Belongs here: opening it read-only and caching results. Does not: any figure, any text.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from glassbook.settings import load_settings
from glassbook.snapshots import Snapshot, connect, current_snapshot, has_snapshot

Rows = list[tuple[Any, ...]]


def latest_snapshot() -> Snapshot | None:
    """The snapshot in force now, or None when nothing was published yet."""
    settings = load_settings()
    return current_snapshot(settings) if has_snapshot(settings) else None


def rows(snapshot: Snapshot, query: str, *values: object) -> Rows:
    """Rows of `query` on the snapshot's warehouse; `values` fill its question marks."""
    return _kept_rows(snapshot.snapshot_id, query, values, _snapshot=snapshot)


@st.cache_data(max_entries=500, show_spinner=False)
def _kept_rows(snapshot_id: str, query: str, values: tuple[object, ...], *, _snapshot: Snapshot) -> Rows:
    with connect(_snapshot.database) as connection:
        return connection.execute(query, list(values)).fetchall()
