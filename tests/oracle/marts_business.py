"""The marts of the business compared with the second calculation: what drives changes, cash due, margin, coverage and stress, people.

Belongs here: the same figure from both sides, by key. Does not: calculating either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from tests.oracle.business_cash import cash_due, likely_cash
from tests.oracle.business_changes import amount_effects, outstanding_parts
from tests.oracle.business_deeds import Deeds
from tests.oracle.business_margin import ZERO, Margin, coverage, margins, rewards_owed
from tests.oracle.business_people import People, activity, people_by_month
from tests.oracle.exact import Ratio
from tests.oracle.marts import A_CENT, A_TEN_THOUSANDTH, NOTHING, Compared, Comparison, Figures, Told
from tests.oracle.source import month, month_end, months_later

NO_MARGIN, NOBODY = Margin(ZERO, ZERO, ZERO, Fraction(0)), People(0, 0, 0)
KINDS = {"mode": "operating_mode", "method": "repayment_method"}


def pairs_of_days(told: Told) -> Iterator[tuple[date, date]]:
    """Days between which changes are reported: a day and the month end before, and two a quarter apart."""
    day = told.second.day
    yield month(day) - timedelta(days=1), day
    yield day - timedelta(days=131), day - timedelta(days=40)


def month_ends(told: Told) -> list[date]:
    """Some month ends, and the latest day."""
    day = told.second.day
    return [month_end(months_later(month(day), -n)) for n in (14, 6, 3, 2, 1)] + [day]


def effects_on_overdue_rate(told: Told) -> Compared:
    """Days, kind of segment, segment → effect of its rate and of its weight on the overdue rate, in per cent."""
    found: Figures = {}
    expected: Figures = {}
    for before, after in pairs_of_days(told):
        query = (
            "select segment_kind, segment_id, rate_effect_value, mix_effect_value "
            "from rpt_operations_changes_between(cast(? as date), cast(? as date)) where code = 'OP-C03'"
        )
        told_of = told.figures(query, 2, before, after)
        # A segment with nothing on both days does not count.
        found |= {(before, after, *key): values for key, values in told_of.items() if values != (0, 0)}
        for name in told.second.segments:
            for segment, effects in (told.second.overdue_changes(name, before, after) or {}).items():
                expected[before, after, KINDS.get(name, name), _id(segment)] = (effects.rate * 100, effects.mix * 100)
    # What rounds to nothing may be left out.
    return {key: found.get(key, (0, 0)) for key in expected.keys() | found.keys()}, expected


def change_of_overdue_rate(told: Told) -> Compared:
    """Days, kind of segment → the effects of all segments together."""
    sums: tuple[dict[Any, Fraction], dict[Any, Fraction]] = defaultdict(Fraction), defaultdict(Fraction)
    for side, figures in zip(sums, effects_on_overdue_rate(told), strict=True):
        for (before, after, kind, _), values in figures.items():
            side[before, after, kind] += sum(map(Fraction, values))
    found, expected = sums
    return {key: (value,) for key, value in found.items()}, {key: (round(value, 4),) for key, value in expected.items()}


def change_of_outstanding(told: Told) -> Compared:
    """Days, kind of segment, segment → change of the outstanding principal."""
    found: Figures = {}
    expected: Figures = {}
    book = told.second.source.book
    for before, after in pairs_of_days(told):
        query = (
            "select segment_kind, segment_id, effect_value from rpt_operations_changes_between(cast(? as date), cast(? as date)) "
            "where code = 'OP-A01' and effect_value <> 0"
        )
        found |= {(before, after, *key): values for key, values in told.figures(query, 2, before, after).items()}
        for name, of in told.second.segments.items():
            changes = amount_effects(outstanding_parts(book, before, of), outstanding_parts(book, after, of))
            expected |= {(before, after, KINDS.get(name, name), _id(s)): (change,) for s, change in changes.items() if change}
    return found, expected


def _id(segment: Hashable) -> str:
    return "none" if segment is None else str(segment)


def cash_that_falls_due(told: Told) -> Compared:
    """Day, due day → principal, interest; to date: due, likely, low, high."""
    found: Figures = {}
    expected: Figures = {}
    for day in (told.second.day, told.second.day - timedelta(days=60)):
        query = (
            "select due_on, due_principal_amount, due_interest_amount, due_to_date_amount, likely_to_date_amount, low_to_date_amount, "
            "high_to_date_amount from rpt_operations_cash_as_of(cast(? as date))"
        )
        found |= {(day, *key): values for key, values in told.figures(query, 1, day).items()}
        loans = [history for history in told.second.loans.values() if history.exists(day)]
        parts: dict[date, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for (due_on, _), due in cash_due(loans, day).items():
            if due_on is not None:
                parts[due_on][0] += due.principal
                parts[due_on][1] += due.interest
        sums: dict[int, list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 4)
        for (horizon, _), likely in likely_cash(loans, day).items():
            values = (likely.due, likely.likely, likely.low, likely.high)
            sums[horizon] = [total + Fraction(value) for total, value in zip(sums[horizon], values, strict=True)]
        for horizon in range(1, 91):
            due_on = day + timedelta(days=horizon)
            expected[day, due_on] = (*parts[due_on], *sums[horizon])
    return found, expected


def margin_of_months(told: Told) -> Compared:
    """Day → margin, cost of acquisition, contributions, compensation of the platform's own, in the month up to it."""
    days = month_ends(told)
    found = _operating(told, days, ("OP-I01", "OP-I02", "OP-I03", "OP-I04"), "value")
    of = margins(told.second.source, told.second.loans, told.second.costs, told.second.day)
    expected: Figures = {}
    for day in days:
        margin = of.get(month(day), NO_MARGIN)
        expected[day,] = margin.amount, margin.acquisition, margin.contributions, margin.compensation
    return found, expected


def rewards_that_are_owed(told: Told) -> Compared:
    """Day → rewards granted, neither redeemed nor expired."""
    days = month_ends(told)
    return _operating(told, days, ("OP-H12",), "value"), {(day,): (rewards_owed(told.second.source, day),) for day in days}


def coverage_and_stress(told: Told) -> Compared:
    """Day → reserve, overdue amount, twice the same."""
    days = month_ends(told)
    found: Figures = {}
    for (day,), (covered, stressed) in _operating(told, days, ("OP-H08", "OP-I05"), "[numerator, denominator]").items():
        assert covered[0] == stressed[0]
        found[day,] = (*covered, stressed[1])
    once = {day: coverage(told.second.source, day) for day in days}
    twice = {day: coverage(told.second.source, day, overdue_times=2) for day in days}
    return found, {(day,): (once[day].numerator, once[day].denominator, twice[day].denominator) for day in days}


def shown_coverage(told: Told) -> Compared:
    """Day → reserve ÷ overdue and reserve ÷ twice overdue, in per cent, as they are shown."""
    days = month_ends(told)

    def per_cent(of: Ratio) -> Decimal | None:
        # Rounded half up.
        return None if of.value is None else Decimal(floor(of.value * 10_000 + Fraction(1, 2))).scaleb(-2)

    expected = {(day,): tuple(per_cent(coverage(told.second.source, day, times)) for times in (1, 2)) for day in days}
    return _operating(told, days, ("OP-H08", "OP-I05"), "value"), expected


def people_of_months(told: Told) -> Compared:
    """Month end → new, active, returning lenders, and the same of borrowers."""
    days = [day for day in month_ends(told) if day == month_end(day)]
    found = _operating(told, days, ("OP-G01", "OP-G03", "OP-G04", "OP-G05", "OP-G07", "OP-G08"), "value")
    of = people_by_month(activity(told.second.source, told.second.loans, told.second.day))
    expected: Figures = {}
    for day in days:
        sides = [of.get((role, month(day)), NOBODY) for role in ("lenders", "borrowers")]
        # Active means within thirty days: in a month of thirty days, within the month.
        active = [side.active if day.day == 30 else None for side in sides]
        expected[day,] = sides[0].new, active[0], sides[0].returning, sides[1].new, active[1], sides[1].returning
        if day.day != 30:
            values = found[day,]
            found[day,] = values[0], None, values[2], values[3], None, values[5]
    return found, expected


def people_in_segments(told: Told) -> Compared:
    """Day, code, kind of segment, segment → people who were new, active, returned or owe; on stored days and on others."""
    day = told.second.day
    stored = month_ends(told)[2:]
    others = [month(day), months_later(month(day), -3) + timedelta(days=16)]
    columns = "code, segment_kind, segment_id, value"
    condition = "(code like 'OP-G%' or code in ('OP-D02', 'OP-D03', 'OP-D04', 'OP-D05')) and value <> 0"
    found: Figures = {}
    for at in stored:
        query = f"select {columns} from rpt_operations_segments where as_of_on = ? and {condition}"
        found |= {(at, *key): values for key, values in told.figures(query, 3, at).items()}
    for at in others:
        query = f"select {columns} from rpt_operations_segments_as_of(cast(? as date)) where {condition}"
        found |= {(at, *key): values for key, values in told.figures(query, 3, at).items()}
    deeds = Deeds(told.second.source, told.second.segments, told.second.channels, day)
    expected = {
        (at, code, KINDS.get(kind, kind), _id(segment)): (count,)
        for at in (*stored, *others)
        for (code, kind, segment), count in deeds.people(at).items()
    }
    return found, expected


def _operating(told: Told, days: list[date], codes: tuple[str, ...], what: str) -> Figures:
    found: Figures = {}
    for day in days:
        query = f"select code, {what} from rpt_operations_segments_as_of(cast(? as date)) where segment_kind = 'total'"
        values = dict(told.rows(query, day))
        found[day,] = tuple(values[code] for code in codes)
    return found


BUSINESS: dict[Comparison, Fraction] = {
    effects_on_overdue_rate: A_TEN_THOUSANDTH,
    change_of_overdue_rate: A_TEN_THOUSANDTH,
    change_of_outstanding: NOTHING,
    cash_that_falls_due: A_CENT,
    margin_of_months: NOTHING,
    rewards_that_are_owed: NOTHING,
    coverage_and_stress: NOTHING,
    shown_coverage: NOTHING,
    people_of_months: NOTHING,
    people_in_segments: NOTHING,
}
