"""The load log: one JSON entry a load, whose appearance makes the whole load visible at once.

Belongs here: the shape of an entry, reading and writing it. Does not: how rows are judged (`load`).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from glassbook.faults import checkpoint
from glassbook.settings import Settings

LOADS = "_loads"


@dataclass(frozen=True)
class TableLoad:
    """What a load did to one table.

    rows_read = new + unchanged + duplicate + quarantined, and so for every money sum (text with 2 decimals).
    """

    is_supplied: bool
    path: str | None = None
    quarantine_path: str | None = None
    rows_read: int = 0
    rows_new: int = 0
    rows_unchanged: int = 0
    rows_duplicate: int = 0
    rows_quarantined: int = 0
    money_sums: dict[str, dict[str, str]] = field(default_factory=dict)
    cursor_from: str | None = None
    cursor_to: str | None = None
    missing_columns: list[str] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)
    sha256: str | None = None
    bytes: int = 0


@dataclass(frozen=True)
class Load:
    """One entry of the load log; `loaded_at` is an aware instant in UTC."""

    load_seq: int
    load_id: str
    loaded_at: datetime
    source: str
    contract_version: int
    tables: dict[str, TableLoad]

    @property
    def rows_new(self) -> int:
        """Rows that this load added to the lake, all tables together."""
        return sum(table.rows_new for table in self.tables.values())

    @property
    def rows_quarantined(self) -> int:
        """Rows that this load put into quarantine, all tables together."""
        return sum(table.rows_quarantined for table in self.tables.values())


def _from_json(record: dict[str, Any]) -> Load:
    tables = {name: TableLoad(**table) for name, table in record.pop("tables").items()}
    return Load(loaded_at=datetime.fromisoformat(record.pop("loaded_at")), tables=tables, **record)


def visible_loads(settings: Settings, known_at: datetime | None = None) -> list[Load]:
    """Every load that was visible by `known_at` (now when None), oldest first."""
    folder = settings.lake_dir / LOADS
    if not folder.is_dir():
        return []
    loads = [_from_json(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.json"))]
    if known_at is None:
        return loads
    limit = known_at.replace(tzinfo=UTC) if known_at.tzinfo is None else known_at
    return [load for load in loads if load.loaded_at <= limit]


def write_entry(settings: Settings, load: Load) -> Path:
    """Makes `load` visible in one step."""
    folder = settings.lake_dir / LOADS
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{load.load_seq:08d}.json"
    temporary = folder / f".{target.name}.part"
    record = asdict(load) | {"loaded_at": load.loaded_at.isoformat()}
    with temporary.open("w", encoding="utf-8") as handle:
        json.dump(record, handle, ensure_ascii=False, indent=1, sort_keys=True)
        handle.flush()
        os.fsync(handle.fileno())
    checkpoint("in_load_log")
    temporary.replace(target)
    sync_folder(folder)
    return target


def sync_folder(folder: Path) -> None:
    """Makes renames in a folder outlive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
