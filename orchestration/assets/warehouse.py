"""The warehouse: one asset per model and seed of dbt, and the snapshot that is made of them, all by one build.

A build is one step: one process writes one file, which is checked as a whole and published as a whole. So `@dbt_assets` is not used. It
takes only dbt's nodes, so snapshot and catalogue would be steps of their own, which Dagster skips whenever one model is left out. The
assets themselves are those that dagster-dbt makes from the manifest.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import dagster as dg
from dagster_dbt import build_dbt_asset_specs

from glassbook.errors import GlassbookError
from glassbook.settings import Settings
from orchestration.checks.catalogue import catalogue_results, catalogue_specs
from orchestration.checks.data_tests import DataTests
from orchestration.dbt_translator import SNAPSHOT, WAREHOUSE, WarehouseTranslator
from orchestration.freshness import snapshot_freshness
from orchestration.partitions import closes
from orchestration.resources import Installation
from orchestration.showing import made
from warehouse.checks import CheckOutcome
from warehouse.dbt_runner import NodeResult
from warehouse.step import close_day


class BuildConfig(dg.Config):
    """How to build: `full` computes everything again instead of what changed."""

    full: bool = False


def warehouse_assets(settings: Settings, manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """The models and seeds of dbt's manifest and the snapshot, with the data tests and the catalogue as their checks."""
    translator = WarehouseTranslator()
    models = build_dbt_asset_specs(manifest=manifest, dagster_dbt_translator=translator)
    tests = DataTests(manifest, translator)

    # A build makes what has changed, whatever subset is requested; what it leaves out is not shown as made.
    @dg.multi_asset(
        name=WAREHOUSE,
        specs=[*models, _snapshot_spec(models, settings)],
        check_specs=[*tests.specs, *catalogue_specs()],
        partitions_def=closes(settings),
        can_subset=True,
        # dagster-dbt's own functions on assets, such as build_dbt_asset_selection, look for these.
        op_tags={"dagster_dbt/select": "fqn:*"},
    )
    def warehouse(context: dg.AssetExecutionContext, config: BuildConfig, installation: Installation) -> Iterator[Any]:
        """Every model, the checks, and the swap of the snapshot."""
        told: list[NodeResult | CheckOutcome] = []
        day = date.fromisoformat(context.partition_key)
        try:
            run = close_day(installation.settings, day, full=config.full, on_result=told.append)
        except GlassbookError:
            # Nothing was published, so no asset is shown as made; the results of checks are shown, with the check that ended the build.
            yield from _results(told, tests)
            raise
        for result in told:
            if isinstance(result, NodeResult) and result.name in run.parts:
                yield made(context, dg.AssetKey([WAREHOUSE, result.name]), run.parts[result.name])
        yield made(context, SNAPSHOT, run.metadata)
        yield from _results(told, tests)

    return warehouse


def _results(told: list[NodeResult | CheckOutcome], tests: DataTests) -> Iterator[dg.AssetCheckResult]:
    for result in told:
        if isinstance(result, CheckOutcome):
            yield from catalogue_results(result)
        elif result.kind == "test":
            yield from tests.results(result)


def _snapshot_spec(models: Any, settings: Settings) -> dg.AssetSpec:
    return dg.AssetSpec(
        SNAPSHOT,
        group_name="snapshot",
        description="The published warehouse. Readers get that of the newest day; what was known at the end of another is kept beside.",
        deps=[model.key for model in models],
        kinds={"duckdb"},
        freshness_policy=snapshot_freshness(settings),
    )
