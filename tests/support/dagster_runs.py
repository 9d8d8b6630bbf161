"""Runs of Dagster's jobs in this process, on an instance that lives as long as a test, and their results.

Belongs here: running and reading. Does not: what any test expects.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.dbt_translator import WAREHOUSE

QUIET: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def temporary_instance(folder: Path | None = None) -> dg.DagsterInstance:
    """Dagster's own records: in a folder as in production, or in memory, which takes half the time. Sends no telemetry."""
    quiet = {"telemetry": {"enabled": False}}
    return dg.DagsterInstance.local_temp(str(folder), quiet) if folder else dg.DagsterInstance.ephemeral(settings=quiet)


def run_job(
    definitions: dg.Definitions,
    job: str,
    instance: dg.DagsterInstance,
    partition: str | None,
    *,
    ops: dict[str, Any] | None = None,
    only: Iterable[dg.AssetKey] | None = None,
) -> dg.ExecuteInProcessResult:
    """One run of a job, of one partition; `ops` is their config, `only` the assets to run, if not all of the job."""
    return definitions.resolve_job_def(job).execute_in_process(
        instance=instance,
        partition_key=partition,
        run_config=QUIET | ({"ops": ops} if ops else {}),
        asset_selection=None if only is None else list(only),
        raise_on_error=False,
    )


def made(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    """Metadata of every asset that a run made, by its key written with slashes."""
    found = {}
    for event in result.get_asset_materialization_events():
        shown = event.step_materialization_data.materialization
        found[shown.asset_key.to_user_string()] = {name: value.value for name, value in shown.metadata.items()}
    return found


def models_made(result: dg.ExecuteInProcessResult) -> set[str]:
    """Names of the models and seeds that a run made."""
    return {key.removeprefix(f"{WAREHOUSE}/") for key in made(result) if key.startswith(f"{WAREHOUSE}/")}


def checked(result: dg.ExecuteInProcessResult) -> dict[tuple[str, str], bool]:
    """Whether each check that a run evaluated passed, by asset and name."""
    return {(e.asset_key.to_user_string(), e.check_name): e.passed for e in result.get_asset_check_evaluations()}
