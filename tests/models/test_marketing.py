"""Channels, registrations, funnels and attribution on cases worked out by hand, and sums that agree on a simulated platform."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from glassbook.catalogue import load_metrics
from glassbook.snapshots import Snapshot, connect
from ingestion.loading.load import ingest
from tests.support.built import columns_of, with_working
from tests.support.homes import home
from tests.support.platform import Platform
from warehouse.build import run_build

# What a session carries, and the channel that the first fitting rule gives.
CASES: list[tuple[dict[str, Any], str]] = [
    ({"invitation_code": "INV7", "utm_medium": "cpc"}, "referral_programme"),
    ({"utm_medium": " EMAIL ", "referrer_url": "https://www.baidu.com/"}, "email"),
    ({"utm_medium": "CPC"}, "paid_search"),
    ({"landing_path": "/x?a=1&bd_vid=99", "utm_medium": "display"}, "paid_search"),
    ({"landing_path": "/x?bd_vid="}, "direct"),
    ({"utm_medium": "cpm"}, "display"),
    ({"utm_medium": "cps"}, "alliance"),
    ({"utm_campaign": "Soft-1"}, "soft_article"),
    ({"referrer_url": "HTTPS://WWW.BAIDU.COM/S?WD=%E7%90%86"}, "organic_search"),
    ({"referrer_url": "https://m.sm.cn/s?q=%zz"}, "organic_search"),
    ({"referrer_url": "https://www.google.com.hk/"}, "organic_search"),
    ({"referrer_url": "https://google.evil.example/"}, "referral"),
    ({"referrer_url": "https://notbaidu.com/"}, "referral"),
    ({"referrer_url": "https://tieba.baidu.com/p/1"}, "social"),
    ({"referrer_url": "android-app://com.tencent.mm/"}, "social"),
    ({"referrer_url": "https://user@mp.weixin.qq.com:443/s"}, "social"),
    ({"referrer_url": "https://hao.360.com/"}, "directory"),
    ({"referrer_url": "https://chatgpt.com/"}, "ai_assistant"),
    ({"referrer_url": "http://10.20.30.40/"}, "referral"),
    ({"referrer_url": "http://[2001:db8::1]:80/"}, "referral"),
    ({"referrer_url": "https://xn--fiqs8s.example"}, "referral"),
    ({"referrer_url": "https://www.mingzhang-sim.example/loans"}, "direct"),
    ({"referrer_url": "::::"}, "direct"),
    ({"referrer_url": "http://%zz bad"}, "direct"),
    ({"referrer_url": ""}, "direct"),
    ({}, "direct"),
]


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A platform with one session a case, and three users."""
    platform = Platform()
    platform.add("campaigns", code="soft-1", campaign_kind="soft_article")
    for number, (values, _) in enumerate(CASES, start=1):
        platform.add("web_sessions", **{"session_id": number, "visitor_id": f"c{number}", "started_at": "2019-01-01 08:00"} | values)
    for person in (101, 102, 103):
        platform.add("users", user_id=person, registered_at="2019-03-01 12:00")
    # 101 takes every step in order; the visit that brought them is the second one, from Baidu, on a visitor known only later.
    visits: list[dict[str, Any]] = [
        {"session_id": 201, "visitor_id": "a", "started_at": "2019-02-10 10:00", "utm_medium": "cpc"},
        {"session_id": 202, "visitor_id": "a", "started_at": "2019-03-01 11:59", "referrer_url": "https://www.baidu.com/"},
        {"session_id": 203, "visitor_id": "a", "started_at": "2019-03-05 10:00", "user_id": 101, "utm_medium": "sms"},
        # 102 came last more than thirty days before; bank card before real name, so the funnel ends there.
        {"session_id": 204, "visitor_id": "b", "started_at": "2019-01-20 10:00", "user_id": 102},
    ]
    for values in visits:
        platform.add("web_sessions", **values)
    for person, kind, at in (
        (101, "mobile", "12:00"), (101, "real_name", "12:10"), (101, "bank_card", "12:20"),
        (102, "mobile", "12:00"), (102, "bank_card", "12:10"), (102, "real_name", "12:20"), (103, "mobile", "12:30"),
    ):  # fmt: skip
        platform.add("user_verifications", user_id=person, verification_kind=kind, outcome="passed", verified_at=f"2019-03-01 {at}")
    for person in (101, 102):
        platform.add("fund_movements", user_id=person, movement_kind="deposit", amount="500", occurred_at="2019-03-02 09:00")
    loan = platform.loan("100", lenders={102: "40"}, disbursed_at="2019-03-04 10:00")
    platform.plan(loan, [("2019-06-04", "100", "3")])
    platform.invest(loan, 101, "20", "2019-03-03 10:00")
    platform.invest(loan, 101, "40", "2019-03-03 11:00")
    platform.add("marketing_costs", cost_on="2019-03-01", channel="sms", campaign_id=0, amount="9.50")
    # Booked for a day after the latest of the platform.
    platform.add("marketing_costs", cost_on="2019-03-20", channel="sms", campaign_id=0, amount="4.00")
    folder: Path = tmp_path_factory.mktemp("marketing")
    platform.write(folder / "platform")
    settings = home(folder / "home", own_hosts=("mingzhang-sim.example",))
    ingest(settings, folder / "platform")
    with connect(run_build(settings).database) as connection:
        yield connection


def test_the_first_fitting_rule_gives_the_channel(by_hand: duckdb.DuckDBPyConnection) -> None:
    query = "select session_id, channel from fct_sessions where session_id <= ? order by 1"
    found = dict(by_hand.execute(query, [len(CASES)]).fetchall())
    assert [(values, found[n]) for n, (values, _) in enumerate(CASES, start=1)] == CASES


def test_a_registration_stands_under_its_last_visit_of_thirty_days(by_hand: duckdb.DuckDBPyConnection) -> None:
    query = "select user_id, channel from fct_registrations where user_id between 101 and 103 order by 1"
    assert by_hand.execute(query).fetchall() == [(101, "organic_search"), (102, "unknown"), (103, "unknown")]


def test_a_step_counts_only_after_all_before_it(by_hand: duckdb.DuckDBPyConnection) -> None:
    query = "select * exclude (cohort_kind, day_on, campaign_code, device_kind, province_code, landing_page) from fct_funnel_daily "
    query += "where cohort_kind = 'registration' and day_on = '2019-03-01' order by channel"
    # 103 was never on the site, so no visit led to anything.
    assert by_hand.execute(query).fetchall() == [
        ("organic_search", 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0),
        ("unknown", 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0),
    ]


def test_the_funnel_begins_with_visitors_who_never_register_too(by_hand: duckdb.DuckDBPyConnection) -> None:
    query = "select day_on, sum(visit_count), sum(registration_count) from fct_funnel_daily "
    query += "where cohort_kind = 'visit' group by day_on order by day_on"
    days = [(f"{day:%m-%d}", int(visits), int(registrations)) for day, visits, registrations in by_hand.execute(query).fetchall()]
    assert days == [("01-01", len(CASES), 0), ("01-20", 1, 1), ("02-10", 1, 1)]


def test_credit_goes_to_the_sessions_of_the_window_before(by_hand: duckdb.DuckDBPyConnection) -> None:
    query = "select conversion_kind, user_id, channel, (linear_share / 1e22)::integer from fct_conversion_credits "
    query += "where user_id between 101 and 103 order by all"
    assert by_hand.execute(query).fetchall() == [
        # The session of the fifth of March comes after the first investment.
        ("first_investment", 101, "organic_search", 50),
        ("first_investment", 101, "paid_search", 50),
        ("first_investment", 102, "none", 100),
        ("registration", 101, "organic_search", 50),
        ("registration", 101, "paid_search", 50),
        ("registration", 102, "none", 100),
        ("registration", 103, "none", 100),
    ]


def test_a_small_group_has_a_count_and_no_rate(by_hand: duckdb.DuckDBPyConnection) -> None:
    query = "select cost_amount::varchar, cost_per_registration_amount from rpt_marketing_channels "
    query += "where month_on = '2019-03-01' and channel = 'all'"
    assert by_hand.execute(query).fetchall() == [("9.50", None)]


def test_a_cost_of_a_day_to_come_is_kept_and_counts_in_no_figure_yet(by_hand: duckdb.DuckDBPyConnection) -> None:
    assert by_hand.execute(
        "select latest_business_date() < date '2019-03-20', sum(cost_amount)::varchar from fct_channel_costs"
    ).fetchall() == [(True, "13.50")]
    query = "select value::decimal(18, 2)::varchar from rpt_marketing_figures where code = 'MK-A05' and as_of_on = latest_business_date()"
    assert by_hand.execute(query).fetchall() == [("9.50",)]


def test_daily_sums_are_the_counts(small_snapshot: Snapshot) -> None:
    with with_working(small_snapshot) as connection:
        daily = connection.execute(
            "select sum(sessions_count), sum(registrations_count), sum(first_investments_count), sum(marketing_cost_amount), "
            "sum(reward_cost_amount), sum(commission_cost_amount), sum(cost_amount), sum(cost_by_redemption_amount) from fct_channel_daily"
        ).fetchone()
        counted = connection.execute(
            "select (select count(*) from working.main.stg_web_sessions), "
            "(select count(*) from working.main.stg_users where deleted_at is null), "
            "(select count(*) from fct_registrations where first_invested_at is not null), "
            "(select sum(amount) from working.main.stg_marketing_costs where deleted_at is null), "
            "(select sum(amount) from working.main.stg_rewards where deleted_at is null), "
            "(select sum(amount) from working.main.stg_commissions), "
            "(select sum(amount) from working.main.stg_rewards where redeemed_at is null and expires_on <= ?)",
            [small_snapshot.as_of],
        ).fetchone()
    assert daily is not None and counted is not None
    *counts, expired = counted
    # Of the simulated rewards every one is granted to acquire; each part of the cost has something in it.
    assert min(counted) > 0 and daily == (*counts, sum(counts[3:]), sum(counts[3:]) - expired)


def test_operating_figures_equal_the_disclosed_ones(small_snapshot: Snapshot) -> None:
    pairs = "('OP-A01','CN-A03'), ('OP-A02','CN-A05'), ('OP-A03','CN-A04'), ('OP-C01','CN-A14'), "
    pairs += "('OP-C02','CN-A15'), ('OP-C03','CN-B02'), ('OP-D05','CN-A09')"
    with connect(small_snapshot.database) as connection:
        rows = connection.execute(
            f"select ours.as_of_on, ours.code, ours.value, theirs.value from (values {pairs}) as pair (one, other) "
            "inner join rpt_operations_figures as ours on ours.code = pair.one "
            "inner join rpt_cn_figures as theirs on theirs.code = pair.other and theirs.as_of_on = ours.as_of_on"
        ).fetchall()
    assert rows and [row for row in rows if row[2] != row[3]] == []


def test_every_figure_has_an_entry_and_every_entry_a_figure(small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.database) as connection:
        codes = {code for (code,) in connection.execute("select distinct code from rpt_operations_figures").fetchall()}
        by_segment = {code for (code,) in connection.execute("select distinct code from rpt_operations_segments").fetchall()}
    operations = load_metrics("operations")
    assert codes == {metric.code for metric in operations if metric.model is None}
    assert by_segment - codes == {metric.code for metric in operations if metric.model == "rpt_operations_segments"}
    columns = columns_of(small_snapshot)
    with_rows = [*load_metrics("marketing"), *(metric for metric in operations if metric.model)]
    assert [m.code for m in with_rows if m.model is None or not {m.column, *m.key} <= columns[m.model].keys()] == []
