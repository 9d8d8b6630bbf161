"""Unit economics and cohorts on a simulated platform: they are the book's people, money and losses, and the ledger's positions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import pytest

from glassbook.snapshots import Snapshot, connect
from tests.support.built import with_working

ONE = 10**24


def asked(connection: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[tuple[Any, ...]]:
    return connection.execute(query, list(values)).fetchall()


def test_channels_hold_the_people_and_the_money_of_the_book(small_snapshot: Snapshot) -> None:
    with with_working(small_snapshot) as connection:
        found = asked(
            connection,
            "select channel = 'all', sum(registered_share), sum(lender_share), sum(borrower_share), sum(revenue_amount), "
            "sum(realised_loss_amount), sum(disbursed_amount), sum(lent_amount), sum(withdrawn_amount), sum(cost_amount), "
            "sum(cost_by_redemption_amount) from rpt_marketing_economics where campaign_code = 'all' group by all",
        )
        registered = "(select user_id from fct_registrations)"
        people = asked(connection, "select count(*), count(first_invested_on) from fct_registrations")[0]
        loans = f"(select * from fct_loan_risk where not is_promotional and borrower_id in {registered})"
        queries = {
            "borrowers": f"select count(distinct borrower_id) from {loans}",
            "revenue": f"select sum(amount) from stg_fees where user_id in {registered}",
            "loss": f"select sum(loss_change_amount) from fct_loss_changes where loan_id in (select loan_id from {loans})",
            "disbursed": f"select sum(amount) from {loans}",
            "lent": "select sum(amount) from stg_investments inner join (select loan_id from ldg_loans where not is_promotional) "
            f"using (loan_id) where lender_id in {registered}",
            "withdrawn": "select -sum(amount) from working.main.stg_fund_movements where movement_kind = 'withdrawal'",
            "cost": "select sum(cost_amount) from fct_channel_costs",
            "redeemed": "select sum(cost_by_redemption_amount) from fct_channel_costs",
        }
        book = {name: asked(connection, query)[0][0] for name, query in queries.items()}
    assert min(people) > 0 and min(book.values()) > 0
    expected = (people[0] * ONE, people[1] * ONE, book["borrowers"] * ONE, *list(book.values())[1:])
    assert {is_all: tuple(values) for is_all, *values in found} == {True: expected, False: expected}


def test_expected_loss_of_all_months_is_that_of_the_book(small_snapshot: Snapshot) -> None:
    """As risk has it at the month end; its probabilities have more digits."""
    with connect(small_snapshot.database) as connection:
        book = asked(
            connection,
            "select expected_loss_amount from fct_expected_losses where month_end_on = ? and credit_grade = 'all' and bucket_code = 'all'",
            small_snapshot.as_of,
        )
        found = asked(connection, "select sum(expected_loss_amount), count(*) from rpt_marketing_economics where channel = 'all'")[0]
    assert book[0][0] > 0 and found[1] > 12
    assert abs(found[0] / book[0][0] - 1) < Decimal("0.0001")


def test_value_after_loss_is_never_more_than_before(small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.database) as connection:
        known, wrong, later = asked(
            connection,
            "select count(ltv_365_after_expected_loss_amount), count(*) filter (expected_loss_365_amount < realised_loss_365_amount "
            "or ltv_90_after_loss_amount > ltv_90_amount or ltv_90_after_expected_loss_amount > ltv_90_after_loss_amount), "
            "count(*) filter (month_on + interval 12 month > ? and ltv_365_amount is not null) from rpt_marketing_economics",
            small_snapshot.as_of,
        )[0]
        small = asked(
            connection,
            "select count(*), count(ltv_30_amount), count(cost_per_registered_amount), count(roi_rate) "
            f"from rpt_marketing_economics where registered_share < 20 * {ONE}::hugeint",
        )[0]
    assert known > 0 and (wrong, later) == (0, 0)
    assert small[0] > 0 and small[1:] == (0, 0, 0)


def test_cohorts_of_lenders_hold_and_receive_what_the_ledger_says(small_snapshot: Snapshot) -> None:
    """Per lender the ledger rounds to the cent, so that a cohort is a cent a lender and loan off at most."""
    cohort = "(select user_id, first_invested_on, date_trunc('month', first_invested_on)::date as cohort from fct_registrations "
    cohort += "where first_invested_on is not null)"
    usual = "inner join (select loan_id from ldg_loans where not is_promotional) as loan on loan.loan_id = one.loan_id"
    checked = 0
    with with_working(small_snapshot) as connection:
        ends = [day for (day,) in asked(connection, "select distinct month_end_on from fct_lender_cohorts order by 1")]
        for day in ends[3::6]:
            first = day.replace(day=1)
            held = asked(
                connection,
                "select cohort, sum(position_amount), count(*), count(distinct lender_id) "
                f"from ldg_positions_as_of(date '{day}') as one {usual} "
                # Who bought a claim before the first investment is in a cohort from then on.
                f"inner join {cohort} as person on person.user_id = lender_id and person.first_invested_on <= date '{day}' "
                "where position_amount > 0 group by cohort",
            )
            received = dict(
                asked(
                    connection,
                    f"select cohort, sum(money) from (select lender_id, principal_amount + interest_amount + penalty_amount as money "
                    f"from ldg_receipts_between(date '{first}', date '{day}') as one {usual} "
                    f"union all select seller_id, price from stg_claim_transfers as one {usual} "
                    f"where transferred_on between '{first}' and '{day}') "
                    f"inner join {cohort} as person on person.user_id = lender_id group by cohort",
                )
            )
            cells = {
                row[0]: row[1:]
                for row in asked(
                    connection,
                    "select cohort_month_on, position_amount, retained_count, received_amount from fct_lender_cohorts "
                    "where month_end_on = ?",
                    day,
                )
            }
            for month, amount, claims, lenders in held:
                position, retained, back = cells[month]
                assert abs(position - amount) <= Decimal("0.01") * claims and retained == lenders
                assert abs(back - received.get(month, 0)) <= Decimal("0.01") * claims
                checked += 1
    assert checked > 10


@pytest.mark.parametrize(("mart", "people"), [("fct_lender_cohorts", "first_invested_on"), ("fct_borrower_cohorts", "first_disbursed_on")])
def test_cohorts_have_everybody_once_from_the_month_of_the_first(mart: str, people: str, small_snapshot: Snapshot) -> None:
    source = "fct_registrations" if people == "first_invested_on" else "fct_first_loans"
    column = "lenders_count" if people == "first_invested_on" else "borrowers_count"
    with connect(small_snapshot.database) as connection:
        found = asked(connection, f"select cohort_month_on, {column}, max(since_months) from {mart} group by all order by 1")
        expected = asked(
            connection,
            f"select date_trunc('month', {people})::date, count(*), date_diff('month', {people}, date '{small_snapshot.as_of}') "
            f"from {source} where {people} is not null group by 1, 3 order by 1",
        )
    assert len(found) > 12 and found == expected


def test_what_a_cohort_of_borrowers_had_by_then_it_has_later(small_snapshot: Snapshot) -> None:
    names = ["second_loan_count", "over_30_count", "over_90_count", "disbursed_amount", "over_30_amount", "over_90_amount"]
    shrunk = " or ".join(f"{name} < lag({name}) over since" for name in names)
    with connect(small_snapshot.database) as connection:
        count, wrong = asked(
            connection,
            f"select count(*), count(*) filter (is_less) from (select {shrunk} as is_less from fct_borrower_cohorts "
            "window since as (partition by cohort_month_on order by since_months))",
        )[0]
        totals = asked(connection, f"select {', '.join(f'max({name})' for name in names)} from fct_borrower_cohorts")[0]
    assert count > 100 and wrong == 0 and min(totals) > 0
