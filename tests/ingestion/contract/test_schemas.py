"""The contract's rules of form, stated once: pandera schemas and the SQL that judges loads find the same in the same rows."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from ingestion.contract import DUCKDB_TYPES, Column, Table, load_contract
from ingestion.contract.form_rules import FORM_RULES, KEY_CONFLICT, MOST_AMOUNT, VALUE_NOT_READABLE, column_rules, violation_sql
from ingestion.contract.horizon import horizon_of
from ingestion.contract.schemas import ARROW_TYPES, frame_of, schema_of, violations
from ingestion.loading.load import ingest
from tests.support.lake import a_home, a_platform, quarantine

HORIZON = horizon_of(a_home(Path()), datetime(2019, 12, 31, 12, tzinfo=UTC))
CENT, MICROSECOND = Decimal("0.01"), timedelta(microseconds=1)
DAYS = [date(1899, 12, 31), date(1900, 1, 1), HORIZON.day, HORIZON.day + timedelta(days=1), date(2199, 12, 31), date(2200, 1, 1)]
INSTANTS = [datetime(1900, 1, 1), HORIZON.end_at, datetime(2200, 1, 1)]  # noqa: DTZ001 — as the lake has instants
AT_THE_LIMITS: dict[str, list[Any]] = {
    "id": [1, 2**63 - 1, -(2**63)],
    "text": ["x", ""],
    "money": [sign * (MOST_AMOUNT + by) for sign in (1, -1) for by in (-CENT, 0, CENT)] + [Decimal("9999999999999999.99")],
    "rate": [Decimal("999.999999"), Decimal(0)],
    "date": DAYS,
    "time": [instant + by for instant in INSTANTS for by in (-MICROSECOND, timedelta(), MICROSECOND)],
    "bool": [True, False],
}


def arrow_schema(table: Table) -> pyarrow.Schema:
    return pyarrow.schema([(column.name, ARROW_TYPES[column.type]) for column in table.columns])


def values(column: Column) -> st.SearchStrategy[Any]:
    """Mostly values that keep every rule, so that each rule is the first that a row breaks now and then."""
    good: dict[str, Any] = {"date": HORIZON.day, "time": HORIZON.end_at - MICROSECOND, "text": (column.values or ("x",))[0]}
    kept = st.just(good.get(column.type, AT_THE_LIMITS[column.type][-1] if column.type in ("rate", "bool") else 1))
    return st.one_of(*[kept] * 12, st.none(), st.sampled_from([*AT_THE_LIMITS[column.type], *(column.values or ())]))


@st.composite
def rows_of_a_table(draw: st.DrawFn) -> tuple[Table, list[dict[str, Any]]]:
    table = draw(st.sampled_from(list(load_contract().tables.values())))
    return table, draw(st.lists(st.fixed_dictionaries({c.name: values(c) for c in table.columns}), min_size=1, max_size=8))


@how(max_examples=40, deadline=None)
@given(rows_of_a_table())
def test_schema_and_sql_find_the_same_in_the_same_rows(given_rows: tuple[Table, list[dict[str, Any]]]) -> None:
    table, rows = given_rows
    arrived = pyarrow.Table.from_pylist(rows, schema=arrow_schema(table))
    numbered = arrived.append_column("_position", pyarrow.array(range(len(rows)), pyarrow.int64()))
    with duckdb.connect() as engine:
        engine.register("arrived", numbered)
        by_sql = engine.execute(
            f"select _position, violation from (select _position, {violation_sql(column_rules(table, HORIZON))} as violation from arrived) "
            f"where violation is not null"
        ).fetchall()
    assert violations(table, frame_of(arrived), HORIZON) == dict(by_sql)


def test_every_rule_is_broken_just_beyond_its_limit() -> None:
    """By every column of the contract, one value after the other; both ways, for the reasons that a single row can break."""
    found: set[str] = set()
    for table in load_contract().tables.values():
        good = {c.name: None if c.nullable else _good(c) for c in table.columns}
        bad = [
            (column.name, value)
            for column in table.columns
            for value in ([] if column.nullable else [None]) + AT_THE_LIMITS[column.type] * (column.type in ("money", "date", "time"))
        ] + [(column.name, "nobody") for column in table.columns if column.values]
        arrived = pyarrow.Table.from_pylist([good | {name: value} for name, value in bad], schema=arrow_schema(table))
        held = violations(table, frame_of(arrived), HORIZON)
        assert {name for i, (name, _) in enumerate(bad) if i in held} >= {c.name for c in table.columns if not c.nullable}
        assert all(text.endswith(f":{bad[i][0]}") for i, text in held.items())
        found |= {text.partition(":")[0] for text in held.values()}
    assert found == {rule.reason for rule in FORM_RULES} - {KEY_CONFLICT.reason, VALUE_NOT_READABLE.reason}


def _good(column: Column) -> Any:
    good = {"date": HORIZON.day, "time": HORIZON.end_at - MICROSECOND, "rate": Decimal(0), "bool": True}
    return column.values[0] if column.values else good.get(column.type, "x" if column.type == "text" else 1)


def test_a_frame_of_another_shape_is_refused_as_a_whole() -> None:
    table = load_contract().tables["fees"]
    empty = arrow_schema(table).empty_table()
    assert violations(table, frame_of(empty), HORIZON) == {}
    place = table.column_names.index("amount")
    wider = empty.set_column(place, "amount", empty["amount"].cast(pyarrow.decimal128(20, 2)))
    for frame in (empty.drop_columns(["amount"]), empty.append_column("more", empty["amount"]), wider):
        with pytest.raises(SchemaErrors):
            violations(table, frame_of(frame), HORIZON)


def test_types_of_a_frame_are_those_of_the_lake() -> None:
    assert ARROW_TYPES.keys() == DUCKDB_TYPES.keys()
    with duckdb.connect() as engine:
        for kind, arrow in ARROW_TYPES.items():
            frame = frame_of(engine.sql(f"select null::{DUCKDB_TYPES[kind]} as held").to_arrow_table())
            assert frame["held"].dtype == pd.ArrowDtype(arrow), kind


@pytest.mark.parametrize("name", load_contract().tables)
def test_schema_has_the_columns_of_the_contract(name: str) -> None:
    table = load_contract().tables[name]
    schema = schema_of(table, HORIZON)
    assert tuple(schema.columns) == table.column_names
    assert [c.nullable for c in schema.columns.values()] == [c.nullable for c in table.columns]


def test_nothing_that_runs_needs_what_schemas_need() -> None:
    modules = "ingestion.loading.load, ingestion.quarantine.decisions, ingestion.commands, ingestion.contract.documentation"
    program = f"import sys, {modules}; sys.exit(bool({{'pandera', 'pandas', 'polars'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_load_holds_each_row_for_the_first_rule_that_it_breaks(tmp_path: Path) -> None:
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
    home = a_home(tmp_path / "home")
    ingest(home, source)
    held = quarantine(home, "repayments") + quarantine(home, "users")
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
