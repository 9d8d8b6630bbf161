"""Funnels and attribution on a simulated platform: each person counts once, segments add up, credits equal conversions and money."""

from __future__ import annotations

from typing import Any

from glassbook.snapshots import Snapshot, connect
from tests.support.built import with_working


def test_every_visitor_and_every_user_who_visited_is_a_person_once(small_snapshot: Snapshot) -> None:
    with with_working(small_snapshot) as connection:
        persons = connection.execute(
            "select count(*) filter (user_id is null), count(*) filter (user_id is not null), count(distinct person_id) from fct_persons"
        ).fetchone()
        counted = connection.execute(
            "select count(*) filter (users_count = 0), (select count(distinct user_id) from working.main.stg_web_sessions) "
            "from (select count(user_id) as users_count from working.main.stg_web_sessions group by visitor_id)"
        ).fetchone()
    assert persons is not None and counted is not None and min(counted) > 0
    assert persons == (*counted, sum(counted))


def test_segments_of_the_funnel_add_up_to_everybody(small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.database) as connection:
        totals = connection.execute(
            "select cohort_kind, month_on, funnel_kind, step_no, segment_kind, sum(people_count), sum(dropped_count) "
            "from rpt_marketing_funnel group by all"
        ).fetchall()
        daily = connection.execute(
            "select cohort_kind, date_trunc('month', day_on)::date, sum(visit_count), sum(second_investment_count), sum(second_loan_count) "
            "from fct_funnel_daily group by all"
        ).fetchall()
    found: dict[tuple[Any, ...], dict[str, tuple[Any, ...]]] = {}
    for *step, segment, people, dropped in totals:
        found.setdefault(tuple(step), {})[segment] = (people, dropped)
    assert len(found) == 17 * len(daily) and min(people["all"][0] for people in found.values()) >= 0
    assert [step for step, by in found.items() if len(by) != 6 or len(set(by.values())) != 1] == []
    for cohort, month, visits, invested, borrowed in daily:
        steps = (("lender", 1), ("lender", 8), ("borrower", 9))
        assert [found[cohort, month, *step]["all"][0] for step in steps] == [visits, invested, borrowed]


def test_a_step_never_has_more_people_than_the_one_before(small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.database) as connection:
        query = "select count(*), count(*) filter (dropped_count < 0), count(*) filter (of_previous_share > 1), count(median_seconds) "
        query += "from rpt_marketing_funnel where step_no > 1"
        found = connection.execute(query).fetchone()
        ordered = "select count(*) from rpt_marketing_funnel where median_seconds > ninetieth_seconds or median_seconds < 0"
        assert connection.execute(ordered).fetchall() == [(0,)]
    assert found is not None and found[0] > 1000 and found[1:3] == (0, 0) and found[3] > 100


def test_whatever_the_model_the_same_conversions_and_money_are_credited(small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.database) as connection:
        query = "select conversion_kind, model_kind, sum(credited_share)::varchar, sum(credited_amount) from rpt_marketing_attribution "
        credited = connection.execute(query + "where campaign_code <> 'all' group by all order by all").fetchall()
        book = connection.execute(
            "select conversion_kind, (count(*) * 1000000000000000000000000::hugeint)::varchar, sum(amount) "
            "from fct_conversions group by all"
        ).fetchall()
        revenue = connection.execute(
            "select sum(fee.amount) from stg_fees as fee inner join ldg_users as person on person.user_id = fee.user_id "
            "and person.deleted_at is null and fee.charged_on between person.registered_on and person.registered_on + 90"
        ).fetchall()
    totals = {kind: (count, amount) for kind, count, amount in book}
    assert len(totals) == 4 and len(credited) == 28
    assert [row for row in credited if tuple(row[2:]) != totals[row[0]]] == []
    assert totals["revenue_90"][1] == revenue[0][0] > 0


def test_a_registration_by_last_touch_stands_under_the_channel_of_its_session(small_snapshot: Snapshot) -> None:
    """Users with their own visitor; a session of a shared visitor may be another user's."""
    with connect(small_snapshot.database) as connection:
        query = (
            "select count(*), count(*) filter (credit.channel <> person.channel or credit.campaign_code <> person.campaign_code) "
            "from fct_conversion_credits as credit inner join fct_registrations as person on person.user_id = credit.user_id "
            "where credit.conversion_kind = 'registration' and credit.last_touch_share > 0 and credit.channel <> 'none'"
        )
        found = connection.execute(query).fetchone()
    assert found is not None and found[0] > 500 and found[1] == 0
