"""Operating figures by segment: a case worked out by hand; a simulated platform against what is disclosed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from glassbook.snapshots import Snapshot, connect
from ingestion.loading.load import ingest
from ingestion.sources.targets.source import KINDS
from tests.support.built import LAST
from tests.support.homes import home
from tests.support.platform import Platform
from warehouse.build import run_build

DAY = "date '2019-06-30'"
# Operating figures that a law has a figure for.
SAME = {
    **{"OP-A01": "CN-A03", "OP-A02": "CN-A05", "OP-A03": "CN-A04", "OP-B01": "CN-B17", "OP-B02": "CN-B18", "OP-C01": "CN-A14"},
    **{"OP-C02": "CN-A15", "OP-C03": "CN-B02", "OP-C04": "CN-B01", "OP-F04": "CN-B14", "OP-F09": "CN-B16", "OP-F10": "CN-B15"},
    **{"OP-H04": "CN-A20"},
}


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Four loans up to 2019-06-30: two repaid (one two days late), one overdue since the 25th, one with money still to fall due."""
    p = Platform()
    lender, other = p.user(province_code="31"), p.user(province_code="44")
    product = p.product(operating_mode="c2c")
    for number, (grade, plan) in enumerate(
        (
            ("A", [("2019-06-10", "100", "0")]),
            ("A", [("2019-06-10", "300", "0")]),
            ("B", [("2019-06-25", "100", "0")]),
            ("A", [("2019-07-01", "50", "0"), ("2019-07-03", "50", "10")]),
        ),
        start=1,
    ):
        amount = str(sum(int(principal) for _, principal, _ in plan))
        p.loan(amount, lenders={lender: amount}, loan_id=number, product_id=product, credit_grade=grade, disbursed_at="2019-05-10 10:00")
        p.plan(number, plan)
    p.repay(1, 1, "2019-06-12 10:00", "100")
    p.repay(2, 1, "2019-06-10 10:00", "300")
    p.listing("70", product_id=product, listed_at="2019-06-01 10:00", closed_at="2019-06-05 10:00", status="funding_failed")
    p.add("risk_reserve_movements", movement_kind="contribution", loan_id=1, amount="30", occurred_at="2019-06-02 10:00")
    p.add("fund_movements", user_id=lender, movement_kind="deposit", amount="500", occurred_at="2019-06-03 10:00")
    p.add("fund_movements", user_id=other, movement_kind="withdrawal", amount="-200", occurred_at="2019-06-30 23:59")
    p.fee("20", "2019-06-04 10:00", loan_id=1, user_id=lender)
    p.add("marketing_costs", cost_on="2019-06-05", channel="sms", campaign_id=0, amount="5")
    for granted, redeemed, expires in (
        ("2019-06-01 10:00", None, "2019-07-01 00:00"),
        ("2019-06-01 10:00", "2019-06-30 10:00", "2019-07-01 00:00"),
        ("2019-06-01 10:00", None, "2019-06-30 10:00"),
        ("2019-06-01 10:00", None, None),
    ):
        p.add("rewards", user_id=lender, amount="8", granted_at=granted, redeemed_at=redeemed, expires_at=expires)
    for decision in ("approved", "approved", "rejected"):
        times = {"applied_at": "2019-06-06 10:00", "decided_at": "2019-06-07 10:00"}
        p.add("loan_applications", borrower_id=lender, product_id=product, amount="10", decision=decision, **times)
    later = {"product_id": p.product(operating_mode="p2c"), "amount": "10", "decision": "pending", "applied_at": "2019-06-20 10:00"}
    p.add("loan_applications", borrower_id=lender, **later)
    sale = p.transfer(4, lender, other, "40", "2019-06-08 10:00", price="39")
    p.add("claim_offers", transfer_id=sale, offered_at="2019-06-07 10:00")
    folder: Path = tmp_path_factory.mktemp("business")
    settings = home(folder / "home")
    ingest(settings, p.write(folder / "platform"))
    with connect(run_build(settings).database) as connection:
        yield connection


@pytest.mark.parametrize(
    ("code", "kind", "segment", "expected"),
    [
        ("OP-A01", "total", "all", "200"),
        ("OP-A01", "grade", "B", "100"),
        ("OP-B03", "total", "all", "400"),
        ("OP-B04", "total", "all", "-400"),
        ("OP-C03", "grade", "B", "100"),
        ("OP-F01", "total", "all", "1"),
        ("OP-F03", "total", "all", "0"),
        ("OP-F05", "operating_mode", "c2c", "3"),
        ("OP-F07", "total", "all", None),
        ("OP-F13", "grade", "A", "1"),
        ("OP-F15", "total", "all", "2.5"),
        ("OP-F16", "total", "all", "24"),
        # Only the buyer of a claim was active as a lender in June; in the month before, only the one who lent.
        ("OP-G01", "total", "all", "1"),
        ("OP-G01", "grade", "A", "1"),
        ("OP-G03", "province", "44", "1"),
        # Two borrowers repaid for the first time, and who lends applied, of which the second time is not what made them new.
        ("OP-G05", "total", "all", "3"),
        ("OP-G05", "operating_mode", "c2c", "3"),
        ("OP-G05", "operating_mode", "p2c", "0"),
        ("OP-G05", "grade", "A", "2"),
        ("OP-G05", "grade", "none", "1"),
        ("OP-G07", "total", "all", "3"),
        ("OP-G07", "operating_mode", "c2c", "3"),
        ("OP-G07", "operating_mode", "p2c", "1"),
        ("OP-D05", "total", "all", "2"),
        ("OP-D05", "grade", "B", "1"),
        ("OP-H01", "total", "all", "300"),
        ("OP-H01", "province", "44", "-200"),
        ("OP-H04", "fee_kind", "borrower_service", "20"),
        ("OP-H07", "total", "all", "30"),
        ("OP-H08", "total", "all", "30"),
        ("OP-H09", "total", "all", "110"),
        # One reward was redeemed on the day, one expired on it; of the two that are owed, one never expires.
        ("OP-H12", "total", "all", "16"),
        # 20 of fees less 30 to the reserve, 5 of marketing and four rewards of 8.
        ("OP-I01", "total", "all", "-47"),
        ("OP-I01", "channel", "sms", "-5"),
        ("OP-I05", "total", "all", "15"),
    ],
)
def test_figures_of_a_day(by_hand: duckdb.DuckDBPyConnection, code: str, kind: str, segment: str, expected: str | None) -> None:
    found = by_hand.execute(
        f"select value from rpt_operations_segments_as_of({DAY}) where code = ? and segment_kind = ? and segment_id = ?",
        [code, kind, segment],
    ).fetchall()
    assert found == [(None if expected is None else Decimal(expected),)]


def test_a_person_counts_once_in_each_segment_and_once_in_all(by_hand: duckdb.DuckDBPyConnection) -> None:
    """Who lent to all four loans of May is one lender, of each grade one; of the four borrowers three are of grade A."""
    query = """
        select code, segment_id, cast(value as integer) from rpt_operations_segments_as_of(date '2019-05-31')
        where segment_kind in ('total', 'grade')
            and code in ('OP-D02', 'OP-D03', 'OP-D04', 'OP-D05', 'OP-G01', 'OP-G02', 'OP-G03', 'OP-G04')
    """
    lenders = {("OP-D02", 1), ("OP-D03", 1), ("OP-G01", 1), ("OP-G02", 0), ("OP-G03", 1), ("OP-G04", 0)}
    borrowers = {("OP-D04", "A", 3), ("OP-D04", "B", 1), ("OP-D04", "all", 4), ("OP-D05", "A", 3), ("OP-D05", "B", 1), ("OP-D05", "all", 4)}
    expected = {(code, segment, count) for code, count in lenders for segment in ("A", "B", "all")} | borrowers
    assert set(by_hand.execute(query).fetchall()) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("loan_id, listings_count, listed_amount, funded_count, failed_count from rpt_operations_listings_as_of", [(5, 1, 70, 0, 1)]),
        ("count(*) from rpt_operations_lending_as_of", [(0,)]),
        ("loan_id, cast(paid_on as varchar), repaid_amount from rpt_operations_receipts_as_of",
         [(1, "2019-06-12", 100), (2, "2019-06-10", 300)]),
        ("loan_id, transfers_count, transferred_amount, transfer_price_amount from rpt_operations_sales_as_of", [(4, 1, 40, 39)]),
        ("loan_id, fees_amount from rpt_operations_fees_as_of", [(1, 20)]),
        ("loan_id, cast(due_on as varchar), due_7_amount, due_90_amount from rpt_operations_dues_as_of",
         [(4, "2019-07-01", 50, 50), (4, "2019-07-03", 60, 60)]),
        ("cast(day_on as varchar), channel, reserve_change_amount from rpt_operations_balances_as_of where reserve_change_amount <> 0",
         [("2019-06-02", "unknown", 30)]),
    ],
)  # fmt: skip
def test_rows_behind_the_figures_of_a_day(by_hand: duckdb.DuckDBPyConnection, query: str, expected: list[Any]) -> None:
    select, relation, condition = re.fullmatch(r"(.*) from (\w+)( where .*)?", query).groups()  # type: ignore[union-attr]
    assert by_hand.execute(f"select {select} from {relation}({DAY}){condition or ''} order by all").fetchall() == expected


def test_people_behind_the_figures_of_a_day(by_hand: duckdb.DuckDBPyConnection) -> None:
    """The buyer of a claim came as a lender in June; who lent in May did not, and applied as a borrower for the first time."""
    columns = "user_id, is_lender, first_investment_count, month_lender_count, new_count, active_count, returning_count"
    found = by_hand.execute(f"select {columns} from rpt_operations_people_as_of({DAY}) order by all").fetchall()
    [(lender, buyer)] = by_hand.execute("select seller_id, buyer_id from stg_claim_transfers").fetchall()
    assert (buyer, True, 0, 0, 1, 1, 0) in found and (lender, False, 0, 0, 1, 1, 0) in found
    assert (lender, True) not in {row[:2] for row in found if row[5]}


def test_of_few_people_the_counts_are_said_and_no_rate(by_hand: duckdb.DuckDBPyConnection) -> None:
    query = (
        f"select numerator, denominator, note from rpt_operations_segments_as_of({DAY}) where code = 'OP-F07' and segment_kind = 'total'"
    )
    assert by_hand.execute(query).fetchall() == [(2, 3, "group too small")]


def test_what_is_not_supplied_has_no_value(by_hand: duckdb.DuckDBPyConnection, small_snapshot: Snapshot) -> None:
    query = f"select note from rpt_operations_segments_as_of({DAY}) where note = 'not supplied'"
    assert by_hand.execute(query).fetchall() == []


def test_cash_that_comes(by_hand: duckdb.DuckDBPyConnection) -> None:
    """Of what fell due 60 % was there the same day (300 of 500), 80 % after two days, all of what is six days old and older. None of it is
    older than twenty days, and what was there by then stays."""
    columns = "due_amount, likely_amount, due_to_date_amount, likely_to_date_amount, low_to_date_amount, high_to_date_amount"
    query = f"select ahead_days, {columns} from rpt_operations_cash_as_of({DAY}) where ahead_days in (1, 2, 3, 7, 90)"
    found = {row[0]: [str(value) for value in row[1:]] for row in by_hand.execute(query).fetchall()}
    assert found == {
        1: ["50.00", "30.00", "50.00", "30.00", "0.00", "37.50"],
        2: ["0.00", "0.00", "50.00", "30.00", "0.00", "37.50"],
        3: ["60.00", "46.00", "110.00", "76.00", "0.00", "95.00"],
        7: ["0.00", "10.00", "110.00", "98.00", "50.00", "110.00"],
        90: ["0.00", "0.00", "110.00", "110.00", "110.00", "110.00"],
    }


def test_the_segment_that_drives_the_rise_of_overdue(by_hand: duckdb.DuckDBPyConnection) -> None:
    query = "select segment_id, from_value, to_value, rate_effect_value, mix_effect_value, effect_value "
    query += f"from rpt_operations_changes_between(date '2019-06-24', {DAY}) where code = 'OP-C03' and segment_kind = 'grade' order by 1"
    part = Decimal("47.6190")
    assert by_hand.execute(query).fetchall() == [("A", 0, 0, 0, 0, 0), ("B", 0, 100, part, 0, part)]


def test_totals_are_those_disclosed_on_any_day(small_snapshot: Snapshot) -> None:
    days = [LAST - timedelta(days=number) for number in range(0, 400, 23)]
    wrong: list[Any] = []
    compared = 0
    with connect(small_snapshot.database) as connection:
        for day in days:
            ours = "select code, value from rpt_operations_segments_as_of(cast(? as date)) where segment_kind = 'total'"
            figures = dict(connection.execute(ours, [day]).fetchall())
            theirs = dict(connection.execute("select code, value from rpt_cn_figures_as_of(cast(? as date))", [day]).fetchall())
            compared += sum(theirs[other] is not None and theirs[other] > 0 for other in SAME.values())
            wrong += [(day, code, figures[code], theirs[other]) for code, other in SAME.items() if figures[code] != theirs[other]]
    assert compared > len(days) * len(SAME) * 0.7
    assert wrong == []


def test_all_that_was_compensated_is_what_is_disclosed(small_snapshot: Snapshot) -> None:
    query = f"""
        select (
                select sum(compensated_amount) from fct_business_daily
                where segment_kind = 'total' and not is_promotional and day_on <= '{LAST}'
            ),
            (select value from rpt_cn_figures_as_of(date '{LAST}') where code = 'CN-A18')
    """
    with connect(small_snapshot.database) as connection:
        [(ours, theirs)] = connection.execute(query).fetchall()
    assert ours == theirs and theirs > 0


def test_stored_totals_are_those_of_the_figures_without_segments(small_snapshot: Snapshot) -> None:
    query = """
        select count(*), count(*) filter (one.value is distinct from other.value)
        from rpt_operations_figures as one
        inner join rpt_operations_segments as other
            on other.as_of_on = one.as_of_on and other.code = one.code and other.segment_kind = 'total'
    """
    with connect(small_snapshot.database) as connection:
        [(compared, different)] = connection.execute(query).fetchall()
    assert compared > 100 and different == 0


def test_people_of_a_day_are_those_of_the_daily_mart(small_snapshot: Snapshot) -> None:
    query = """
        select segment_kind, segment_id, sum(present_lenders_count), sum(present_borrowers_count) from {}
        group by all having sum(present_lenders_count) + sum(present_borrowers_count) > 0 order by all
    """
    with connect(small_snapshot.database) as connection:
        for day in (LAST, LAST - timedelta(days=40)):
            kinds = "segment_kind in ('total', 'province', 'industry', 'channel')"
            found = connection.execute(query.format(f"fct_people_as_of(date '{day}') where {kinds}")).fetchall()
            daily = f"fct_business_daily where not is_promotional and day_on = '{day}' and {kinds}"
            assert len(found) > 10 and found == connection.execute(query.format(daily)).fetchall()


def test_due_amounts_are_the_sum_of_the_days(small_snapshot: Snapshot) -> None:
    query = f"""
        select figure.value, cash.due_to_date_amount
        from rpt_operations_segments as figure
        inner join (values ('OP-H09', 7), ('OP-H10', 30), ('OP-H11', 90)) as horizon (code, days_no) on horizon.code = figure.code
        inner join rpt_operations_cash_as_of(date '{LAST}') as cash on cash.ahead_days = horizon.days_no
        where figure.as_of_on = '{LAST}' and figure.segment_kind = 'total'
    """
    with connect(small_snapshot.database) as connection:
        found = connection.execute(query).fetchall()
        likely = connection.execute(
            "select count(*) from rpt_operations_cash_as_of(cast(? as date)) where low_to_date_amount > likely_to_date_amount "
            "or likely_to_date_amount > due_to_date_amount or high_to_date_amount > due_to_date_amount",
            [LAST],
        ).fetchone()
    assert len(found) == 3 and all(one == other > 0 for one, other in found)
    assert likely == (0,)


def test_a_plan_may_name_every_kind_of_segment(small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.database) as connection:
        kinds = {kind for (kind,) in connection.execute("select distinct segment_kind from rpt_operations_segments").fetchall()}
    assert kinds - {"total"} == set(KINDS)
