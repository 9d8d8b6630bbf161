"""What decides a figure besides the rows of the platform: settings, dated rows of law, rules, code; and how two filings differ in it.

Belongs here: recording these conditions and comparing them. Does not: what the rows of the platform changed (`evidence`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

PARAMETER, RULE, CODE = "parameter", "rule version", "code"

# What a build records about itself and its data; everything else in its parameters is a setting.
_NOT_SETTINGS = (
    *("as_of_on", "known_at", "snapshot_id", "is_full"),
    *("code_version", "model_version", "engine", "rule_set_version", "contract_version"),
    # Settings that affect only marketing's figures.
    *("own_hosts", "return_hosts"),
)
# The settings that a build records and that a package may name for making its filing again; no other setting is taken from a package.
BUILD_SETTINGS = ("timezone", "currency", "platform_name", "over_90_amount", "overdue_rate_base", "count_promotional", "home_regime")
# Settings that affect no figure of a regime.
_WITHOUT_FIGURES = ("platform_name", "home_regime")


@dataclass(frozen=True)
class Condition:
    """One condition in which two sides differ; `kind` is parameter, rule version or code."""

    kind: str
    name: str
    before: str | None
    after: str | None

    def record(self) -> dict[str, str | None]:
        """The condition as a comparison writes it."""
        return {"kind": self.kind, "name": self.name, "before": self.before, "after": self.after}


def read_conditions(connection: duckdb.DuckDBPyConnection, regime_name: str) -> dict[str, Any]:
    """What a filing records of the conditions of its figures.

    `parameters`: settings of the build; `rule_tables`: SHA-256 of the dated rows of law of the regime, by table; `model_version`: the code
    without those rows, None in a snapshot that does not record it.
    """
    held = dict(connection.execute("select name, value from ctl_parameters order by name").fetchall())
    tables = connection.execute(
        "select table_name from duckdb_tables() where database_name = current_database() and starts_with(table_name, ?) order by 1",
        [f"{regime_name}_"],
    ).fetchall()
    return {
        "model_version": held.get("model_version"),
        "parameters": {name: value for name, value in held.items() if name not in _NOT_SETTINGS},
        "rule_tables": {name: _digest(connection, name) for (name,) in tables},
    }


def _digest(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    rows = connection.execute(f'select * from "{table}" order by all').fetchall()
    return hashlib.sha256(json.dumps(rows, default=str, ensure_ascii=False).encode()).hexdigest()


def differing_conditions(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Conditions of figures in which two heads differ, in order of kind and name."""
    parameters = [found for found in _differing(before, after, "parameters") if found[0] not in _WITHOUT_FIGURES]
    found = [Condition(PARAMETER, name, old, new) for name, old, new in parameters]
    if before.get("rule_set_version") != after.get("rule_set_version"):
        found.append(Condition(RULE, "rule_set_version", before.get("rule_set_version"), after.get("rule_set_version")))
    found += [Condition(RULE, name, old, new) for name, old, new in _differing(before, after, "rule_tables")]
    # The version of all code changes with the rows of law too; the version of the models alone distinguishes the two.
    name = "model_version" if before.get("model_version") and after.get("model_version") else "code_version"
    if before.get(name) != after.get(name):
        found.append(Condition(CODE, name, before.get(name), after.get(name)))
    # Older snapshots do not record their engine.
    if before.get("engine") and after.get("engine") and before["engine"] != after["engine"]:
        found.append(Condition(CODE, "engine", before["engine"], after["engine"]))
    return tuple(found)


def _differing(before: Mapping[str, Any], after: Mapping[str, Any], part: str) -> list[tuple[str, str | None, str | None]]:
    old, new = before.get(part) or {}, after.get(part) or {}
    return [(name, old.get(name), new.get(name)) for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
