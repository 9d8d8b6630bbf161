"""A number written as text, in any unit, is read exactly or not at all: the point moves before its digits are counted."""

from __future__ import annotations

from decimal import Decimal, localcontext
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingestion.contract import Column
from ingestion.loading.load import LoadPlan, ingest
from ingestion.mapping import ColumnMapping, Mapping
from ingestion.mapping.conversion import Kind, converted, number_read
from tests.ingestion.sources.test_mysql import fees_mapped
from tests.support.lake import a_home, a_platform, rows
from tests.support.mariadb import Database, mariadb, mariadb_database

__all__ = ["mariadb", "mariadb_database"]
HELD = {"money": (16, 2), "rate": (3, 6)}
MOVED = {None: 0, "cents": 2, "percent": 2, "permille": 3, "basis_points": 4}
KINDS: tuple[Kind, ...] = ("numeral", "text")


def as_read(type_: str, unit: str | None, kind: Kind, text: str) -> Decimal | None:
    column = Column("x", type_, nullable=True, pii=False, values=None, description="")
    rule = ColumnMapping.model_validate({"from": "x", "unit": unit})
    helper = number_read(column, kind, rule)
    with duckdb.connect() as engine:
        beside = f", {helper}" if helper else ""
        query = f"select {converted(column, kind, rule, 'UTC', None)} from (select *{beside} from (select ? as x))"
        row = engine.execute(query, [text]).fetchone()
    assert row is not None
    value: Decimal | None = row[0]
    return value


@settings(max_examples=300, deadline=None)
@given(
    type_=st.sampled_from(sorted(HELD)), unit=st.sampled_from(list(MOVED)), kind=st.sampled_from(KINDS), sign=st.sampled_from(["", "-"]),
    zeros=st.integers(0, 40), digits=st.text("0123456789", min_size=1, max_size=22), places=st.text("0123456789", max_size=9),
)  # fmt: skip
@example(type_="rate", unit="basis_points", kind="numeral", sign="", zeros=0, digits="1250", places="00")
@example(type_="rate", unit="basis_points", kind="text", sign="-", zeros=0, digits="9999999", places="99")
@example(type_="money", unit=None, kind="numeral", sign="", zeros=16, digits="12", places="30")
@example(type_="money", unit="permille", kind="text", sign="", zeros=0, digits="1", places="")
def test_any_number_is_read_exactly_or_not(
    type_: str, unit: str | None, kind: Kind, sign: str, zeros: int, digits: str, places: str
) -> None:
    text = f"{sign}{'0' * zeros}{digits}" + (f".{places}" if places else "")
    before, after = HELD[type_]
    with localcontext() as exact:
        exact.prec = 100
        value = Decimal(text).scaleb(-MOVED[unit])
        is_held = value == value.quantize(Decimal(1).scaleb(-after)) and abs(value) < Decimal(10) ** before
    assert as_read(type_, unit, kind, text) == (value if is_held else None)


@pytest.mark.mariadb
@pytest.mark.parametrize("definition", ["decimal(8,2)", "decimal(12,2) zerofill", "varchar(20)", "int"])
def test_a_rate_in_basis_points_is_read_whatever_its_type(definition: str, mariadb_database: Database, tmp_path: Path) -> None:
    mariadb_database.write(a_platform())
    mariadb_database.run(f"alter table loans add bp {definition}", "update loans set bp = 1250")
    mapping = fees_mapped().mapping
    assert mapping is not None
    told = mapping.model_dump(by_alias=True, exclude_none=True)
    told["tables"]["loans"]["columns"]["annual_rate"] = {"from": "bp", "unit": "basis_points"}
    home = a_home(tmp_path / "home")
    ingest(home, mariadb_database.url, LoadPlan(Mapping.model_validate(told)))
    assert {row["annual_rate"] for row in rows(home, "loans")} == {Decimal("0.125000")}
