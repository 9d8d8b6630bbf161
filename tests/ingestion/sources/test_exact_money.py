"""Exact numbers of Parquet in another type than the contract's are read when every value is exact, and refused by row when one is not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingestion.contract.form_rules import MOST_AMOUNT
from ingestion.loading.load import ingest
from tests.support.lake import a_home, a_platform, quarantine, refused, rows

EXACT = [pa.decimal128(20, 4), pa.decimal128(38, 20), pa.decimal128(18, 2), pa.int64(), pa.uint64(), pa.int32(), pa.decimal128(10, 0)]
ROUNDED = ["500.001", "500.0001", "0.0049", "-0.001"]


def retyped(folder: Path, table: str, column: str, kind: pa.DataType, values: list[str] | None = None) -> Path:
    source = a_platform().write(folder)
    path = source / f"{table}.parquet"
    read = pq.read_table(path)
    at = read.schema.get_field_index(column)
    new = pc.cast(read[column], kind) if values is None else pa.array([Decimal(value) for value in values], kind)
    pq.write_table(read.set_column(at, column, new), path)
    return source


@pytest.mark.parametrize("kind", EXACT, ids=str)
def test_money_in_another_exact_type_is_read(kind: pa.DataType, tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    load = ingest(home, retyped(tmp_path / "source", "repayments", "principal", kind))
    assert rows(home, "repayments")[0]["principal"] == Decimal("500.00")
    assert load.tables["repayments"].money_sums["principal"]["read"] == "500.00"


@pytest.mark.parametrize("value", ROUNDED)
def test_money_of_more_than_cents_is_refused_by_row(value: str, tmp_path: Path) -> None:
    source = retyped(tmp_path / "source", "repayments", "principal", pa.decimal128(20, 4), [value])
    found = str(refused(a_home(tmp_path / "home"), source))
    assert f"{Decimal(value):.4f} in column principal" in found and "repayments.parquet, row 1" in found


@pytest.mark.parametrize(
    ("table", "column", "kind", "value", "is_read"),
    [
        ("loans", "annual_rate", pa.decimal128(20, 9), "0.120000000", True),
        ("loans", "annual_rate", pa.decimal128(20, 9), "0.120000001", False),
        ("loans", "annual_rate", pa.int64(), "1", True),
        ("loans", "loan_id", pa.decimal128(20, 0), "1", True),
        ("loans", "loan_id", pa.decimal128(20, 2), "1.00", True),
        ("loans", "loan_id", pa.decimal128(20, 2), "1.50", False),
        ("loans", "loan_id", pa.decimal128(20, 0), "9223372036854775808", False),
        ("loans", "amount", pa.decimal128(20, 0), "10000000000000000", False),
    ],
)
def test_rates_and_ids_follow_the_same_rule(table: str, column: str, kind: pa.DataType, value: str, is_read: bool, tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    source = retyped(tmp_path / "source", table, column, kind, [value])
    if is_read:
        ingest(home, source)
        assert rows(home, table)[0][column] == Decimal(value)
    else:
        assert f"in column {column}" in str(refused(home, source))


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.string()], ids=str)
def test_what_is_not_exact_is_refused_whatever_it_holds(kind: pa.DataType, tmp_path: Path) -> None:
    source = retyped(tmp_path / "source", "repayments", "principal", kind)
    assert "column principal of type" in str(refused(a_home(tmp_path / "home"), source))


@settings(max_examples=15, deadline=None)
@given(scale=st.integers(0, 12), units=st.integers(-(10**14), 10**14))
@example(scale=0, units=100_000_000_001)
def test_any_decimal_is_read_exactly_or_refused(tmp_path_factory: pytest.TempPathFactory, scale: int, units: int) -> None:
    value = Decimal(units).scaleb(-scale)
    folder = tmp_path_factory.mktemp("decimal")
    home = a_home(folder / "home")
    source = retyped(folder / "source", "repayments", "principal", pa.decimal128(30, scale), [str(value)])
    if value != value.quantize(Decimal("0.01")):
        assert "in column principal" in str(refused(home, source))
        return
    ingest(home, source)
    if abs(value) > Decimal(MOST_AMOUNT):
        assert [row["column_name"] for row in quarantine(home, "repayments")] == ["principal"]
    else:
        assert rows(home, "repayments")[0]["principal"] == value
