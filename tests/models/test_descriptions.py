"""Every relation and column that a build makes is described, once, and nothing is described that is not there."""

from __future__ import annotations

import pytest
import yaml

from glassbook.snapshots import Snapshot
from tests.models.declared import declared_relations, model_names
from tests.support.built import columns_of_build
from warehouse.dbt_runner import PROJECT_DIR

# Functions of the lake's files, in the shape of the contract, which describes their columns.
SCAFFOLD = ("lake_", "arrivals_", "tombstones_")


@pytest.fixture(scope="module")
def present(small_snapshot: Snapshot) -> dict[str, dict[str, str]]:
    return {name: columns for name, columns in columns_of_build(small_snapshot).items() if not name.startswith(SCAFFOLD)}


def test_every_relation_of_a_build_is_described_once(present: dict[str, dict[str, str]]) -> None:
    declared = declared_relations()
    assert [name for name in present if not (name in declared and declared[name][0].description.strip())] == []
    assert [(name, [entry.file for entry in entries]) for name, entries in declared.items() if len(entries) > 1] == []


def test_every_column_of_a_build_is_described(present: dict[str, dict[str, str]]) -> None:
    declared = declared_relations()
    missing = [
        f"{name}.{column}"
        for name, columns in present.items()
        if name in declared
        for column in columns
        if not declared[name][0].columns.get(column, "").strip()
    ]
    assert missing == []


def test_nothing_is_described_that_is_not_there(present: dict[str, dict[str, str]]) -> None:
    gone = [
        f"{name}.{column}"
        for name, (entry, *_) in declared_relations().items()
        for column in (entry.columns or {"": ""})
        if name not in present or (column and column not in present[name])
    ]
    assert gone == []


def test_a_model_is_described_in_the_file_beside_it() -> None:
    """`<model>.yml` beside `<model>.sql`, a seed's beside its csv, with nothing else in it: the file to change is found by its name."""
    wrong = []
    for path in sorted([*(PROJECT_DIR / "models").rglob("*.sql"), *(PROJECT_DIR / "seeds").rglob("*.csv")]):
        beside = path.with_suffix(".yml")
        document = yaml.safe_load(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
        described = [entry["name"] for kind in ("models", "seeds") for entry in document.get(kind, [])]
        if described != [path.stem]:
            wrong.append(f"{beside.relative_to(PROJECT_DIR)} describes {described}")
    assert wrong == []


def test_every_model_says_its_grain() -> None:
    declared = declared_relations()
    silent = [name for name in model_names() if name not in declared or "grain" not in declared[name][0].description.lower()]
    assert silent == []
