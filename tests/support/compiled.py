"""The models as dbt compiles them, and what each reads, from a copy of a built warehouse.

Belongs here: asking dbt. Does not: what a test expects of the SQL.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from orchestration.dbt_runner import PROJECT_DIR, profile, release_databases


@dataclass(frozen=True)
class Compiled:
    """SQL of each model, and per model and seed the models, seeds and sources that it reads directly."""

    sql: dict[str, str]
    parents: dict[str, set[str]]

    def descendants(self, name: str) -> set[str]:
        """Models that read `name`, directly or not."""
        found: set[str] = set()
        pending = {name}
        while pending:
            pending = {child for child, parents in self.parents.items() if parents & pending} - found
            found |= pending
        return found


def compile_models(settings: Settings, snapshot: Snapshot, folder: Path, *, is_full: bool) -> Compiled:
    """What dbt makes of the models for a full build, or for one that starts from the snapshot; `folder` is an empty one."""
    from dbt.cli.main import dbtRunner

    database = folder / snapshot.database.name
    shutil.copyfile(snapshot.database, database)
    with duckdb.connect(str(database)) as connection:
        connection.execute("insert into ctl_parameters values ('is_full', ?)", [str(is_full).lower()])
    (folder / "profiles.yml").write_text(json.dumps(profile(database, settings)), encoding="utf-8")
    where = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(folder), "--target-path", str(folder / "target")]
    quiet = ["--log-path", str(folder), "--log-level", "none", "--log-level-file", "none", "--no-write-json", "--no-version-check"]
    try:
        outcome = dbtRunner().invoke(["compile", *where, *quiet])
    finally:
        release_databases()
    assert outcome.exception is None, outcome.exception
    nodes: list[Any] = [result.node for result in outcome.result]  # type: ignore[union-attr]
    models = [node for node in nodes if node.resource_type == "model"]
    return Compiled(
        {node.name: node.compiled_code for node in models},
        {node.name: {parent.rsplit(".", 1)[-1] for parent in node.depends_on.nodes} for node in models},
    )
