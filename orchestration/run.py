"""Runs assets in this process, for the command line: the same definitions that Dagster's schedules run."""

from __future__ import annotations

from typing import Any

import dagster as dg

from glassbook.errors import GlassbookError
from glassbook.settings import Settings
from orchestration.build_definitions import build_defs


def materialize(settings: Settings, key: dg.AssetKey | None, op: str, config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Materializes the asset `key` (None: all of the op `op`'s assets) with the op's config.

    Returns the metadata of each asset by its name. Raises the GlassbookError that an asset raised, as it was raised.
    """
    definitions = build_defs(settings=settings)
    assets = [a for a in definitions.assets or [] if isinstance(a, dg.AssetsDefinition) and a.node_def.name == op]
    run_config = {"ops": {op: {"config": config}}, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        try:
            result = dg.materialize(
                assets,
                instance=instance,
                resources={"settings": (definitions.resources or {})["settings"]},
                run_config=run_config,
            )
        except BaseException as error:
            cause: BaseException | None = error
            while cause is not None and not isinstance(cause, GlassbookError):
                cause = cause.__cause__
            if cause is None:
                raise
            raise cause from None
    found: dict[str, dict[str, Any]] = {}
    for event in result.get_asset_materialization_events():
        materialization = event.step_materialization_data.materialization
        found[materialization.asset_key.path[-1]] = {k: v.value for k, v in materialization.metadata.items()}
    return found
