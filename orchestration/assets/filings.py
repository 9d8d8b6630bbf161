"""The filings: one asset per regime, partitioned by its periods."""

from typing import Any

import dagster as dg

from glassbook.settings import Settings
from orchestration.dbt_translator import SNAPSHOT
from orchestration.partitions import filing_periods, period_of
from orchestration.resources import Installation
from orchestration.showing import shown
from reports.filing.acts.step import open_or_check_filing
from reports.filing.declare.regime import Regime

FILING = "filing"


def filing_key(regime: Regime) -> dg.AssetKey:
    """The asset of a regime's filings."""
    return dg.AssetKey([FILING, regime.name])


def filing_asset(regime: Regime, settings: Settings) -> dg.AssetsDefinition:
    """The filings of a regime, each opened from the snapshot in force."""

    @dg.asset(
        key=filing_key(regime),
        group_name=FILING,
        description=f"{regime.title_en}. Opens the filing of a period, or makes its package again while nobody has signed.",
        deps=[dg.AssetDep(SNAPSHOT, partition_mapping=dg.LastPartitionMapping())],
        partitions_def=filing_periods(regime, settings),
    )
    def filing(context: dg.AssetExecutionContext, installation: Installation) -> dg.MaterializeResult[Any]:
        """One filing."""
        run = open_or_check_filing(installation.settings, regime.name, period_of(regime, context.partition_time_window))
        return dg.MaterializeResult(metadata=shown(run.metadata))

    return filing
