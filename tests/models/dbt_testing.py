"""Runs dbt's tests, of data and of units, on a database in this process.

Belongs here: the call of dbt and its results. Does not: what any test expects of them.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from unittest.mock import patch

from glassbook.engine import build_options, connect
from glassbook.settings import Settings
from warehouse import dbt_runner
from warehouse.dbt_events import unheard_events_dropped
from warehouse.dbt_runner import PROJECT_DIR, TARGET, Project, profile, release_databases
from warehouse.engines.duckdb.connections import WORKING
from warehouse.removal_effects import define_python_steps


def run_dbt_tests(settings: Settings, database: Path, *more: str, project: Path = PROJECT_DIR) -> list[Any]:
    """Results of `dbt test` of the models in `project`; `more` are options that select some."""
    from dbt.cli.main import dbtRunner

    folder = database.parent
    given = profile(database, settings)
    # What the build threw away: functions of the lake's files, and staging that is not kept.
    working = shutil.copyfile(settings.builds_dir / "working.duckdb", folder / "working.duckdb")
    given["glassbook"]["outputs"][TARGET]["attach"] = [{"path": str(working), "alias": WORKING}]
    with patch.object(dbt_runner, "PROJECT_DIR", project):
        # As a build parses it: of another project, only the files that differ.
        parsed = Project(settings.model_copy(update={"home": folder}))
        (parsed.folder / "profiles.yml").write_text(json.dumps(given), encoding="utf-8")
        try:
            # Open meanwhile: dbt's connections share the database, and what Python does for the models.
            with connect(database, options=build_options(settings)) as connection, unheard_events_dropped():
                define_python_steps(connection)
                outcome = dbtRunner(manifest=parsed.manifest).invoke(["test", *parsed.where, *more])
        finally:
            release_databases()
    assert outcome.exception is None, outcome.exception
    # The project's own preparation of a run is reported as well.
    return [r for r in outcome.result if r.node.resource_type in ("test", "unit_test")]  # type: ignore[union-attr]
