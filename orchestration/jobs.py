"""What runs together: the daily close, the weekly reconciliation, a single past day, the filings of a period.

Belongs here: which assets a job makes. Does not: when (`schedules`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import dagster as dg

from orchestration.assets.filings import filing_key
from orchestration.assets.public_site import PUBLIC_SITE
from orchestration.dbt_translator import LAKE, SNAPSHOT, WAREHOUSE
from reports.filing.declare.regime import Regime

DAILY_CLOSE, WEEKLY_RECONCILIATION, PAST_CLOSE = "daily_close", "weekly_reconciliation", "past_close"

# Dagster has no public name for a job that waits for its assets.
AssetJob = Any


def closing_jobs() -> list[AssetJob]:
    """The jobs that load and build, each partitioned by day."""
    built = dg.AssetSelection.key_prefixes([WAREHOUSE]) | dg.AssetSelection.assets(SNAPSHOT)
    closed = dg.AssetSelection.key_prefixes([LAKE]) | built | dg.AssetSelection.assets(PUBLIC_SITE)
    return [
        dg.define_asset_job(DAILY_CLOSE, selection=closed, description="Load, build, check, publish snapshot and page."),
        dg.define_asset_job(
            WEEKLY_RECONCILIATION,
            selection=closed,
            description="The daily close with every key compared, so that rows deleted at the source are found.",
            config={"ops": {LAKE: {"config": {"scope": "reconcile"}}}},
        ),
        dg.define_asset_job(
            PAST_CLOSE,
            selection=built,
            description="What was known at the end of a day, from the lake as it is: for backfills. Readers keep the newest snapshot.",
        ),
    ]


def filing_job(frequency: str, regimes: Iterable[Regime]) -> AssetJob:
    """The job that makes the filings of the regimes with that frequency, partitioned by their periods."""
    return dg.define_asset_job(
        filing_job_name(frequency),
        selection=dg.AssetSelection.assets(*map(filing_key, regimes)),
        description="The filing of the period before, from the snapshot in force.",
    )


def filing_job_name(frequency: str) -> str:
    """monthly_filing, quarterly_filing or yearly_filing."""
    return f"{frequency}_filing"
