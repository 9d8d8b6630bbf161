"""dbt in this process: one invocation a build, with the parsed project kept between builds of one process.

Belongs here: how dbt is started and what it answered. Does not: which database a build uses or what is published.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glassbook.engine import DISABLED_OPTIMIZERS
from glassbook.errors import GlassbookError
from glassbook.settings import Settings
from orchestration.control import code_version

PROJECT_DIR = Path(__file__).resolve().parent.parent / "dbt_project"


class BuildFailed(GlassbookError):
    """A model could not be built; nothing was published."""

    exit_code = 1


@dataclass(frozen=True)
class ModelResult:
    """What dbt did with one model or seed."""

    name: str
    seconds: float


# The parsed project by the hash of its files: parsing costs seconds and gives the same while no file changes.
_parsed: dict[str, Any] = {}


def profile(database: Path, settings: Settings) -> dict[str, Any]:
    """The dbt profile for a build's own database file."""
    return {
        "glassbook": {
            "target": "duckdb",
            "outputs": {
                "duckdb": {
                    "type": "duckdb",
                    "path": str(database),
                    "schema": "main",
                    "threads": 1,
                    "settings": {
                        "memory_limit": settings.memory_limit,
                        "threads": settings.threads,
                        "TimeZone": "UTC",
                        "preserve_insertion_order": False,
                        "autoinstall_known_extensions": False,
                        "disabled_optimizers": DISABLED_OPTIMIZERS,
                    },
                }
            },
        }
    }


def run_dbt(
    settings: Settings, folder: Path, database: Path, *, is_full: bool, on_model: Callable[[ModelResult], None] | None = None
) -> tuple[list[ModelResult], dict[str, list[str]]]:
    """Runs the models on `database`: with `is_full` every one and the seeds, otherwise those that hold rows of the records.

    Definitions (table macros) and seeds come from the code alone, and a database that is not built in full was made by the same code.
    Returns what was done and, per model of the project, the models and sources it reads. Raises BuildFailed that names the model and
    DuckDB's message.
    """
    from dbt.cli.main import dbtRunner

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "profiles.yml").write_text(json.dumps(profile(database, settings)), encoding="utf-8")
    target = settings.builds_dir / "dbt-target"
    where = [
        "--project-dir", str(PROJECT_DIR),
        "--profiles-dir", str(folder),
        "--target-path", str(target.absolute()),
        "--log-path", str(folder.absolute()),
        "--log-level", "none",
        "--log-level-file", "none",
        "--no-write-json",
        "--no-version-check",
    ]  # fmt: skip
    try:
        version = code_version()
        if version not in _parsed:
            parsed = dbtRunner().invoke(["parse", *where])
            if parsed.exception is not None:
                raise BuildFailed(f"dbt could not read the models: {parsed.exception}")
            _parsed[version] = parsed.result
        left_out = [] if is_full else ["--exclude", "config.materialized:table_macro", "resource_type:seed"]
        command = ["build", "--exclude-resource-type", "test", "unit_test", *left_out, *where]
        outcome = dbtRunner(manifest=_parsed[version]).invoke(command)
    finally:
        release_databases()
    if outcome.exception is not None:
        raise BuildFailed(f"dbt could not start: {outcome.exception}")
    results: list[Any] = list(outcome.result)  # type: ignore[arg-type]
    failed = [r for r in results if r.status not in ("success", "pass", "no-op")]
    if failed:
        messages = "\n".join(f"  {r.node.name}: {r.status}: {r.message}" for r in failed if r.status != "skipped")
        raise BuildFailed(f"{len(failed)} models were not built; the snapshot in force stays.\n{messages}")
    done = [ModelResult(r.node.name, float(r.execution_time)) for r in results]
    nodes = [node for node in _parsed[version].nodes.values() if node.resource_type in ("model", "seed")]
    lineage = {node.name: [_name(parent) for parent in getattr(node.depends_on, "nodes", [])] for node in nodes}
    if on_model:
        for model in done:
            on_model(model)
    return done, lineage


def release_databases() -> None:
    """Closes what dbt keeps open for the life of the process: the file must be free before it is published."""
    from dbt.adapters.factory import FACTORY, reset_adapters

    adapters: list[Any] = list(FACTORY.adapters.values())
    for adapter in adapters:
        adapter.cleanup_connections()
        adapter.connections.close_all_connections()
    reset_adapters()  # type: ignore[no-untyped-call]


def _name(unique_id: str) -> str:
    return unique_id.rsplit(".", 1)[-1]
