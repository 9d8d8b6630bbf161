"""Checks of the catalogue, on the tables whose rows break them."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from glassbook.catalogue import Check, load_checks
from orchestration.checks.names import check_name
from orchestration.dbt_translator import LAKE, SNAPSHOT, WAREHOUSE
from orchestration.showing import checked
from warehouse.checks import CheckOutcome


def catalogue_specs() -> list[dg.AssetCheckSpec]:
    """The checks that a build runs on its tables; rules of form are checks of the lake."""
    return [
        dg.AssetCheckSpec(
            key.name,
            asset=key.asset_key,
            description=f"{check.rule_en}\n\n{check.rule_zh}",
            blocking=check.is_blocking,
            metadata={"code": check.code, "name": check.name, "source": check.source},
        )
        for check in load_checks()
        for key in _keys(check)
    ]


def catalogue_results(outcome: CheckOutcome) -> Iterator[dg.AssetCheckResult]:
    """The result of one check, on each of its tables; none for a check that was not run."""
    if outcome.outcome == "not_supplied":
        return
    (check,) = (check for check in load_checks() if check.code == outcome.code)
    metadata = {"outcome": outcome.outcome, "findings": outcome.finding_count} | ({"message": outcome.message} if outcome.message else {})
    for key in _keys(check):
        # A check that crashes has proved nothing, whatever its severity.
        is_error = outcome.severity == "error" or outcome.outcome == "crashed"
        yield checked(key, passed=outcome.outcome == "passed", is_error=is_error, metadata=metadata)


def _keys(check: Check) -> list[dg.AssetCheckKey]:
    assets = [SNAPSHOT if name == SNAPSHOT.path[0] else dg.AssetKey([WAREHOUSE, name]) for name in check.about if name != LAKE]
    return [dg.AssetCheckKey(asset, check_name(check.code)) for asset in assets]
