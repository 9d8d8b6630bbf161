"""Marketing's marts compared with the second calculation: channels, funnels, credit, costs.

Belongs here: the same figure from both sides, by key. Does not: calculating either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle import marketing_funnels as funnels
from tests.oracle.exact import MINIMUM_GROUP
from tests.oracle.marketing_attribution import credited
from tests.oracle.marketing_channels import campaigns_by_code, plain
from tests.oracle.marketing_costs import UNASSIGNED_CAMPAIGN, cost_details
from tests.oracle.marketing_funnels import Traveller
from tests.oracle.marts import A_CENT, A_PART_OF_A_MILLION_MILLION, NOTHING, SHOWN_TO_SIX, Compared, Comparison, Figures, Told
from tests.oracle.source import month

ONE = 10**24
# Names of the second calculation → those of the marts.
STEPS = {"deposit": "first_deposit", "investment": "first_investment", "repayment": "first_repayment", "second_disbursement": "second_loan"}
MODELS = {"position_based": "position", "time_decay": "decay"}


def codes(told: Told) -> dict[int, str]:
    """Campaign id → its code; for campaigns with the same plain code, that of the first."""
    rows = told.second.source.rows("campaigns")
    kept = campaigns_by_code(rows)
    return {0: "none", UNASSIGNED_CAMPAIGN: "unassigned"} | {row["campaign_id"]: kept[plain(row["code"])]["code"] for row in rows}


def channels_of_sessions(told: Told) -> Compared:
    """Session → channel, campaign and landing page."""
    code = codes(told)
    found = told.figures("select session_id, channel, campaign_code from fct_sessions", 1)
    sessions = [session for person in told.second.people for session in person.sessions]
    return found, {(s.session_id,): (s.visit.channel, code[s.visit.campaign_id]) for s in sessions}


def words_of_searches(told: Told) -> Compared:
    """Session of an organic search → its keyword."""
    found = told.figures("select session_id, keyword from fct_sessions where channel = 'organic_search'", 1)
    sessions = [session for person in told.second.people for session in person.sessions if session.visit.channel == "organic_search"]
    return found, {(s.session_id,): (s.visit.keyword,) for s in sessions}


def people_of_sessions(told: Told) -> Compared:
    """Person → the user they are, when they first came."""
    found = told.figures("select coalesce(user_id::varchar, person_id), visited_on from fct_persons", 1)
    found = {(key[0].removeprefix("visitor "),): values for key, values in found.items()}
    expected: Figures = {}
    for person in told.second.people:
        who = str(person.user_id) if person.user_id is not None else str(person.visitor_id)
        expected[who,] = (told.second.source.day(person.sessions[0].at),)
    return found, expected


def steps_of_lenders(told: Told) -> Compared:
    """Lenders' funnel by month of the first visit and of registration, in all and by segment."""
    return _funnel(told, "lender", funnels.LENDER)


def steps_of_borrowers(told: Told) -> Compared:
    """Borrowers' funnel likewise."""
    return _funnel(told, "borrower", funnels.BORROWER)


def _funnel(told: Told, of: str, steps: tuple[str, ...]) -> Compared:
    found = told.figures(
        "select cohort_kind, month_on, segment_kind, segment_id, step_no, people_count, dropped_count, of_previous_share, of_first_share, "
        "median_seconds, ninetieth_seconds from rpt_marketing_funnel where funnel_kind = ?",
        5,
        of,
    )
    second, code = told.second, codes(told)
    everybody = funnels.travellers(second.source, second.people, second.times, steps)
    expected: Figures = {}
    for cohort, month_of, segments in (("visit", _visited, _segments_of_visit), ("registration", _registered, _segments_of_registration)):
        members = [traveller for traveller in everybody if month_of(traveller) is not None]
        for kind in ("all", "channel", "campaign", "device", "province", "landing_page"):
            told_of = funnels.funnel(members, steps, lambda t, k=kind, m=month_of, s=segments: (m(t), s(t, code)[k]))  # type: ignore[misc]
            expected |= {(cohort, *key, steps.index(name) + 1): values for (key, name), values in _told(told_of, kind)}
    return found, expected


def _told(of: dict[tuple[Hashable, str], funnels.Step], kind: str) -> Iterable[tuple[tuple[Any, str], tuple[Any, ...]]]:
    for (key, name), step in of.items():
        assert isinstance(key, tuple)
        before = step.from_before
        dropped = None if before is None else before.denominator - before.numerator
        is_shown = step.people >= MINIMUM_GROUP
        times = (step.median_seconds, step.ninetieth_seconds) if is_shown else (None, None)
        yield ((key[0], kind, key[1]), name), (step.people, dropped, before and before.value, step.from_top.value, *times)


def _visited(traveller: Traveller) -> date:
    return month(traveller.visited_on)


def _registered(traveller: Traveller) -> date | None:
    return traveller.registered_on and month(traveller.registered_on)


def _segments_of_visit(traveller: Traveller, code: dict[int, str]) -> dict[str, str]:
    return {
        "all": "all",
        "channel": traveller.channel,
        "campaign": code[traveller.campaign_id],
        "device": traveller.device or "unknown",
        "province": traveller.province or "unknown",
        "landing_page": traveller.landing_page,
    }


def _segments_of_registration(traveller: Traveller, code: dict[int, str]) -> dict[str, str]:
    channel, campaign_id = traveller.registered_by
    return _segments_of_visit(traveller, code) | {"channel": channel, "campaign": code[campaign_id]}


def credits_of_conversions(told: Told) -> Compared:
    """Kind, model, user, channel, campaign → credit, in each of seven models."""
    models = ("first_touch", "last_touch", "last_non_direct", "linear", "position", "decay", "markov")
    found: Figures = {}
    query = (
        f"select conversion_kind, user_id, channel, campaign_code, {', '.join(f'{m}_share' for m in models)} from fct_conversion_credits"
    )
    for kind, user, channel, campaign, *shares in told.rows(query):
        for model, share in zip(models, shares, strict=True):
            if share:
                found[kind, model, user, channel, campaign] = (Fraction(share, ONE),)
    code = codes(told)
    expected: Figures = {}
    for (kind, model, user), parts in told.second.credits.items():
        for (channel, campaign), part in parts.items():
            expected[kind, MODELS.get(model, model), user, channel, code[campaign]] = (part,)
    return found, expected


def money_of_models(told: Told) -> Compared:
    """Month, kind, model, channel → conversions and their money."""
    found = told.figures(
        "select month_on, conversion_kind, model_kind, channel, credited_share, credited_amount from rpt_marketing_attribution "
        "where campaign_code = 'all' and channel <> 'all' and conversion_kind = 'revenue_90'",
        4,
    )
    found = {key: (Fraction(share, ONE), amount) for key, (share, amount) in found.items() if share}
    sums: dict[tuple[Any, ...], list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for (kind, model, first, (channel, _)), (number, value) in credited(told.second.conversions, told.second.credits).items():
        if kind == "revenue_90":
            both = sums[first, kind, MODELS.get(model, model), channel]
            both[0] += number
            both[1] += value
    return found, {key: tuple(both) for key, both in sums.items()}


def disagreement_of_models(told: Told) -> Compared:
    """Month, kind, channel, campaign → conversions by the model that gives it most minus those by the one that gives it least."""
    found = told.figures(
        "select distinct month_on, conversion_kind, channel, campaign_code, spread_share from rpt_marketing_attribution "
        "where campaign_code <> 'all' and channel <> 'all'",
        4,
    )
    code = codes(told)
    spread = told.second.disagreement
    expected = {(first, kind, where[0], code[where[1]]): (value,) for (kind, first, where), value in spread.items()}
    return {key: (Fraction(value[0], ONE),) for key, value in found.items()}, expected


def costs_of_channels(told: Told) -> Compared:
    """Month, channel, campaign → marketing cost, rewards by grant, rewards by redemption, commissions."""
    found: Figures = {}
    sums = told.rows(
        "select date_trunc('month', cost_on)::date, channel, campaign_code, "
        "sum(cost_amount) filter (cost_kind = 'marketing'), sum(cost_amount) filter (cost_kind = 'reward'), "
        "sum(cost_by_redemption_amount) filter (cost_kind = 'reward'), sum(cost_amount) filter (cost_kind = 'commission') "
        "from fct_channel_costs where cost_on <= latest_business_date() group by all"
    )
    for first, channel, campaign, *amounts in sums:
        found[first, channel, campaign] = tuple(amount or 0 for amount in amounts)
    code = codes(told)
    of = told.second.costs.of.items()
    return found, {(m, channel, code[c]): (cost.marketing, cost.granted, cost.redeemed, cost.commissions) for (m, channel, c), cost in of}


def details_of_costs(told: Told) -> Compared:
    """Month, branch or keyword, which one, channel, campaign → cost, times shown and clicked."""
    found = told.figures(
        "select month_on, detail_kind, detail, channel, campaign_code, cost_amount, impressions_count, clicks_count "
        "from fct_cost_details_monthly", 5,
    )  # fmt: skip
    code = codes(told)
    details = cost_details(told.second.source, told.second.costs.of, told.second.day).items()
    expected: Figures = {
        (first, kind, which or "not_supplied", channel, code[campaign_id]): (part.amount, part.shown, part.clicked)
        for (first, kind, which, channel, campaign_id), part in details
    }
    return found, expected


MARKETING: dict[Comparison, Fraction] = {
    channels_of_sessions: NOTHING,
    words_of_searches: NOTHING,
    people_of_sessions: NOTHING,
    steps_of_lenders: SHOWN_TO_SIX,
    steps_of_borrowers: SHOWN_TO_SIX,
    credits_of_conversions: A_PART_OF_A_MILLION_MILLION,
    money_of_models: A_CENT,
    disagreement_of_models: A_PART_OF_A_MILLION_MILLION,
    costs_of_channels: NOTHING,
    details_of_costs: NOTHING,
}
