"""Rules of form, on the tables of the lake. Ingestion has applied them; rows that they hold back are in quarantine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from glassbook.settings import Settings
from ingestion.contract import Table, load_contract
from ingestion.contract.form_rules import FormRule, rules_of
from ingestion.quarantine.pages import held_by_rule
from orchestration.checks.names import check_name
from orchestration.dbt_translator import LAKE
from orchestration.showing import checked


def form_specs() -> list[dg.AssetCheckSpec]:
    """One check per table and rule that a row of the table can break."""
    return [
        dg.AssetCheckSpec(check_name(rule.code), asset=dg.AssetKey([LAKE, table.name]), description=rule.rule) for table, rule in _rules()
    ]


def form_results(settings: Settings, tables: Mapping[str, Mapping[str, Any]]) -> Iterator[dg.AssetCheckResult]:
    """How many rows each rule holds back now, for the tables that the source supplies."""
    held = held_by_rule(settings)
    for table, rule in _rules():
        if tables[table.name]["is_supplied"]:
            rows = held.get((table.name, rule.code), 0)
            key = dg.AssetCheckKey(dg.AssetKey([LAKE, table.name]), check_name(rule.code))
            yield checked(key, passed=not rows, is_error=True, metadata={"rows_held": rows})


def _rules() -> Iterator[tuple[Table, FormRule]]:
    for table in load_contract().tables.values():
        for rule in rules_of(table):
            yield table, rule
