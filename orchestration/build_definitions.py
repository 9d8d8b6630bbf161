"""The one place that assembles assets, checks, jobs, schedules, sensors and resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from glassbook.settings import Settings, load_settings
from orchestration.assets.filings import filing_asset
from orchestration.assets.lake import lake_assets
from orchestration.assets.public_site import public_site
from orchestration.assets.warehouse import warehouse_assets
from orchestration.jobs import closing_jobs, filing_job
from orchestration.resources import Announcer, Installation
from orchestration.retries import RETRIES
from orchestration.schedules import closing_schedules, filing_schedule
from orchestration.sensors.deadlines import deadline_sensor
from orchestration.sensors.failures import failure_sensor
from reports.filing.declare.regime import enabled_regimes
from warehouse.manifest import read_manifest


def build_defs(
    *,
    settings: Settings | None = None,
    manifest: Mapping[str, Any] | None = None,
    retries: dg.RetryPolicy = RETRIES,
    **resources: Any,
) -> dg.Definitions:
    """Definitions for the given settings and manifest; by default the settings of this process and dbt's manifest of the project.

    `retries`: how often the load of an unavailable source is retried. Resources replace those of the same key: an `announcer` (an
    Announcer) sends the messages of the sensors elsewhere.
    """
    settings = settings or load_settings()
    closing = {job.name: job for job in closing_jobs()}
    regimes = enabled_regimes(settings)
    filing = {
        frequency: filing_job(frequency, [regime for regime in regimes if regime.frequency == frequency])
        for frequency in sorted({regime.frequency for regime in regimes})
    }
    return dg.Definitions(
        assets=[
            lake_assets(settings, retries),
            warehouse_assets(settings, manifest or read_manifest(settings)),
            public_site,
            *(filing_asset(regime, settings) for regime in regimes),
        ],
        jobs=[*closing.values(), *filing.values()],
        schedules=[
            *closing_schedules(settings, closing),
            *(filing_schedule(settings, frequency, job) for frequency, job in filing.items()),
        ],
        sensors=[failure_sensor, deadline_sensor],
        resources={"installation": Installation(given=settings), "announcer": Announcer()} | resources,
        # Two processes cannot write one file of the warehouse, and one process per step costs seconds.
        executor=dg.in_process_executor,
    )
