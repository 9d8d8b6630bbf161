"""A mapping must have every required table, as a folder must: what is left out would be zeros in every figure."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from glassbook.settings import Settings
from ingestion.commands.map import map_group
from ingestion.contract import load_contract
from ingestion.loading.load import LoadPlan, ingest
from ingestion.mapping import Mapping
from tests.support.lake import a_home, a_platform, refused

TABLES = load_contract().tables
REQUIRED = [name for name, table in TABLES.items() if table.required]


def as_named(names: list[str]) -> dict[str, Any]:
    """A mapping of these tables, each from the table of the contract's own name."""
    return {
        "version": 1,
        "tables": {name: {"from": name, "columns": {column: column for column in TABLES[name].column_names}} for name in names},
    }


def a_database(folder: Path) -> Path:
    """The platform as a DuckDB file."""
    source = a_platform().write(folder / "source")
    with duckdb.connect(str(folder / "platform.duckdb")) as connection:
        for path in sorted(source.glob("*.parquet")):
            connection.execute(f"create table {path.stem} as from read_parquet('{path}')")
    return folder / "platform.duckdb"


@how(max_examples=15, deadline=None)
@given(left_out=st.lists(st.sampled_from(REQUIRED), unique=True, min_size=1))
def test_whatever_required_tables_are_left_out_are_named_before_anything_is_read(left_out: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home")
        mapping = Mapping.model_validate(as_named([name for name in TABLES if name not in left_out]))
        error = refused(settings, Path(folder) / "no such database.duckdb", LoadPlan(mapping))
        named = error.found.partition("required table")[2].removeprefix("s").strip()
        assert named.split(", ") == [name for name in REQUIRED if name in left_out]
        assert error.where == "the mapping, under tables" and "map check" in error.remedy


@pytest.mark.parametrize("kind", ["database", "folder"])
def test_it_is_refused_by_map_check_and_by_a_load_of_any_source(kind: str, tmp_path: Path) -> None:
    source = a_database(tmp_path) if kind == "database" else a_platform().write(tmp_path / "source")
    settings, path = a_home(tmp_path / "home"), tmp_path / "mapping.yml"
    for left_out in REQUIRED:
        record = as_named([name for name in REQUIRED if name != left_out])
        path.write_text(yaml.safe_dump(record), encoding="utf-8")
        checked = CliRunner().invoke(map_group, ["check", "--mapping", str(path), "--source", str(source)])
        assert checked.exit_code == 1 and f"{left_out:24} ✗ required and not mapped" in checked.output
        assert left_out in refused(settings, source, LoadPlan(Mapping.model_validate(record))).found
    whole = Mapping.model_validate(as_named(REQUIRED))
    path.write_text(yaml.safe_dump(as_named(REQUIRED)), encoding="utf-8")
    assert CliRunner().invoke(map_group, ["check", "--mapping", str(path), "--source", str(source)]).exit_code == 0
    assert ingest(settings, source, LoadPlan(whole)).rows_new


def test_a_required_table_may_be_a_query_without_rows(tmp_path: Path) -> None:
    record = as_named(REQUIRED)
    record["tables"]["repayments"] = {"query": "select * from repayments where false", "columns": record["tables"]["repayments"]["columns"]}
    load = ingest(a_home(tmp_path / "home"), a_database(tmp_path), LoadPlan(Mapping.model_validate(record)))
    assert load.tables["repayments"].is_supplied and not load.tables["repayments"].rows_new
