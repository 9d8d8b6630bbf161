"""Cost, value and cohorts whose numbers were worked out by hand, in the words of the specification. No warehouse is asked here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from tests.oracle.business_margin import coverage, margins, reserve
from tests.oracle.marketing_attribution import conversions, credit
from tests.oracle.marketing_cohorts import borrower_cohorts, lender_cohorts
from tests.oracle.marketing_costs import UNASSIGNED_CAMPAIGN, Costs, costs
from tests.oracle.marketing_economics import Economics, Ground, economics
from tests.oracle.marketing_people import first_times, own_channels, people
from tests.oracle.risk_histories import histories
from tests.oracle.source import Source
from tests.support.platform import Platform

DAY = date(2020, 2, 29)
JANUARY, FEBRUARY, MARCH = date(2019, 1, 1), date(2019, 2, 1), date(2019, 3, 1)
PROBABILITIES = {
    "current": Fraction(1, 10),
    "1-30": Fraction(1, 4),
    "31-60": Fraction(1, 2),
    "61-90": Fraction(1, 2),
    "91-180": Fraction(3, 4),
}


def platform() -> Platform:
    """Two people whom paid search brought in January 2019; the second borrows 300.00, pays nothing until October, then 120.00."""
    p = Platform()
    one, two = p.user(registered_at="2019-01-05 10:00"), p.user(registered_at="2019-01-20 10:00")
    for who, at in ((one, "2019-01-05 09:55"), (two, "2019-01-20 09:55")):
        p.add("web_sessions", visitor_id=f"v{who}", user_id=who, started_at=at, landing_path="/", utm_medium="cpc")
    campaign = p.add("campaigns", code="a", campaign_kind="registration_bonus")["campaign_id"]
    alliance = p.add("campaigns", code="b", campaign_kind="alliance_ad")["campaign_id"]
    for channel, campaign_id, amount in (
        ("SEM", 0, "100.00"), ("Paid Search", 0, "20.00"), ("paid_search", 9, "30.00"), ("billboards", 0, "7.00"),
        ("trams", alliance, "3.00"),
    ):  # fmt: skip
        p.add("marketing_costs", cost_on="2019-01-10", channel=channel, campaign_id=campaign_id, amount=amount)
    p.add("rewards", user_id=one, reward_kind="cash", amount="10.00", granted_at="2019-01-06 10:00", redeemed_at="2019-01-07 10:00")
    for kind, amount, campaign_id, redeemed_at in (
        ("voucher", "8.00", campaign, "2019-02-01 10:00"), ("points", "4.00", None, None), ("points", "5.00", alliance, None),
        ("prize", "9.00", None, None),
    ):  # fmt: skip
        given = {"reward_kind": kind, "amount": amount, "campaign_id": campaign_id, "redeemed_at": redeemed_at}
        p.add("rewards", user_id=two, granted_at="2019-01-21 10:00", expires_at="2019-03-01 10:00", **given)
    # Days 10, 20, 30 and 31 after the registration of the first, day 30 of the second.
    for who, day, amount in (
        (one, "2019-01-15", "30.00"), (one, "2019-01-25", "-5.00"), (one, "2019-02-04", "100.00"),
        (one, "2019-02-05", "1.00"), (two, "2019-02-19", "40.00"),
    ):  # fmt: skip
        p.fee(amount, f"{day} 12:00", user_id=who)
    trial = p.loan("10.00", disbursed_at="2019-02-01 10:00", borrower_id=two, product_id=p.product(is_promotional=True))
    p.fee("5.00", "2019-02-02 12:00", user_id=two, loan_id=trial)
    loan = p.loan("300.00", disbursed_at="2019-02-01 10:00", borrower_id=two)
    p.plan(loan, [("2019-03-01", "300.00", "3.00")])
    p.repay(loan, 1, "2019-10-01 10:00", "120.00")
    return p


def calculated(p: Platform, folder: Path) -> tuple[Costs, dict[tuple[object, ...], Economics]]:
    """Costs, and the economics by month and channel under the last non-direct touch."""
    source = Source(p.write(folder))
    persons, times = people(source, DAY), first_times(source, DAY)
    found = conversions(source, persons, times, DAY)
    credits = credit(source, persons, found)
    spent = costs(source, own_channels(persons, times), DAY)
    ground = Ground(source, times, histories(source, DAY).values(), lambda _: PROBABILITIES, DAY)
    return spent, dict(economics(ground, found, credits, spent))


def test_costs_go_through_the_rules_of_names_and_add_up_to_the_source(tmp_path: Path) -> None:
    spent, _ = calculated(platform(), tmp_path)
    of = {(first, channel, campaign): (c.marketing, c.granted, c.redeemed) for (first, channel, campaign), c in spent.of.items()}
    assert of == {
        (JANUARY, "paid_search", 0): (120, 9, 9),  # SEM, Paid Search, and a prize, which is its user's own channel's
        (JANUARY, "paid_search", UNASSIGNED_CAMPAIGN): (30, 0, 0),  # the unknown campaign
        (JANUARY, "unassigned", 0): (7, 0, 0),
        (JANUARY, "alliance", 2): (3, 5, 5),  # the campaign's kind where the name says nothing; its reward is the alliance's
        (JANUARY, "referral_programme", 0): (0, 10, 10),
        (JANUARY, "paid_search", 1): (0, 8, 8),  # a voucher likewise
        (JANUARY, "points", 0): (0, 4, 4),
        # What expired unredeemed on 1 March is subtracted.
        (MARCH, "paid_search", 0): (0, 0, -9),
        (MARCH, "alliance", 2): (0, 0, -5),
        (MARCH, "points", 0): (0, 0, -4),
    }
    assert spent.findings == {("campaign", "9"): Decimal(30), ("channel", "billboards"): Decimal(7)}
    assert sum(c.marketing for c in spent.of.values()) == 160
    assert sum(c.granted for c in spent.of.values()) == 36


def test_unit_economics_of_paid_search(tmp_path: Path) -> None:
    _, found = calculated(platform(), tmp_path)
    paid = found[JANUARY, "paid_search"]
    assert paid.people == {"registered": 2, "verified": 0, "lenders": 0, "borrowers": 1}
    assert (paid.cac["registered"].numerator, paid.cac["registered"].denominator) == (167, 2)
    assert paid.cac["registered"].value is None, "of two people there is no rate"
    assert (paid.cac["borrowers"].numerator, paid.cac["borrowers"].denominator) == (167, 1)
    assert paid.cac_by_redemption["registered"].numerator == 167
    # 30 − 5 + 100 until day 30, and 40 + 5: a fee is one whatever the listing.
    numerators = {key: rate.numerator for key, rate in paid.ltv.items() if rate is not None}
    assert numerators[30, "before"] == 170 and {rate.denominator for rate in paid.ltv.values() if rate is not None} == {2}
    # On the second's day 30, 19 February, 300.00 is outstanding and current: a tenth of it is expected to be lost.
    assert (numerators[30, "realised"], numerators[30, "expected"]) == (170, 140)
    # Day 90 is 20 April: 50 days past due, a half. Day 180 is 19 July: 140 days, three quarters.
    assert (numerators[90, "before"], numerators[90, "expected"]) == (171, 21)
    assert (numerators[180, "realised"], numerators[180, "expected"]) == (171, -54)
    # More than 180 days from 29 August: 300.00 lost, of which 120.00 came in October.
    assert (numerators[365, "before"], numerators[365, "realised"], numerators[365, "expected"]) == (171, -9, -9)
    # 25 by the end of January, 171 by the end of February: more than 167.
    assert paid.payback == 1
    assert paid.roi is not None and (paid.roi.numerator, paid.roi.denominator) == (4, 167)
    assert paid.roi_after_loss is not None and paid.roi_after_loss.numerator == 4 - 180
    assert (paid.amounts["revenue"], paid.amounts["disbursed"], paid.realised_loss, paid.held) == (171, 300, 180, 0)
    assert (paid.cost_after_loss.numerator, paid.cost_after_loss.denominator) == (167 + 180, 1)
    # On book for six months at the end of August: since 1 March unpaid.
    assert (paid.book_share(6, 90).numerator, paid.book_share(6, 90).denominator) == (300, 300)
    assert paid.borne_by == {"lenders": 180}
    # A channel with only costs, and one that paid back at once because it had no cost then.
    assert found[JANUARY, "unassigned"].payback is None and found[JANUARY, "unassigned"].cost.by_grant == 7
    assert sum(e.amounts["revenue"] for e in found.values()) == 171


def test_values_wait_until_everybody_has_had_the_days(tmp_path: Path) -> None:
    source = Source(platform().write(tmp_path))
    # The last who registered did on 20 January.
    for day, expected in (
        (date(2019, 2, 18), set()), (date(2019, 2, 19), {30}), (date(2019, 4, 19), {30}), (date(2019, 4, 20), {30, 90}),
    ):  # fmt: skip
        persons, times = people(source, day), first_times(source, day)
        found = conversions(source, persons, times, day)
        credits = credit(source, persons, found)
        ground = Ground(source, times, histories(source, day).values(), lambda _: PROBABILITIES, day)
        spent = costs(source, own_channels(persons, times), day)
        paid = economics(ground, found, credits, spent)[JANUARY, "paid_search"]
        assert {days for days, _ in paid.ltv} == expected, day
        assert paid.roi is None


def test_a_cohort_of_lenders(tmp_path: Path) -> None:
    p = Platform()
    anna, ben = p.users(2)
    loan = p.loan("1000.00", lenders={anna: "600.00", ben: "400.00"}, disbursed_at="2019-01-10 10:00")
    p.plan(loan, [("2019-02-10", "500.00", "5.00"), ("2019-03-10", "500.00", "5.00")])
    p.repay(loan, 1, "2019-02-10 10:00", "500.00", "5.00")
    p.add("fund_movements", user_id=anna, movement_kind="withdrawal", amount="-100.00", occurred_at="2019-02-15 10:00")
    p.transfer(loan, ben, anna, "200.00", "2019-03-05 10:00", price="190.00")
    p.repay(loan, 2, "2019-03-10 10:00", "500.00", "5.00")
    source = Source(p.write(tmp_path))
    day = date(2019, 3, 31)
    cells = lender_cohorts(source, histories(source, day), first_times(source, day), day)
    assert {key[1:] for key in cells} == {(JANUARY, 0), (JANUARY, 1), (JANUARY, 2)}
    first, second, third = (cells["total", JANUARY, k] for k in range(3))
    assert (first.people, first.active.numerator, first.retained.numerator, first.held) == (2, 2, 2, 1000)
    assert (first.put_in, first.received, first.withdrawn) == (1000, 0, 0)
    assert (second.active.numerator, second.held, second.put_in, second.received, second.withdrawn) == (0, 500, 0, 505, 100)
    # Anna bought for 190.00, which is received by Ben; then everything came back.
    assert (third.active.numerator, third.retained.numerator, third.held) == (1, 0, 0)
    assert (third.put_in, third.received) == (190, 190 + 505)
    assert third.reinvested.value is None and third.reinvested.numerator / third.reinvested.denominator == Fraction(190, 695)
    apart = lender_cohorts(source, histories(source, day), first_times(source, day), day, {anna: "email", ben: "sms"})
    # Anna 60 % of 505.00, then 190.00 + 3/5 · 505.00 + 2/5 · 505.00 for what she holds: all of it.
    assert (apart["email", JANUARY, 1].received, apart["sms", JANUARY, 1].received) == (303, 202)
    assert (apart["email", JANUARY, 2].received, apart["sms", JANUARY, 2].received) == (505, 190)


def test_dust_of_sold_claims_is_nothing_that_a_lender_holds(tmp_path: Path) -> None:
    p = Platform()
    anna, ben, carl = p.users(3)
    for _ in range(2):
        loan = p.loan("90.00", lenders={anna: "30.00", ben: "30.00", carl: "30.00"}, disbursed_at="2019-01-10 10:00")
        p.plan(loan, [("2019-02-10", "20.00", "0.00"), ("2019-03-10", "70.00", "0.00")])
        p.repay(loan, 1, "2019-02-10 10:00", "20.00", "0.00")
        # A third of 70.00, to the cent: a third of a cent is left of each, two thirds in all.
        p.transfer(loan, anna, ben, "23.33", "2019-02-15 10:00")
    p.invest(p.listing("50.00"), anna, "50.00", "2019-02-20 10:00")
    source = Source(p.write(tmp_path))
    day = date(2019, 2, 28)
    cells = lender_cohorts(source, histories(source, day), first_times(source, day), day, {anna: "email"})
    own, after = cells["email", JANUARY, 0], cells["email", JANUARY, 1]
    assert (own.retained.numerator, after.retained.numerator, after.held) == (1, 0, Fraction(2, 300))
    # Money put into a listing that was never disbursed does not count as lent.
    assert (after.put_in, after.active.numerator) == (0, 1)


def test_what_was_charged_before_the_registration_is_revenue_but_of_no_window(tmp_path: Path) -> None:
    p = Platform()
    who = p.user(registered_at="2019-02-10 10:00")
    p.fee("9.00", "2019-01-31 12:00", user_id=who)
    p.fee("1.00", "2019-02-11 12:00", user_id=who)
    _, found = calculated(p, tmp_path)
    cell = found[FEBRUARY, "none"]
    assert (cell.amounts["revenue"], cell.windows[30].revenue, cell.payback) == (10, 1, 0)


def test_a_cohort_of_borrowers(tmp_path: Path) -> None:
    p = Platform()
    late, good = p.users(2)
    one = p.loan("100.00", disbursed_at="2019-01-10 10:00", borrower_id=late)
    p.plan(one, [("2019-02-10", "100.00", "1.00")])
    two = p.loan("200.00", disbursed_at="2019-01-31 23:59", borrower_id=good)
    p.plan(two, [("2019-02-28", "200.00", "1.00")])
    p.repay(two, 1, "2019-02-28 23:59", "200.00", "1.00")
    p.loan("50.00", disbursed_at="2019-02-28 23:59", borrower_id=good)
    source = Source(p.write(tmp_path))
    day = date(2019, 5, 31)
    cells = borrower_cohorts(source, histories(source, day), first_times(source, day), day)
    told = [cells["total", JANUARY, k] for k in range(5)]
    assert [cell.second_loan.numerator for cell in told] == [0, 1, 1, 1, 1]
    # 31 days past due on 13 March, 91 on 12 May.
    assert [cell.ever_30.numerator for cell in told] == [0, 0, 1, 1, 1]
    assert [cell.ever_90.numerator for cell in told] == [0, 0, 0, 0, 1]
    assert [cell.lent for cell in told] == [300, 350, 350, 350, 350]
    assert {cell.people for cell in told} == {2}


def test_margin_coverage_and_stress(tmp_path: Path) -> None:
    p = Platform()
    loan = p.loan("1000.00", disbursed_at="2019-01-10 10:00")
    p.plan(loan, [("2019-02-10", "500.00", "10.00"), ("2019-03-10", "500.00", "5.00")])
    p.repay(loan, 1, "2019-02-20 10:00", "45.00", "5.00", by="platform")
    p.fee("100.00", "2019-02-01 00:00")
    p.fee("9.00", "2019-01-31 23:59")
    p.add("risk_reserve_movements", movement_kind="contribution", amount="110.00", occurred_at="2019-02-03 10:00")
    p.add("risk_reserve_movements", movement_kind="compensation", amount="-18.00", occurred_at="2019-02-04 10:00")
    p.add("marketing_costs", cost_on="2019-02-10", channel="email", campaign_id=0, amount="20.00")
    source = Source(p.write(tmp_path))
    day = date(2019, 2, 28)
    found = margins(source, histories(source, day), costs(source, {}, day), day)
    assert {first: margin.amount for first, margin in found.items()} == {JANUARY: 9, FEBRUARY: 100 - 110 - 50 - 20}
    assert reserve(source, day) == 92
    # 510.00 was due, 50.00 of it received.
    assert (coverage(source, day).value, coverage(source, day, 2).value) == (Fraction(92, 460), Fraction(92, 920))
    assert coverage(source, date(2019, 2, 10)).value is None, "on the day itself nothing is overdue yet"
