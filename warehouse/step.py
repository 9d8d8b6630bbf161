"""The step that builds, checks and publishes a snapshot: of what is known now, or of what was known at the end of a day."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from glassbook.lake.loads import known_by, visible_loads
from glassbook.runs import StepRun, recorded
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from warehouse.build import Listener, run_build
from warehouse.checks import CheckOutcome
from warehouse.dbt_runner import NodeResult

BUILT = "success"
"""What dbt reports about a model or seed that it has made."""


def build(settings: Settings, *, full: bool = False, known_at: datetime | None = None, on_result: Listener | None = None) -> StepRun:
    """One build. Its parts are the models and seeds that were really made: none where the snapshot existed already.

    Raises what `warehouse.build.run_build` raises.
    """
    began = time.perf_counter()
    told: list[NodeResult | CheckOutcome] = []

    def listen(result: NodeResult | CheckOutcome) -> None:
        told.append(result)
        if on_result:
            on_result(result)

    snapshot = run_build(settings, full=full, known_at=known_at, on_result=listen)
    made = [result for result in told if isinstance(result, NodeResult) and result.status == BUILT and result.kind in ("model", "seed")]
    rows = _rows(snapshot) if made else {}
    parts = {node.name: {"seconds": node.seconds} | ({"rows": rows[node.name]} if node.name in rows else {}) for node in made}
    metadata = {
        "snapshot_id": snapshot.snapshot_id,
        "as_of": snapshot.manifest["as_of"] or "none",
        "known_at": snapshot.manifest["known_at"],
        "checks": dict(Counter(result.outcome for result in told if isinstance(result, CheckOutcome))),
        "bytes": snapshot.database.stat().st_size,
        "seconds": time.perf_counter() - began,
        "path": str(snapshot.folder),
    }
    return recorded(settings, StepRun("build", metadata, parts))


def close_day(settings: Settings, day: date, *, full: bool = False, on_result: Listener | None = None) -> StepRun:
    """A build of what was known at the end of a day in the platform's time zone.

    Where nothing was loaded since, that is the newest state, and readers get it. An earlier state is kept beside and moves no pointer.
    """
    known_at = end_of(settings, day)
    loads = visible_loads(settings)
    is_newest = len(known_by(loads, known_at)) == len(loads)
    return build(settings, full=full, known_at=None if is_newest else known_at, on_result=on_result)


def end_of(settings: Settings, day: date) -> datetime:
    """The last instant of a day in the platform's time zone."""
    return datetime.combine(day + timedelta(days=1), time_of_day(), ZoneInfo(settings.timezone)) - timedelta(microseconds=1)


def _rows(snapshot: Snapshot) -> dict[str, int]:
    """Rows of each table of a snapshot, as the engine keeps count of them."""
    with connect(snapshot.database) as connection:
        return dict(connection.execute("select table_name, estimated_size from duckdb_tables() where schema_name = 'main'").fetchall())
