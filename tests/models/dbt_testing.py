"""Runs dbt's tests, of data and of units, on a database in this process.

Belongs here: the call of dbt and its results. Does not: what any test expects of them.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from glassbook.settings import Settings
from warehouse.connections import WORKING
from warehouse.dbt_events import unheard_events_dropped
from warehouse.dbt_runner import PROJECT_DIR, TARGET, profile, release_databases


def run_dbt_tests(settings: Settings, database: Path, *more: str, project: Path = PROJECT_DIR) -> list[Any]:
    """Results of `dbt test` of the models in `project`; `more` are options that select some."""
    from dbt.cli.main import dbtRunner

    folder = database.parent
    given = profile(database, settings)
    # What the build threw away: functions of the lake's files, and staging that is not kept.
    working = shutil.copyfile(settings.builds_dir / "working.duckdb", folder / "working.duckdb")
    given["glassbook"]["outputs"][TARGET]["attach"] = [{"path": str(working), "alias": WORKING}]
    (folder / "profiles.yml").write_text(json.dumps(given), encoding="utf-8")
    where = ["--project-dir", str(project), "--profiles-dir", str(folder), "--target-path", str(folder / "target")]
    quiet = ["--log-path", str(folder), "--log-level", "none", "--log-level-file", "none", "--no-write-json", "--no-version-check"]
    try:
        with unheard_events_dropped():
            outcome = dbtRunner().invoke(["test", *where, *quiet, *more])
    finally:
        release_databases()
    assert outcome.exception is None, outcome.exception
    # The project's own preparation of a run is told of as well.
    return [r for r in outcome.result if r.node.resource_type in ("test", "unit_test")]  # type: ignore[union-attr]
