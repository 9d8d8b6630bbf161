"""Turns the report of a step into events of Dagster.

Belongs here: metadata, materializations and check results. Does not: which of them exist (the assets, `orchestration.checks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg


def shown(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata of a run as Dagster shows it."""
    return {name: dg.MetadataValue.path(Path(value)) if name == "path" else value for name, value in metadata.items()}


def made(
    context: dg.AssetExecutionContext, key: dg.AssetKey, metadata: Mapping[str, Any]
) -> dg.MaterializeResult[Any] | dg.AssetMaterialization:
    """The event of an asset that was made, also of one that was not requested, where a step makes all of its assets or none."""
    if key in context.selected_asset_keys:
        return dg.MaterializeResult(asset_key=key, metadata=shown(metadata))
    partition = context.partition_key if context.has_partition_key else None
    return dg.AssetMaterialization(asset_key=key, metadata=shown(metadata), partition=partition)


def checked(key: dg.AssetCheckKey, *, passed: bool, is_error: bool, metadata: Mapping[str, Any]) -> dg.AssetCheckResult:
    """The event of a check that was run."""
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=passed,
        severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )
