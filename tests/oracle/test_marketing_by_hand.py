"""People, funnels and credit whose numbers were worked out by hand, in the words of the specification. No warehouse is asked here."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from tests.oracle.exact import nearest_rank
from tests.oracle.marketing_attribution import MODELS, conversions, credit, credited
from tests.oracle.marketing_funnels import BORROWER, LENDER, funnel, travellers
from tests.oracle.marketing_markov import probability, removal_effects, solved, transitions
from tests.oracle.marketing_people import first_times, owners_of, people, registration_session
from tests.oracle.source import Source
from tests.support.platform import Platform

DAY = date(2019, 3, 31)


def seen(p: Platform, visitor: str, at: str, user: int | None = None, **values: object) -> int:
    """A session; direct unless a tag or referrer says otherwise."""
    return p.add("web_sessions", visitor_id=visitor, started_at=at, user_id=user, landing_path="/", **values)["session_id"]


def test_sessions_just_before_and_after_a_registration_and_on_a_shared_visitor(tmp_path: Path) -> None:
    p = Platform()
    one, two, four = (p.user(registered_at="2019-01-10 10:00") for _ in range(3))
    five = p.user(registered_at="2019-01-12 10:00")
    at = p.instant("2019-01-10 10:00")
    p.add("web_sessions", visitor_id="a", user_id=one, started_at=at + timedelta(milliseconds=400), landing_path="/", utm_medium="cpc")
    seen(p, "b", "2019-01-10 09:59", two, utm_medium="cpc")
    seen(p, "c", "2019-01-09 09:00", utm_medium="cpc")
    seen(p, "c", "2019-01-10 09:59", four, utm_source="x")
    fourth = seen(p, "shared", "2019-01-11 09:00", four, utm_medium="email")
    before = seen(p, "shared", "2019-01-11 12:00", utm_medium="push")
    seen(p, "shared", "2019-01-12 09:00", five, utm_medium="cpc")
    after = seen(p, "shared", "2019-01-12 09:59", utm_medium="sms")
    late = seen(p, "a", "2019-01-10 10:02", one, utm_medium="banner")
    source = Source(p.write(tmp_path))
    owners = owners_of(source.rows("web_sessions"))
    # The anonymous one between users 4 and 5 belongs to the next, the one after user 5 to the last.
    assert (owners[fourth], owners[before], owners[after]) == (four, five, five)
    of = {person.user_id: person.sessions for person in people(source, DAY)}
    chosen = {who: registration_session(of[who], source.users[who]["registered_at"]) for who in (one, two, four, five)}
    channels = {who: session and session.visit.channel for who, session in chosen.items()}
    assert channels == {one: "paid_search", two: "paid_search", four: "unassigned", five: "sms"}
    assert late in {session.session_id for session in of[one]}, "seen, but more than 60 seconds after the registration"


def test_nearest_rank() -> None:
    assert nearest_rank([4, 1, 3, 2], 50) == 2
    assert nearest_rank([5, 1, 4, 2, 3], 50) == 3
    assert nearest_rank(range(1, 11), 90) == 9
    assert nearest_rank(range(1, 12), 90) == 10  # 9.9 of 11
    assert nearest_rank([7], 10) == 7
    assert nearest_rank([], 50) is None


def lenders(tmp_path: Path) -> tuple[Source, dict[str, int]]:
    """Anna takes all steps, Ben gives his name before his number, Chen and Dora register only, she a minute before her visit; one more."""
    p = Platform()
    names = ("anna", "ben", "chen", "dora")
    who = {name: p.user(registered_at="2019-01-02 10:00", province_code="31") for name in names}
    seen(p, "a", "2019-01-01 10:00", who["anna"], device_kind="ios", utm_medium="cpc")
    seen(p, "b", "2019-01-02 09:00", who["ben"], device_kind="ios", utm_medium="cpc")
    seen(p, "c", "2019-01-02 09:50", who["chen"], device_kind="desktop")
    p.add(
        "web_sessions",
        visitor_id="d",
        user_id=who["dora"],
        started_at=p.instant("2019-01-02 10:00") + timedelta(seconds=60),
        landing_path="/",
    )
    seen(p, "e", "2019-01-02 11:00", device_kind="ios", utm_medium="cpc")
    for name, kind, at in (
        ("anna", "mobile", "2019-01-02 10:10"),
        ("anna", "real_name", "2019-01-02 10:10"),
        ("anna", "bank_card", "2019-01-03 10:10"),
        ("ben", "mobile", "2019-01-02 12:00"),
        ("ben", "real_name", "2019-01-02 11:00"),
        ("ben", "bank_card", "2019-01-02 13:00"),
    ):
        p.add("user_verifications", user_id=who[name], verification_kind=kind, outcome="passed", verified_at=at)
    p.add("user_verifications", user_id=who["chen"], verification_kind="mobile", outcome="failed", verified_at="2019-01-02 12:00")
    p.add("fund_movements", user_id=who["anna"], movement_kind="deposit", amount="500.00", occurred_at="2019-01-04 10:10")
    trial = p.listing("10.00", product_id=p.product(is_promotional=True))
    p.invest(trial, who["anna"], "10.00", "2019-01-02 10:05")
    listing = p.listing("900.00")
    p.invest(listing, who["anna"], "100.00", "2019-01-05 10:10")
    p.invest(listing, who["anna"], "100.00", "2019-02-05 10:10")
    return Source(p.write(tmp_path)), who


def test_a_funnel_of_lenders_in_strict_order(tmp_path: Path) -> None:
    source, _ = lenders(tmp_path)
    all_of_them = travellers(source, people(source, DAY), first_times(source, DAY), LENDER)
    steps = funnel(all_of_them, LENDER)
    # Ben's name was verified before his number: he goes no further than the number. Dora's visit counts as at her registration.
    assert [steps["total", name].people for name in LENDER] == [5, 4, 2, 1, 1, 1, 1, 1]
    assert [steps["total", name].dropped for name in LENDER] == [1, 2, 1, 0, 0, 0, 0, 0]
    # From visit to registration: Anna a day, Ben an hour, Chen ten minutes, Dora nothing. The second of four, and the fourth.
    registration = steps["total", "registration"]
    assert (registration.median_seconds, registration.ninetieth_seconds) == (Decimal(600), Decimal(86400))
    assert registration.from_before is not None and (registration.from_before.numerator, registration.from_before.denominator) == (4, 5)
    assert registration.from_before.value is None, "five people are fewer than twenty"
    assert steps["total", "investment"].from_top.numerator / steps["total", "investment"].from_top.denominator == Fraction(1, 5)
    assert steps["total", "second_investment"].median_seconds == 31 * 86400
    # By device and channel of the first session: Anna, Ben and the visitor who never registered.
    apart = funnel(all_of_them, LENDER, lambda t: (t.channel, t.device))
    assert [apart[("paid_search", "ios"), name].people for name in LENDER[:3]] == [3, 2, 2]
    assert sum(apart[segment, "visit"].people for segment in {key[0] for key in apart}) == 5
    days = funnel(all_of_them, LENDER, lambda t: t.visited_on)
    assert (days[date(2019, 1, 1), "visit"].people, days[date(2019, 1, 2), "visit"].people) == (1, 4)
    # A day earlier the second investment had not happened.
    assert (
        funnel(travellers(source, people(source, date(2019, 2, 4)), first_times(source, date(2019, 2, 4)), LENDER), LENDER)[
            "total", "second_investment"
        ].people
        == 0
    )


def test_a_funnel_of_borrowers(tmp_path: Path) -> None:
    p = Platform()
    who = p.user(registered_at="2019-01-02 10:00")
    seen(p, "a", "2019-01-02 09:00", who)
    p.add("user_verifications", user_id=who, verification_kind="real_name", outcome="passed", verified_at="2019-01-02 11:00")
    p.add(
        "loan_applications",
        borrower_id=who,
        decision="approved",
        applied_at="2019-01-03 10:00",
        decided_at="2019-01-04 10:00",
        amount="100",
    )
    loan = p.loan("100.00", disbursed_at="2019-01-06 10:00", borrower_id=who)
    p.repay(loan, 1, "2019-02-06 10:00", "50.00", "1.00", by="guarantor")
    p.repay(loan, 1, "2019-02-07 10:00", "50.00", "1.00")
    p.loan("100.00", disbursed_at="2019-02-06 10:00", borrower_id=who)
    source = Source(p.write(tmp_path))
    steps = funnel(travellers(source, people(source, DAY), first_times(source, DAY), BORROWER), BORROWER)
    # The second loan came a day before the first repayment of the borrower's own: not in order.
    assert [steps["total", name].people for name in BORROWER] == [1, 1, 1, 1, 1, 1, 1, 1, 0]
    assert steps["total", "approval"].median_seconds == 86400
    assert steps["total", "full_funding"].median_seconds == 47 * 3600


def test_the_removal_effect_by_hand() -> None:
    # Converted: A B, and A. Lost: B, and A. From the start 3 of 4 to A, 1 to B; from A a third each to B, converted, lost; from B ½ each.
    converted, lost = [["A", "B"], ["A"]], [["B"], ["A"]]
    steps = transitions(converted, lost)
    # B 1/2, A 1/3 · 1/2 + 1/3 = 1/2, all 3/4 · 1/2 + 1/4 · 1/2 = 1/2. Without A 1/4 · 1/2 = 1/8; without B 3/4 · 1/3 = 1/4.
    assert [probability(steps), probability(steps, "A"), probability(steps, "B")] == [Fraction(1, 2), Fraction(1, 8), Fraction(1, 4)]
    assert removal_effects(converted, lost) == {"A": Fraction(3, 4), "B": Fraction(1, 2)}
    # A channel that follows itself changes nothing.
    assert removal_effects([["A", "A", "B"], ["A"]], lost)["B"] == removal_effects(converted, lost)["B"]


def test_equations_in_whole_numbers() -> None:
    # 2x + y = 5 and x − 3y = −8: x = 1, y = 3; the first has no x where it stands first.
    assert solved([[2, 1, 5], [1, -3, -8]]) == [1, 3]
    assert solved([[0, 2, 1], [3, 1, 2]]) == [Fraction(1, 2), Fraction(1, 2)]
    # x = 1/2, y = 1/3, z = 1/5.
    assert solved([[2, 3, 5, 3], [4, -3, 0, 1], [0, 6, -5, 1]]) == [Fraction(1, 2), Fraction(1, 3), Fraction(1, 5)]


def test_seven_models_side_by_side(tmp_path: Path) -> None:
    p = Platform()
    who = p.user(registered_at="2019-02-01 10:00")
    nobody = p.user(registered_at="2019-02-01 10:00")
    seen(p, "a", "2019-01-02 09:59", who, utm_medium="sms")  # a minute more than thirty days before
    seen(p, "a", "2019-01-18 10:00", who, referrer_url="https://www.so.com/s?q=x")  # 336 hours
    seen(p, "a", "2019-01-25 10:00", who, utm_medium="email")  # 168 hours
    seen(p, "a", "2019-02-01 10:00", who)  # 0 hours
    seen(p, "z", "2019-02-10 10:00", utm_medium="email")
    p.fee("70.00", "2019-03-01 10:00", user_id=who)
    p.fee("-7.00", "2019-03-02 10:00", user_id=who)
    source = Source(p.write(tmp_path))
    persons, times = people(source, DAY), first_times(source, DAY)
    found = conversions(source, persons, times, DAY)
    assert [(c.kind, c.user_id, c.value) for c in found] == [
        ("registration", who, 1), ("revenue_90", who, 63), ("registration", nobody, 1),
    ]  # fmt: skip
    credits = credit(source, persons, found)
    given = {model: {channel: part for (channel, _), part in credits["registration", model, who].items()} for model in MODELS}
    third = Fraction(1, 3)
    assert given["first_touch"] == {"organic_search": 1}
    assert given["last_touch"] == {"direct": 1}
    assert given["last_non_direct"] == {"email": 1}
    assert given["linear"] == {"organic_search": third, "email": third, "direct": third}
    assert given["position_based"] == {"organic_search": Fraction(2, 5), "email": Fraction(1, 5), "direct": Fraction(2, 5)}
    # A quarter, a half and one.
    assert given["time_decay"] == {"organic_search": Fraction(1, 7), "email": Fraction(2, 7), "direct": Fraction(4, 7)}
    # Start: ½ each to search and to email (the visitor who is lost). Email: ½ to direct, ½ lost. All: ½ · ½ + ½ · ½ = ½.
    # Without search ½ · ½ = ¼, effect ½; without email or direct nothing, effect 1 each.
    assert given["markov"] == {"organic_search": Fraction(1, 5), "email": Fraction(2, 5), "direct": Fraction(2, 5)}
    assert all(credits["registration", model, nobody] == {("none", 0): 1} for model in MODELS)
    sums = credited(found, credits)
    assert sums["revenue_90", "time_decay", date(2019, 2, 1), ("email", 0)] == (Fraction(2, 7), Fraction(18))
    assert all(sum(credits[key].values()) == 1 for key in credits)


def test_two_touches_share_and_twenty_are_enough(tmp_path: Path) -> None:
    p = Platform()
    who = p.user(registered_at="2019-01-01 08:00")
    listing = p.listing("100.00")
    p.invest(listing, who, "50.00", "2019-02-01 10:00")
    other = p.user(registered_at="2019-01-01 08:00")
    p.invest(listing, other, "50.00", "2019-02-01 10:00")
    seen(p, "a", "2019-01-30 10:00", who, utm_medium="email")
    seen(p, "a", "2019-01-31 10:00", who, utm_medium="sms")
    seen(p, "a", "2019-02-01 10:01", who, utm_medium="push")  # not before the investment
    for n in range(22):
        seen(p, "b", f"2019-01-{n + 8:02} 10:00", other, utm_medium="sms" if n < 2 else "email")
    source = Source(p.write(tmp_path))
    persons, times = people(source, DAY), first_times(source, DAY)
    found = [c for c in conversions(source, persons, times, DAY) if c.kind == "first_investment"]
    credits = credit(source, persons, found)
    assert credits["first_investment", "position_based", who] == {("email", 0): Fraction(1, 2), ("sms", 0): Fraction(1, 2)}
    assert credits["first_investment", "linear", other] == {("email", 0): Fraction(20, 22), ("sms", 0): Fraction(2, 22)}
    assert credits["first_investment", "markov", other] == {("email", 0): 1}, "the two text messages are the 21st and 22nd from the end"
