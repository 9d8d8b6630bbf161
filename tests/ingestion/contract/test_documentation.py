"""What is written from the contract is what the contract says today."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ingestion.contract import load_contract
from ingestion.contract.documentation import COMMAND, ROOT, documents


@pytest.mark.parametrize("name", documents())
def test_document_is_up_to_date(name: str) -> None:
    path = ROOT / name
    held = path.read_text(encoding="utf-8") if path.is_file() else ""
    assert held == documents()[name], f"{name} is stale: run `{COMMAND}`"


def test_every_table_has_source_and_model() -> None:
    tables = set(load_contract().tables)
    assert {t["name"] for t in yaml.safe_load(documents()["dbt_project/models/staging/_sources.yml"])["sources"][0]["tables"]} == tables
    models = [Path(name).stem for name in documents() if name.startswith("dbt_project/models/staging/stg_")]
    assert sorted(models) == sorted(f"stg_{name}" for name in tables)
