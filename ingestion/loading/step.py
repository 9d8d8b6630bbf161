"""The step that loads a platform's records into the lake."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from glassbook.clock import CLOCKS_DIFFER_BY, now
from glassbook.lake.loads import Load, TableLoad
from glassbook.runs import StepRun, recorded
from glassbook.settings import Settings
from ingestion.loading.drift import notes_of, notes_of_reading
from ingestion.loading.lake_writer import notes_of_set_aside
from ingestion.loading.load import LoadPlan, Scope, read_source
from ingestion.mapping import read_mapping


def load(
    settings: Settings,
    *,
    source: str = "",
    mapping: Path | None = None,
    scope: Scope = "new",
    is_restored: bool = False,
    allow_gone: frozenset[str] = frozenset(),
    complete_until: str = "",
) -> StepRun:
    """One load; source and mapping are those of the settings unless given. Raises what `ingestion.loading.load.read_source` raises.

    `is_new` says whether it found something; if not, `load_seq` is the load since which nothing is new.
    """
    began = time.perf_counter()
    mapping = mapping or settings.mapping
    plan = LoadPlan(
        mapping=read_mapping(mapping) if mapping else None,
        scope=scope,
        is_restored=is_restored,
        allow_gone=allow_gone,
        complete_until=complete_until,
    )
    reading = read_source(settings, source or settings.source or settings.platform_dir, plan)
    made = reading.found
    metadata = {
        "load_seq": reading.load.load_seq,
        "is_new": reading.is_new,
        "rows_read": reading.rows_compared,
        "rows_new": made.rows_new,
        "rows_quarantined": made.rows_quarantined,
        "rows_gone": made.rows_gone,
        "bytes": sum(table.bytes for table in made.tables.values()),
        "seconds": time.perf_counter() - began,
        # Where nothing is new, the changes that the last load found still apply.
        "drift": notes_of(reading.load),
        "notes": [
            *_notes_of_clock(settings, reading.load),
            *notes_of_set_aside(reading.set_aside),
            *(notes_of(made) if reading.is_new else notes_of_reading(made)),
        ],
    }
    return recorded(settings, StepRun("ingest", metadata, {name: _part(table) for name, table in made.tables.items()}))


def _notes_of_clock(settings: Settings, load: Load) -> list[str]:
    if load.loaded_at <= now(settings) + CLOCKS_DIFFER_BY:
        return []
    return [
        f"load {load.load_seq} is known at {load.loaded_at.isoformat()}, later than the clock shows: a clock was wrong; "
        "`glassbook doctor` names the first such load, `glassbook correct-clock` puts them right"
    ]


def _part(table: TableLoad) -> dict[str, Any]:
    if not table.is_supplied:
        return {"is_supplied": False}
    names = ("is_supplied", "rows_read", "rows_new", "rows_quarantined", "rows_gone", "bytes", "deletions")
    counted = {name: getattr(table, name) for name in names}
    return counted | ({"money_sums": table.money_sums} if table.money_sums else {})
