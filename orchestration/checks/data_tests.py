"""dbt's data tests, on the models and seeds that they are attached to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator

from orchestration.dbt_translator import SNAPSHOT
from orchestration.showing import checked
from warehouse.dbt_runner import NodeResult


class DataTests:
    """The data tests of a manifest, by dbt's unique name of each."""

    def __init__(self, manifest: Mapping[str, Any], translator: DagsterDbtTranslator) -> None:
        """Reads the manifest."""
        self._specs = {
            unique_id: self._spec(manifest, translator, unique_id)
            for unique_id, node in manifest["nodes"].items()
            if node["resource_type"] == "test"
        }

    @property
    def specs(self) -> list[dg.AssetCheckSpec]:
        """One check per test."""
        return list(self._specs.values())

    def results(self, test: NodeResult) -> Iterator[dg.AssetCheckResult]:
        """The result of one test; none where dbt skipped it because its model failed."""
        if test.status == "skipped":
            return
        metadata = {"status": test.status, "findings": test.findings, "message": test.message, "seconds": test.seconds}
        yield checked(
            self._specs[test.unique_id].key,
            passed=test.status == "pass",
            is_error=test.status != "warn",
            metadata={name: value for name, value in metadata.items() if value not in (None, "")},
        )

    @staticmethod
    def _spec(manifest: Mapping[str, Any], translator: DagsterDbtTranslator, unique_id: str) -> dg.AssetCheckSpec:
        test = manifest["nodes"][unique_id]
        tested = test["attached_node"]
        is_of_a_model = tested is not None and not tested.startswith("source.")
        return dg.AssetCheckSpec(
            test["name"],
            asset=translator.get_asset_spec(manifest, tested, None).key if is_of_a_model else SNAPSHOT,
            description=test["description"] or None,
            blocking=test["config"]["severity"].lower() == "error",
        )
