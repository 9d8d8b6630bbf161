"""What pages read: the current snapshot, and rows of one of its files, kept by snapshot.

Belongs here: opening files read-only and keeping answers. Does not: any figure, any word. Which file is read is part of what an answer is
kept under, so what an internal page read is never handed to a public one.
"""

from __future__ import annotations

from typing import Any, Literal

import streamlit as st

from glassbook.settings import load_settings
from glassbook.snapshots import Snapshot, connect, current_snapshot, has_snapshot

Audience = Literal["public", "internal"]
Rows = list[tuple[Any, ...]]


def latest_snapshot() -> Snapshot | None:
    """The snapshot in force now, or None when nothing was published yet."""
    settings = load_settings()
    return current_snapshot(settings) if has_snapshot(settings) else None


def rows(snapshot: Snapshot, audience: Audience, query: str, *values: object) -> Rows:
    """Rows of `query` on the snapshot's file for that audience; `values` fill its question marks."""
    return _kept_rows(snapshot.snapshot_id, audience, query, values, _snapshot=snapshot)


@st.cache_data(max_entries=500, show_spinner=False)
def _kept_rows(snapshot_id: str, audience: Audience, query: str, values: tuple[object, ...], *, _snapshot: Snapshot) -> Rows:
    database = _snapshot.public_database if audience == "public" else _snapshot.database
    with connect(database) as connection:
        return connection.execute(query, list(values)).fetchall()
