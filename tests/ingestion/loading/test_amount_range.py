"""Amounts that no platform can mean: held back in every money column of the contract, so that what is let in can be added up."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from glassbook.snapshots import connect
from ingestion.contract import form_rules, load_contract
from ingestion.contract.form_rules import AMOUNT_OUT_OF_RANGE, MOST_AMOUNT
from ingestion.loading import load as loading
from ingestion.loading.load import ingest
from tests.support import homes
from tests.support.lake import a_home, a_platform, quarantine, rows
from tests.support.platform import Platform
from warehouse.build import run_build
from warehouse.dbt_runner import BuildFailed

LIMIT = Decimal(MOST_AMOUNT)
CENT = Decimal("0.01")
AMOUNTS = st.sampled_from([LIMIT, LIMIT + CENT, -LIMIT, -LIMIT - CENT, Decimal("9999999999999999.99"), Decimal(0)]) | st.decimals(
    "-9999999999999999.99", "9999999999999999.99", places=2
)


def test_in_every_money_column_one_cent_more_is_held_back(tmp_path: Path) -> None:
    platform, expected = Platform(), {}
    number = 0
    for table in load_contract().tables.values():
        for column in table.money_columns:
            for amount in (LIMIT, -LIMIT, LIMIT + CENT, -LIMIT - CENT):
                number += 1
                keys = {key.name: number for key in table.columns if key.name in table.key and key.type == "id"}
                platform.add(table.name, **keys, **{column: amount})
        if table.money_columns:
            expected[table.name] = [column for column in table.money_columns for _ in range(2)]
    settings = a_home(tmp_path / "home")
    ingest(settings, platform.write(tmp_path / "source"))
    for name, columns in expected.items():
        held = quarantine(settings, name)
        assert [(row["reason_code"], row["column_name"]) for row in held] == [(AMOUNT_OUT_OF_RANGE.reason, column) for column in columns]
        assert len(rows(settings, name)) == len(columns)


@pytest.mark.parametrize("is_fixed", [False, True])
def test_a_lake_that_took_such_amounts_in_can_be_built_after_the_next_load(
    is_fixed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They stopped every build with the engine's words; what other rows a table has stays as it was."""
    settings, platform = homes.home(tmp_path / "home"), a_platform()
    for payment in range(3):
        platform.repay(1, 2, f"2019-03-1{payment} 12:00", "9999999999999999.99", "0.00")
    source = platform.write(tmp_path / "source")
    with monkeypatch.context() as patch:
        patch.setattr(form_rules, "MOST_AMOUNT", 10**17)
        patch.setattr(loading, "RULES_VERSION", 2)
        assert not ingest(settings, source).rows_quarantined
    with pytest.raises(BuildFailed):
        run_build(settings)
    if is_fixed:
        for row in platform.rows("repayments")[1:]:
            row["principal"] = Decimal("0.01")
        platform.write(tmp_path / "source")
    load = ingest(settings, source).tables["repayments"]
    assert (load.rows_withdrawn, load.rows_new) == (3, 3 if is_fixed else 0)
    held = quarantine(settings, "repayments")
    assert {(row["reason_code"], row["column_name"]) for row in held} == {(AMOUNT_OUT_OF_RANGE.reason, "principal")}
    with connect(run_build(settings).database) as connection:
        found = connection.execute("select count(*), sum(principal)::varchar from stg_repayments").fetchone()
    assert found == ((4, "500.03") if is_fixed else (1, "500.00"))
    assert ingest(settings, source).load_seq == 2, "and then nothing is new"


@how(max_examples=10, deadline=None)
@given(amounts=st.lists(AMOUNTS, min_size=1, max_size=8))
@example([Decimal("9999999999999999.99")] * 3)
def test_whatever_the_amounts_sums_add_up_and_the_limit_decides(amounts: list[Decimal]) -> None:
    platform = a_platform()
    for amount in amounts:
        platform.fee(amount, "2019-01-11 10:00", loan_id=1)
    with tempfile.TemporaryDirectory() as folder:
        settings = a_home(Path(folder) / "home")
        load = ingest(settings, platform.write(Path(folder) / "source")).tables["fees"]
        held = [amount for amount in amounts if abs(amount) > LIMIT]
        assert load.rows_quarantined == len(held)
        assert Decimal(load.money_sums["amount"]["quarantined"]) == sum(held)
        assert Decimal(load.money_sums["amount"]["read"]) == sum(amounts) + Decimal("3.21")


def test_builds_go_on_whatever_was_said(tmp_path: Path) -> None:
    """Three repayments of the most that a column holds stopped every build; so did a plan of them, and a loan."""
    most, platform = "9999999999999999.99", a_platform()
    for minute in range(3):
        platform.repay(1, 1, f"2019-02-10 13:0{minute}", most, most)
    platform.plan(platform.loan(most), [("2019-02-10", most, most), ("2199-03-10", most, most)])
    limit = str(MOST_AMOUNT)
    large = platform.loan(limit)
    platform.plan(large, [("2019-02-10", limit, limit), ("2199-03-10", limit, limit)])
    platform.repay(large, 1, "2019-02-10 13:00", limit, limit)
    settings = homes.home(tmp_path / "home")
    load = ingest(settings, platform.write(tmp_path / "source"))
    assert load.tables["repayments"].rows_quarantined == 3 and load.tables["instalments"].rows_quarantined == 2
    with connect(run_build(settings).database) as connection:
        assert connection.execute("select sum(principal) from stg_repayments").fetchone() == (Decimal(limit) + 500,)
