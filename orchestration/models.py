"""The dbt models as asset specs, read from the model files, so that opening the graph needs no database and no dbt run.

Belongs here: names, groups, and which model reads which. Does not: running them (`dbt_runner`).
"""

from __future__ import annotations

import re
from functools import cache
from graphlib import TopologicalSorter

import dagster as dg

from warehouse.dbt_runner import PROJECT_DIR

_REFERENCE = re.compile(r"ref\('(\w+)'\)")
_MACRO_REFERENCE = {"touched_loans()": ("ldg_loans", "ldg_touched_loans")}


@cache
def _models() -> dict[str, tuple[str, str]]:
    """Per model and seed: its group and its text."""
    found = {}
    for path in sorted((PROJECT_DIR / "models").rglob("*.sql")):
        found[path.stem] = (path.relative_to(PROJECT_DIR / "models").parts[0], path.read_text(encoding="utf-8"))
    for path in sorted((PROJECT_DIR / "seeds").glob("*.csv")):
        found[path.stem] = ("seeds", "")
    return found


@cache
def model_specs(lake: dg.AssetKey) -> tuple[dg.AssetSpec, ...]:
    """One spec a model; staging models read the lake."""
    models = _models()
    parents = {name: _parents(name, text, models) for name, (_, text) in models.items()}
    specs = []
    # Dagster asks for the parts of one step in an order in which each comes after what it reads.
    for name in TopologicalSorter({name: sorted(found) for name, found in sorted(parents.items())}).static_order():
        deps = [dg.AssetKey(["warehouse", parent]) for parent in sorted(parents[name])]
        group = models[name][0]
        if group == "staging":
            deps.append(lake)
        specs.append(dg.AssetSpec(dg.AssetKey(["warehouse", name]), group_name=group, deps=deps, kinds={"dbt", "duckdb"}))
    return tuple(specs)


def _parents(name: str, text: str, models: dict[str, tuple[str, str]]) -> set[str]:
    parents = {parent for parent in _REFERENCE.findall(text) if parent in models}
    for mark, implied in _MACRO_REFERENCE.items():
        if mark in text:
            parents.update(implied)
    return parents - {name}
