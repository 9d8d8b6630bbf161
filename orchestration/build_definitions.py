"""The one place that assembles assets, jobs, schedules and sensors."""

from __future__ import annotations

import logging
from typing import Any

import dagster as dg

from glassbook.settings import Settings, load_settings
from orchestration.assets import FILING, PUBLIC_SITE, filing, lake, public_site, warehouse
from orchestration.schedules import build_failure_sensor, build_schedules


def build_defs(**overrides: Any) -> dg.Definitions:
    """Definitions for the settings of this process.

    Overrides: `settings` (Settings), `announce` (what the failure sensor calls with one line), and any other resource by its key.
    """
    settings: Settings = overrides.pop("settings", None) or load_settings()
    announce = overrides.pop("announce", logging.getLogger("glassbook").error)
    everything = dg.AssetSelection.all()
    daily = dg.define_asset_job(
        "daily_close",
        selection=everything - dg.AssetSelection.assets(FILING),
        description="Load, build, check, publish snapshot and page.",
        executor_def=dg.in_process_executor,
    )
    monthly = dg.define_asset_job(
        "monthly_filing",
        selection=dg.AssetSelection.assets(FILING),
        description="The package of the month before, from the snapshot in force.",
        executor_def=dg.in_process_executor,
    )
    weekly = dg.define_asset_job(
        "weekly_reconciliation",
        selection=everything - dg.AssetSelection.assets(FILING),
        description="The daily close with every key compared, so that rows deleted at the source are found.",
        config={"ops": {"lake": {"config": {"scope": "reconcile"}}}},
        executor_def=dg.in_process_executor,
    )
    return dg.Definitions(
        assets=[lake, warehouse, filing, public_site],
        jobs=[daily, weekly, monthly],
        schedules=build_schedules(settings, daily, weekly, monthly),
        sensors=[build_failure_sensor(announce)],
        resources={"settings": dg.ResourceDefinition.hardcoded_resource(settings)} | overrides,
        executor=dg.in_process_executor,
    )


__all__ = ["PUBLIC_SITE", "build_defs"]
