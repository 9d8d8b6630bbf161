"""pandera on small tables and SQL on large ones find the same in the same rows."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.contract import load_contract
from ingestion.contract.form_rules import FORM_RULES, VALUE_NOT_READABLE
from ingestion.contract.horizon import horizon_of
from ingestion.contract.schemas import schema_of
from ingestion.loading import judging
from ingestion.loading.load import ingest
from tests.support.lake import a_home, a_platform, content, quarantine

HORIZON = horizon_of(a_home(Path()), datetime(2019, 12, 31, 12, tzinfo=UTC))


@pytest.mark.parametrize("name", load_contract().tables)
def test_schema_has_the_columns_of_the_contract(name: str) -> None:
    table = load_contract().tables[name]
    schema = schema_of(table, HORIZON)
    assert tuple(schema.columns) == table.column_names
    assert [c.nullable for c in schema.columns.values()] == [c.nullable for c in table.columns]


def test_pandera_is_imported_only_when_a_table_is_checked() -> None:
    modules = "ingestion.loading.load, ingestion.commands, ingestion.contract.documentation"
    program = f"import sys, {modules}; sys.exit('pandera' in sys.modules or 'polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_both_ways_give_the_same_quarantine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = a_platform()
    repayment, user = platform.rows("repayments")[0], platform.rows("users")[0]
    bad = [
        {"payer_kind": "nobody"},
        {"payer_kind": None},
        {"principal": None, "payee_kind": "Lenders"},
        {"paid_at": "1899-12-31 12:00"},
        {"paid_at": "2200-01-01 12:00", "loan_id": None},
        {"created_at": None},
        {"principal": "100000000000.01"},
        {"interest": "-9999999999999999.99"},
        {"paid_at": "2150-01-01 12:00", "created_at": "2150-01-01 12:00"},
        {"created_at": "2150-01-01 12:00"},
    ]
    for number, values in enumerate(bad, start=10):
        platform.add("repayments", **(repayment | {"repayment_id": number} | values))
    platform.rows("repayments").append(repayment | {"repayment_id": None})
    platform.rows("repayments").append(repayment | {"fee": platform.rows("fees")[0]["amount"]})
    platform.add("users", **(user | {"user_id": 50, "gender": "none", "birth_date": "1850-01-01"}))
    platform.add("users", **(user | {"user_id": 51, "birth_date": "1850-01-01"}))
    source = platform.write(tmp_path / "source")
    small, large = a_home(tmp_path / "small"), a_home(tmp_path / "large")
    ingest(small, source)
    monkeypatch.setattr(judging, "SMALL_TABLE_ROWS", 0)
    ingest(large, source)
    assert content(small) == content(large)
    held = quarantine(small, "repayments") + quarantine(small, "users")
    assert {row["reason_code"] for row in held} == {rule.reason for rule in FORM_RULES} - {VALUE_NOT_READABLE.reason}, (
        "a file with such a value is refused"
    )
    assert [(row["reason_code"], row["column_name"]) for row in held] == [
        ("value_not_in_list", "payer_kind"),
        ("null_not_allowed", "payer_kind"),
        ("null_not_allowed", "principal"),
        ("instant_out_of_range", "paid_at"),
        ("null_not_allowed", "loan_id"),
        ("null_not_allowed", "created_at"),
        ("amount_out_of_range", "principal"),
        ("amount_out_of_range", "interest"),
        ("instant_ahead", "paid_at"),
        ("instant_ahead", "created_at"),
        ("null_not_allowed", "repayment_id"),
        ("key_conflict", ""),
        ("value_not_in_list", "gender"),
        ("instant_out_of_range", "birth_date"),
    ]
