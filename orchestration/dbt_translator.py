"""The names of dbt's nodes in Dagster, and which of their edges are lineage of data.

Belongs here: keys, groups and edges. Does not: what runs them (`assets.warehouse`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

LAKE, WAREHOUSE = "lake", "warehouse"
SNAPSHOT = dg.AssetKey("snapshot")

# These are the lake's tables: all known rows, rows that arrived since the previous build, and keys that are gone since. Tables that a build
# takes over from the previous one (`previous`) or writes itself (`control`) are not an origin of data.
_LAKE_SOURCES = ("lake", "arrivals", "tombstones")


class WarehouseTranslator(DagsterDbtTranslator):
    """Models and seeds are `warehouse/NAME`, in the group of their folder; sources of the lake are `lake/TABLE`."""

    def __init__(self) -> None:
        # Several dbt sources name the same table of the lake.
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """The key of a model, a seed or a table of a source."""
        name = dbt_resource_props["name"]
        if dbt_resource_props["resource_type"] != "source":
            return dg.AssetKey([WAREHOUSE, name])
        source = dbt_resource_props["source_name"]
        return dg.AssetKey([LAKE if source in _LAKE_SOURCES else source, name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The folder of the model below `models`; `seeds` for a seed."""
        return "seeds" if dbt_resource_props["resource_type"] == "seed" else str(dbt_resource_props["fqn"][1])

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """The asset of a node, with the edges along which data comes to it."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        return spec.replace_attributes(deps=[dep for dep in spec.deps if dep.asset_key.path[0] in (LAKE, WAREHOUSE)])
