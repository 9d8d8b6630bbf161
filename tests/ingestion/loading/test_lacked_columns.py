"""Which columns earlier loads may have lacked: the definition, table by table, and one way back through the log for all of them."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from glassbook.lake.loads import Load, TableLoad, source_loads
from ingestion.contract import load_contract
from ingestion.loading.drift import lacked_columns

TABLES = load_contract().tables


def by_definition(name: str, loads: list[Load]) -> set[str]:
    """A column counts if a load was supplied without it, and no whole reading since was supplied with it."""
    parts = [part for load in source_loads(loads) if (part := load.tables.get(name)) is not None and part.is_supplied]
    columns = set(TABLES[name].column_names)
    return {
        column
        for i, part in enumerate(parts)
        for column in columns & set(part.missing_columns)
        if not any(not later.is_windowed and column not in later.missing_columns for later in parts[i + 1 :])
    }


def a_load(number: int, tables: dict[str, TableLoad]) -> Load:
    at = datetime(2020, 1, 1, tzinfo=UTC)
    return Load(load_seq=number, load_id=str(number), loaded_at=at, started_at=at, source="s", contract_version=1, tables=tables)


def some_loads(chance: random.Random, count: int) -> list[Load]:
    loads = []
    for number in range(count):
        tables = {}
        for name, table in TABLES.items():
            if chance.random() < 0.9:
                missing = [column for column in table.column_names if chance.random() < 0.2]
                tables[name] = TableLoad(chance.random() < 0.9, missing_columns=missing, is_windowed=chance.random() < 0.7)
        loads.append(a_load(number, tables))
    return loads


@pytest.mark.parametrize("seed", range(8))
def test_one_way_back_finds_what_each_table_s_own_history_says(seed: int) -> None:
    chance = random.Random(seed)
    loads = some_loads(chance, chance.randrange(12))
    assert lacked_columns(loads) == {name: by_definition(name, loads) for name in TABLES}


def test_nothing_is_looked_at_before_a_load_that_read_everything() -> None:
    class Untouched(dict[str, TableLoad]):
        def get(self, *_: object) -> None:  # type: ignore[override]
            raise AssertionError("an older load was looked at")

    whole = {name: TableLoad(True) for name in TABLES}
    windowed = {name: TableLoad(True, missing_columns=[table.column_names[-1]], is_windowed=True) for name, table in TABLES.items()}
    loads = [a_load(1, Untouched()), a_load(2, whole), a_load(3, windowed)]
    assert lacked_columns(loads) == {name: {table.column_names[-1]} for name, table in TABLES.items()}
