"""Marts of cost and value of people compared with the second calculation: unit economics, value of users, cohorts of lenders and borrowers.

Belongs here: the same figure from both sides, by key. Does not: calculating either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any, cast

from tests.oracle.exact import Ratio, ratio
from tests.oracle.marketing_cohorts import borrower_cohorts, lender_cohorts
from tests.oracle.marketing_economics import AMOUNTS, LTV_DAYS, Economics
from tests.oracle.marketing_values import BOOK_MONTHS, User
from tests.oracle.marts import A_CENT, A_MILLIONTH, NOTHING, SHOWN_TO_SIX, Compared, Comparison, Figures, Told
from tests.oracle.marts_marketing import ONE, codes
from tests.oracle.source import month, month_end

PEOPLE = {"registered": "registered", "verified": "verified", "lenders": "lender", "borrowers": "borrower"}
# The window of a user's values before the registration or after the last window.
ENDLESS = 2_147_483_647


def _cells(told: Told) -> Iterator[tuple[tuple[Any, ...], Economics]]:
    code = codes(told)
    for by in ((), ("channel",), ("channel", "campaign")):
        for (first, *where), cell in told.second.economics(by=by).items():
            channel = where[0] if where else "all"
            yield (first, channel, code[cast(int, where[1])] if len(where) > 1 else "all"), cell


def _economics(told: Told, columns: list[str], values: Callable[[Economics], tuple[Any, ...]]) -> Compared:
    query = f"select month_on, channel, campaign_code, {', '.join(columns)} from rpt_marketing_economics"
    return told.figures(query, 3), {key: values(cell) for key, cell in _cells(told)}


def people_of_channels(told: Told) -> Compared:
    """Month, channel and campaign ('all' too) → people who registered and what they became, cost by grant and by redemption, payback."""
    shares = [f"{name}_share" for name in PEOPLE.values()]
    found, expected = _economics(
        told,
        [*shares, "cost_amount", "cost_by_redemption_amount", "payback_months"],
        lambda cell: (*(cell.people[name] for name in PEOPLE), cell.cost.by_grant, cell.cost.by_redemption, cell.payback),
    )
    return {key: (*(Fraction(share, ONE) for share in values[:4]), *values[4:]) for key, values in found.items()}, expected


def money_of_channels(told: Told) -> Compared:
    """The same → revenue and realised loss by window and to date, who bears it, what these people lent and borrowed, what was late."""
    windows = [f"{name}_{days}_amount" for days in LTV_DAYS for name in ("revenue", "realised_loss")]

    def values(cell: Economics) -> tuple[Any, ...]:
        of_days = [(window.revenue, window.realised) if (window := cell.windows.get(days)) else (None, None) for days in LTV_DAYS]
        to_date = (cell.amounts[name] for name in AMOUNTS)
        return (*(value for both in of_days for value in both), *to_date, cell.realised_loss, cell.borne_by.get("lenders", 0))

    return _economics(told, [*windows, *(f"{name}_amount" for name in AMOUNTS), "realised_loss_amount", "lenders_loss_amount"], values)


def positions_and_losses_to_come(told: Told) -> Compared:
    """The same → principal that these people hold, realised loss with what is likely to follow, to date and by window."""
    columns = ["position_amount", "expected_loss_amount", *(f"expected_loss_{days}_amount" for days in LTV_DAYS)]
    found, expected = _economics(
        told,
        columns,
        lambda cell: (cell.held, cell.expected_loss, *((w := cell.windows.get(days)) and w.expected for days in LTV_DAYS)),
    )
    return found, expected


def cost_and_value_of_people(told: Told) -> Compared:
    """The same → cost of each who became something, of a borrower after loss, and lifetime value before and after loss."""
    kinds = {"before": "", "realised": "_after_loss", "expected": "_after_expected_loss"}
    columns = [f"ltv_{days}{name}_amount" for days in LTV_DAYS for name in kinds.values()]

    def values(cell: Economics) -> tuple[Any, ...]:
        ltv = (cell.ltv.get((days, kind)) for days in LTV_DAYS for kind in kinds)
        return (*(cell.cac[name].value for name in PEOPLE), cell.cost_after_loss.value, *(rate and rate.value for rate in ltv))

    costs = [f"cost_per_{name}_amount" for name in PEOPLE.values()]
    return _economics(told, [*costs, "cost_per_borrower_after_loss_amount", *columns], values)


def returns_and_late_shares(told: Told) -> Compared:
    """The same → return on the cost before and after loss, and of what was lent to these people the share that was late at equal ages."""
    ages = [(months, more_than) for months in BOOK_MONTHS for more_than in (30, 90)]

    def values(cell: Economics) -> tuple[Any, ...]:
        rates: list[Ratio | None] = [cell.roi, cell.roi_after_loss, *(cell.book_share(*age) for age in ages)]
        return tuple(rate and rate.value for rate in rates)

    return _economics(told, ["roi_rate", "roi_after_loss_rate", *(f"book_{m}_over_{d}_share" for m, d in ages)], values)


def values_of_users(told: Told) -> Compared:
    """User, month, window, kind → what the user brought, lent, borrowed, lost and is likely to lose yet."""
    found = told.figures("select user_id, month_on, window_days, value_kind, amount from fct_user_value", 4)
    expected: Figures = {}
    for who, user in told.second.ground.users.items():
        sums: dict[tuple[Any, ...], Fraction | None] = defaultdict(Fraction)
        for kind, happened in user.happened.items():
            for on, amount in happened:
                key = (month(on), _window(user, on), kind)
                sums[key] = (sums[key] or 0) + Fraction(amount)
        for end, change in _loss_changes(user, told.second.day):
            key = (month(end), _window(user, end), "loss_change")
            sums[key] = (sums[key] or 0) + change
        expected |= {(who, *key): (amount,) for key, amount in (sums | dict(_states(told, user))).items()}
    return {key: value for key, value in found.items() if value != (0,)}, {key: value for key, value in expected.items() if value != (0,)}


def _window(user: User, on: date) -> int:
    since = (on - user.registered_on).days
    return next((days for days in LTV_DAYS if 0 <= since <= days), ENDLESS)


def _loss_changes(user: User, day: date) -> Iterator[tuple[date, Fraction]]:
    """The change of the realised loss in each stretch of days that lies in one month and one window, with the last day of it."""
    if not user.loans:
        return
    first = min(loan.loan.disbursed_on for loan in user.loans)
    bounds = {user.registered_on + timedelta(days=days) for days in (-1, *LTV_DAYS)}
    at = first
    while at <= day:
        bounds.add(month_end(month(at)))
        at = month_end(month(at)) + timedelta(days=1)
    ends = [first - timedelta(days=1), *sorted(end for end in bounds if first <= end < day), day]
    for before, end in pairwise(ends):
        yield end, user.realised(end, before + timedelta(days=1))


def _states(told: Told, user: User) -> Iterator[tuple[tuple[Any, ...], Fraction | None]]:
    day, probabilities = told.second.day, told.second.ground.probabilities
    for days in LTV_DAYS:
        if (end := user.registered_on + timedelta(days=days)) <= day:
            yield (month(end), days, "further_loss"), user.further(end, probabilities)
    yield (month(day), ENDLESS, "further_loss"), user.further(day, probabilities)
    yield (month(day), ENDLESS, "lenders_loss"), Fraction(user.borne_by(day).get("lenders", 0))
    yield (month(day), ENDLESS, "position"), user.held


def cohorts_of_lenders(told: Told) -> Compared:
    """Month of the first investment, months since → lenders, active, retained; what they hold, put in, received and withdrew."""
    found = told.figures(
        "select cohort_month_on, since_months, lenders_count, active_count, retained_count, position_amount, put_in_amount, "
        "received_amount, withdrawn_amount from fct_lender_cohorts",
        2,
    )
    second = told.second
    cells = lender_cohorts(second.source, second.loans, second.times, second.day)
    return found, {
        key[1:]: (c.people, c.active.numerator, c.retained.numerator, c.held, c.put_in, c.received, c.withdrawn) for key, c in cells.items()
    }


def shares_of_lenders(told: Told) -> Compared:
    """The same → shares that are active and retained, and what was put in over what came back, to the cent."""
    query = "select cohort_month_on, since_months, active_share, retained_share, reinvested_rate from fct_lender_cohorts"
    second, expected = told.second, {}
    for key, cell in lender_cohorts(second.source, second.loans, second.times, second.day).items():
        received = Decimal(floor(cell.received * 100 + Fraction(1, 2))).scaleb(-2)
        expected[key[1:]] = cell.active.value, cell.retained.value, ratio(cell.put_in, received, cell.people).value
    return told.figures(query, 2), expected


def cohorts_of_borrowers(told: Told) -> Compared:
    """Month of the first loan, months since → borrowers, with a second loan, ever late; what was lent to them, what was late; shares."""
    names = ("second_loan", "over_30", "over_90")
    columns = [*(f"{name}_count" for name in names), "disbursed_amount", "over_30_amount", "over_90_amount"]
    columns += [*(f"{name}_people_share" for name in names), "over_30_share", "over_90_share"]
    query = f"select cohort_month_on, since_months, borrowers_count, {', '.join(columns)} from fct_borrower_cohorts"
    second = told.second
    expected: Figures = {}
    for key, cell in borrower_cohorts(second.source, second.loans, second.times, second.day).items():
        people, amounts = (cell.second_loan, cell.ever_30, cell.ever_90), (cell.late_30, cell.late_90)
        counts = (rate.numerator for rate in people)
        late = (rate.numerator for rate in amounts)
        expected[key[1:]] = (cell.people, *counts, cell.lent, *late, *(rate.value for rate in (*people, *amounts)))
    return told.figures(query, 2), expected


ECONOMICS: dict[Comparison, Fraction] = {
    people_of_channels: NOTHING,
    money_of_channels: NOTHING,
    positions_and_losses_to_come: A_CENT,
    cost_and_value_of_people: A_CENT,
    returns_and_late_shares: SHOWN_TO_SIX,
    values_of_users: A_MILLIONTH,
    cohorts_of_lenders: A_CENT,
    cohorts_of_borrowers: SHOWN_TO_SIX,
}
# For groups that the smaller platforms do not have.
OF_LARGE_GROUPS: dict[Comparison, Fraction] = {
    cost_and_value_of_people: A_CENT,
    returns_and_late_shares: SHOWN_TO_SIX,
    shares_of_lenders: SHOWN_TO_SIX,
}
