"""Risk of any day on a case calculated by hand, and what must be true of it on a simulated platform.

dbt unit tests beside the tables test these; here are table functions, which dbt cannot test, and questions that people ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from glassbook.snapshots import Snapshot, connect
from ingestion.loading.load import ingest
from tests.support.homes import home
from tests.support.platform import Platform
from warehouse.build import run_build

MARTS = (
    *("fct_loan_risk", "fct_loss_changes", "fct_vintages", "fct_roll_rates", "fct_expected_losses", "fct_default_calibrations"),
    *("fct_collections", "fct_concentration_as_of(date '2019-03-31')", "fct_guarantors_as_of(date '2019-03-31')"),
)


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two guarantors: one pays after 10 and 20 days, the other after 5, and takes one payment back."""
    p = Platform()
    slow = p.add("institutions", institution_kind="guarantee", guarantee_limit="1000")["institution_id"]
    quick = p.add("institutions", institution_kind="insurer")["institution_id"]
    p.add("institutions", institution_kind="custodian")
    lenders, borrowers = p.users(3), p.users(2)
    first = p.loan("500.00", lenders={lenders[0]: "100", lenders[1]: "400"}, institution_id=slow, borrower_id=borrowers[0])
    p.plan(first, [("2019-02-10", "150", "5"), ("2019-03-10", "150", "5"), ("2019-05-10", "200", "5")])
    p.repay(first, 1, "2019-02-20 10:00", "150", "5", by="guarantor")
    p.repay(first, 2, "2019-03-30 10:00", "150", "5", by="guarantor")
    p.repay(first, 1, "2019-03-01 10:00", "100", "3", to="guarantor")
    second = p.loan("600.00", lenders={lenders[2]: "600"}, institution_id=quick, borrower_id=borrowers[1])
    p.plan(second, [("2019-02-10", "150", "5"), ("2019-03-10", "450", "5")])
    partly_kept = p.repay(second, 1, "2019-02-15 10:00", "150", "5", by="insurer")
    p.repay(second, 1, "2019-04-05 10:00", "-50", by="insurer", reverses_repayment_id=partly_kept)
    taken_back = p.repay(second, 2, "2019-03-12 10:00", "450", "5", by="insurer")
    p.reverse(taken_back, "2019-03-14 10:00")
    # About the latest day nothing more is reported.
    p.complaint("2019-04-15 10:00")
    folder = tmp_path_factory.mktemp("risk")
    settings = home(folder / "home")
    ingest(settings, p.write(folder / "platform"))
    with connect(run_build(settings).database) as connection:
        yield connection


def asked(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    return connection.execute(query).fetchall()


def test_a_guarantor_is_told_by_exposure_limit_and_how_long_it_took_to_pay(by_hand: duckdb.DuckDBPyConnection) -> None:
    columns = "outstanding_amount, limit_use_share, over_30_loans_count, overdue_amount, oldest_past_due_days, compensations_count, "
    columns += "compensated_amount, recovered_amount, median_compensation_days, ninetieth_compensation_days"
    query = f"select {columns} from fct_guarantors_as_of(date '2019-03-31') order by median_compensation_days desc"
    assert [tuple(map(str, row)) for row in asked(by_hand, query)] == [
        ("200.00", "0.200000", "1", "0.00", "0", "2", "310.00", "103.00", "10", "20"),
        ("450.00", "None", "1", "455.00", "21", "1", "155.00", "0.00", "5", "5"),
    ]
    # On 13 March the second payment of the insurer was not taken back yet.
    query = "select compensations_count, overdue_amount from fct_guarantors_as_of(date '2019-03-13') order by institution_id"
    assert asked(by_hand, query) == [(1, Decimal("155.00")), (2, Decimal("0.00"))]


def test_a_compensation_counts_less_what_of_it_was_taken_back(by_hand: duckdb.DuckDBPyConnection) -> None:
    query = "select compensations_count, compensated_amount from fct_guarantors_as_of(cast(? as date)) order by institution_id desc limit 1"
    told = [by_hand.execute(query, [day]).fetchall() for day in ("2019-04-04", "2019-04-05")]
    assert told == [[(1, Decimal("155.00"))], [(1, Decimal("105.00"))]]


def test_concentration_keeps_its_parts_and_shows_no_rate_of_few_people(by_hand: duckdb.DuckDBPyConnection) -> None:
    query = "select measure_code, people_count, numerator, denominator, value from fct_concentration_as_of(date '2019-03-31')"
    found = {code: (people, numerator, denominator, value) for code, people, numerator, denominator, value in asked(by_hand, query)}
    # Lenders hold 40, 160 and 450 of 650: -2 × 40 + 0 × 160 + 2 × 450 over three times as much.
    assert found == {
        "largest_borrower_share": (2, 450, 650, None),
        "top_ten_borrowers_share": (2, 650, 650, None),
        "borrower_hhi": (2, 450**2 + 200**2, 650**2, None),
        "lender_gini": (3, 820, 3 * 650, None),
    }


@pytest.mark.parametrize("mart", MARTS)
def test_a_simulated_platform_has_rows_of_every_mart(mart: str, small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.database) as connection:
        assert asked(connection, f"select count(*) from {mart}")[0][0] > 0


def test_concentration_is_what_a_walk_over_people_says(small_snapshot: Snapshot) -> None:
    day = small_snapshot.as_of
    with connect(small_snapshot.database) as connection:
        found = dict(asked(connection, f"select measure_code, value from fct_concentration_as_of(date '{day}')"))
        owed = [x for (x,) in asked(connection, f"select outstanding_amount from fct_portfolio_as_of(date '{day}') "
                "where segment_kind = 'borrower' and not counts_promotional and outstanding_amount > 0")]  # fmt: skip
        held = [x for (x,) in asked(connection, f"select sum(position_amount) from ldg_positions_as_of(date '{day}') as one "
                "inner join ldg_loans as loan on loan.loan_id = one.loan_id where not is_promotional "
                "group by lender_id having sum(position_amount) > 0")]  # fmt: skip
    assert len(owed) > 20 and len(held) > 20
    apart = sum(abs(x - y) for x in held for y in held)
    expected = {
        "largest_borrower_share": max(owed) / sum(owed),
        "top_ten_borrowers_share": sum(sorted(owed)[-10:]) / sum(owed),
        "borrower_hhi": sum(x * x for x in owed) / sum(owed) ** 2 * 10000,
        "lender_gini": apart / (2 * len(held) * sum(held)),
    }
    assert {code: round(value, 5) for code, value in found.items()} == {code: round(value, 5) for code, value in expected.items()}


def test_a_loan_is_over_thirty_on_the_first_day_of_a_daily_walk(small_snapshot: Snapshot) -> None:
    firsts = ", ".join(f"min(day_on) filter (borrower_past_due_days > {days})" for days in (30, 90, 180))
    days_on = f"unnest(generate_series(date '2018-01-01', date '{small_snapshot.as_of}', interval 1 day))::date as day_on"
    walk = f"select loan_id, {firsts} from (select {days_on}) as calendar cross join lateral "
    walk += (
        "(select loan_id, borrower_past_due_days from fct_loans_as_of(calendar.day_on) where borrower_past_due_days > 30) group by loan_id"
    )
    with connect(small_snapshot.database) as connection:
        daily = asked(connection, f"{walk} order by 1")
        query = "select loan_id, first_over_30_on, first_over_90_on, first_over_180_on from fct_loan_risk "
        assert len(daily) > 5 and any(row[3] for row in daily)
        assert asked(connection, query + "where first_over_30_on is not null order by 1") == daily


def test_realised_loss_of_the_latest_month_end_is_that_of_the_loans_on_the_day(small_snapshot: Snapshot) -> None:
    paid = "(select loan_id, sum(principal) as principal from stg_repayments "
    paid += "where payer_kind = 'borrower' and paid_on <= date '{0}' group by 1)"
    walk = "select sum(loan.amount - least(greatest(coalesce(paid.principal, 0), 0), loan.amount)) "
    walk += f"from fct_loans_as_of(date '{{0}}') as loan left join {paid} as paid using (loan_id) where not loan.is_promotional "
    walk += "and (borrower_past_due_days > 180 or loan_id in "
    walk += "(select loan_id from fct_loan_events where event_kind = 'write_off' and occurred_on <= date '{0}'))"
    with connect(small_snapshot.database) as connection:
        day = asked(connection, "select max(month_end_on) from fct_expected_losses where bucket_code = 'realised'")[0][0]
        told = asked(connection, f"select expected_loss_amount from fct_expected_losses where month_end_on = date '{day}' "
                     "and credit_grade = 'all' and bucket_code = 'realised'")  # fmt: skip
        by_vintage = asked(connection, f"select sum(realised_loss_amount) from fct_vintages where month_end_on = date '{day}' "
                           "and credit_grade = 'all' and channel = 'all'")  # fmt: skip
        assert told == by_vintage == asked(connection, walk.format(day))
        assert told[0][0] > 0


def test_buckets_are_the_operating_figure_of_every_month_end(small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.database) as connection:
        query = "select month_end_on, sum(outstanding_amount) from fct_roll_rates where view_kind = 'borrower' "
        buckets = dict(asked(connection, query + "and credit_grade = 'all' and to_bucket_code = 'all' group by 1"))
        figures = dict(asked(connection, "select as_of_on, value from rpt_operations_figures where code = 'OP-A01' and is_month_end"))
    assert len(buckets) > 12
    assert {day: value for day, value in figures.items() if value} == buckets


def test_two_vintages_are_held_against_each_other_at_the_same_age(small_snapshot: Snapshot) -> None:
    query = "select disbursed_month_on, book_months, over_30_share, over_30_amount, amount, loans_count from fct_vintages "
    query += "where credit_grade = 'all' and channel = 'all' and book_months = 3 order by 1 desc limit 2"
    with connect(small_snapshot.database) as connection:
        newest, before = asked(connection, query)
        # The month end of its third month on book is the last that is over.
        assert (newest[0], before[0]) == (date(2018, 12, 1), date(2018, 11, 1))
        for month, _, share, _, amount, count in (newest, before):
            walk = "select count(*), sum(amount), sum(case when first_over_30_on <= last_day(disbursed_month_on + interval 3 month) "
            walk += f"then amount else 0 end) from fct_loan_risk where not is_promotional and disbursed_month_on = date '{month}'"
            [(loans, lent, late)] = asked(connection, walk)
            assert (count, amount) == (loans, lent) and loans >= 20 and share == round(late / lent, 6)
