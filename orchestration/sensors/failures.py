"""The sensor that says which run failed and why."""

import dagster as dg

from orchestration.resources import Announcer


@dg.run_failure_sensor(name="failure_sensor", description="Says which run failed and why; the snapshot in force stays.")
def failure_sensor(context: dg.RunFailureSensorContext, announcer: Announcer) -> None:
    """Announces one line on every failed run."""
    announcer.announce(f"{context.dagster_run.job_name} {context.dagster_run.run_id}: {context.failure_event.message}")
