"""What is disclosed has a contract that dbt enforces, and its types are those that a snapshot really has."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from glassbook.snapshots import Snapshot, connect
from warehouse.dbt_runner import PROJECT_DIR


@pytest.fixture(scope="module")
def disclosed(small_snapshot: Snapshot) -> dict[str, dict[str, str]]:
    """Per `rpt_` table and view of a snapshot, its columns with their whole types, in order. Table functions have no contract in dbt."""
    with connect(small_snapshot.database) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'main' and table_name like 'rpt\\_%' escape '\\'"
        ).fetchall()
        return {name: {column: kind for column, kind, *_ in connection.execute(f"describe {name}").fetchall()} for (name,) in names}


def declared(name: str) -> dict[str, Any]:
    """The model's entry in the file beside it."""
    [path] = (PROJECT_DIR / "models").rglob(f"{name}.yml")
    [model] = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    assert isinstance(model, dict)
    return model


def test_every_disclosed_table_has_an_enforced_contract(disclosed: dict[str, dict[str, str]]) -> None:
    assert disclosed
    assert [name for name in disclosed if not declared(name).get("config", {}).get("contract", {}).get("enforced")] == []


def test_a_contract_says_every_column_and_type_in_order(disclosed: dict[str, dict[str, str]]) -> None:
    wrong = {
        name: (columns, said)
        for name, columns in disclosed.items()
        if (said := {c["name"]: c.get("data_type", "").upper() for c in declared(name)["columns"]}) != columns
        or list(said) != list(columns)
    }
    assert wrong == {}
