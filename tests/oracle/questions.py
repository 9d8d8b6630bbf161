"""The questions of docs/questions.md and the right answers: rows of the query there, compared with the second calculation.

Belongs here: the same answer from both sides, and its order. Does not: calculating it, or a platform (`test_marts_small_home`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

from tests.oracle.business_cash import likely_cash
from tests.oracle.business_margin import coverage
from tests.oracle.exact import MINIMUM_GROUP, nearest_rank, total
from tests.oracle.marketing_cohorts import lender_cohorts
from tests.oracle.marketing_funnels import LENDER
from tests.oracle.marts import A_CENT, A_TEN_THOUSANDTH, SHOWN_TO_SIX, Figures, Told, differences
from tests.oracle.marts_business import KINDS
from tests.oracle.marts_marketing import STEPS
from tests.oracle.risk_concentration import institutions
from tests.oracle.risk_vintages import vintages
from tests.oracle.source import month, month_end, months_later

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "questions.md"
QUERIES = dict(
    re.findall(r"^## (.+?)\n(?:(?!^## ).)*?```sql\n(.+?)```", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
)
ON_TELEPHONES = {"android", "ios", "mobile_web"}

Row = dict[str, Any]


def assert_same(rows: list[Row], key: str, expected: Figures, tolerance: Fraction) -> None:
    """Every row by its key, all other columns in their order."""
    found = {(row[key],): tuple(value for name, value in row.items() if name != key) for row in rows}
    assert expected, "nothing to compare"
    assert len(found) == len(rows) and differences(found, expected, tolerance) == {}


def last_month(told: Told) -> date:
    """The first day of the last complete month."""
    return months_later(month(told.second.day + timedelta(days=1)), -1)


def segments_that_drive_overdue(told: Told, rows: list[Row]) -> None:
    """Of each kind of segment the one with the largest effect, in both its parts, the largest first."""
    second = told.second
    kinds = {KINDS.get(name, name): name for name in second.segments}
    assert {row["segment_kind"] for row in rows} == kinds.keys() and len(rows) == len(kinds)
    assert [row["effect_value"] for row in rows] == sorted((row["effect_value"] for row in rows), reverse=True)
    assert rows[0]["effect_value"] > 0
    for row in rows:
        changes = second.overdue_changes(kinds[row["segment_kind"]], month(second.day) - timedelta(days=1), second.day)
        assert changes is not None
        effects = {"none" if segment is None else str(segment): effect for segment, effect in changes.items()}
        most = max((effect.rate + effect.mix) * 100 for effect in effects.values())
        effect = effects[row["segment_id"]]
        expected = {(): (effect.rate * 100, effect.mix * 100, most)}
        found = {(): (row["rate_effect_value"], row["mix_effect_value"], row["effect_value"])}
        # Two effects, each shown with four digits.
        assert differences(found, expected, 2 * A_TEN_THOUSANDTH) == {}, row


def newest_vintage(told: Told, rows: list[Row]) -> None:
    """At each age the newest vintage of three months on book, and the one before."""
    cells = {(first, age): cell for (_, first, age), cell in vintages(told.second.loans.values(), told.second.day).items()}
    newest = max(first for first, age in cells if age == 3)
    before = max(first for first, age in cells if age == 3 and first < newest)
    expected: Figures = {}
    for (first, age), cell in cells.items():
        if first == newest:
            other = cells[before, age]
            shares = [of.share("ever_30").value if of.loans >= MINIMUM_GROUP else None for of in (cell, other)]
            own = (newest, cell.loans, cell.amount, cell.ever_30, shares[0])
            expected[age,] = (*own, before, other.amount, other.ever_30, shares[1])
    assert any(values[4] for values in expected.values()), "nobody was late"
    assert_same(rows, "book_months", expected, SHOWN_TO_SIX)


def cash_in_seven_days(told: Told, rows: list[Row]) -> None:
    """Due, likely, and the interval."""
    day = told.second.day
    parts = likely_cash(told.second.loans.values(), day, [7]).values()
    values = tuple(total(getattr(part, name) for part in parts) for name in ("due", "likely", "low", "high"))
    assert 0 < values[2] < values[1] < values[3] < values[0]
    assert_same(rows, "due_on", {(day + timedelta(days=7),): values}, A_CENT)


def lenders_who_leave(told: Told, rows: list[Row]) -> None:
    """Cohorts of the last complete month, the one that most have left first."""
    second, last = told.second, last_month(told)
    cells = lender_cohorts(second.source, second.loans, second.times, second.day)
    expected: Figures = {}
    for (_, first, since), cell in cells.items():
        if since and months_later(first, since) == last:
            left = cells["total", first, since - 1].retained.numerator - cell.retained.numerator
            people = (cell.people, cell.retained.numerator, left, cell.retained.value, cell.active.numerator)
            expected[first,] = (month_end(last), *people, cell.held, cell.put_in, cell.received, cell.withdrawn)
    assert rows[0]["left_count"] == max(values[3] for values in expected.values()) > 0
    assert any(values[4] for values in expected.values())
    assert_same(rows, "cohort_month_on", expected, A_CENT)


def paid_search(told: Told, rows: list[Row]) -> None:
    """Cost, CAC before and after loss, lifetime value and payback by month of registration."""
    expected: Figures = {}
    for (first, channel), cell in told.second.economics().items():
        if channel == "paid_search":
            worth = cell.ltv.get((90, "realised"))
            costs = (cell.cac["registered"].value, cell.cac["borrowers"].value, cell.cost_after_loss.value)
            people = (cell.people["registered"], cell.people["borrowers"])
            expected[first,] = (*people, cell.cost.by_grant, cell.realised_loss, *costs, worth and worth.value, cell.payback)
    assert len({values[-1] for values in expected.values()}) > 2 and all(values[2] for values in expected.values())
    assert_same(rows, "month_on", expected, A_CENT)


def borrowers_from_assistants(told: Told, rows: list[Row]) -> None:
    """Channels to whose borrowers something was lent, the worst at six months on book first."""
    sums: dict[str, list[Fraction]] = {}
    for (_, channel), cell in told.second.economics().items():
        lent = (cell.amounts[name] for name in ("disbursed", "book_6", "book_6_over_30"))
        parts = [cell.people["borrowers"], *lent, cell.realised_loss]
        sums[str(channel)] = [one + other for one, other in zip(sums.get(str(channel), [Fraction(0)] * 5), parts, strict=True)]
    expected: Figures = {(name,): (name == "ai_assistant", *values) for name, values in sums.items() if values[1]}
    assert expected["ai_assistant",][3] and any(values[4] for values in expected.values())
    assert_same(rows, "channel", expected, A_CENT)
    late = [values[4] / values[3] if values[3] else None for values in (expected[row["channel"],] for row in rows)]
    known = [share for share in late if share is not None]
    assert late == [*sorted(known, reverse=True), *[None] * (len(late) - len(known))]


def steps_that_lose_mobile_visitors(told: Told, rows: list[Row]) -> None:
    """Steps of a lender after the first, by how many visitors on telephones did not take them."""
    counts = [0] * len(LENDER)
    for (by, name), step in told.second.funnel("lender", "device").items():
        if isinstance(by, tuple) and by[0] in ON_TELEPHONES:
            counts[LENDER.index(name)] += step.people
    expected: Figures = {}
    for at, name in enumerate(LENDER[1:], start=1):
        expected[at + 1,] = (STEPS.get(name, name), counts[at - 1], counts[at], counts[at - 1] - counts[at])
    assert counts[-1] > 0
    assert_same(rows, "step_no", expected, Fraction(0))
    assert [row["dropped_count"] for row in rows] == sorted((values[3] for values in expected.values()), reverse=True)


def reserve_under_stress(told: Told, rows: list[Row]) -> None:
    """Reserve, twice the overdue amount, their ratio, and whether it is enough."""
    rate = coverage(told.second.source, told.second.day, overdue_times=2)
    assert rate.value is not None and rate.numerator > 0
    per_cent = Decimal(floor(rate.value * 10_000 + Fraction(1, 2))).scaleb(-2)
    assert_same(rows, "reserve_amount", {(rows[0]["reserve_amount"],): (rate.denominator, per_cent, rate.value >= 1)}, Fraction(0))
    assert rows[0]["reserve_amount"] == rate.numerator


def institutions_that_pay_late(told: Told, rows: list[Row]) -> None:
    """Days until they paid, the slowest first, and what lenders are still owed."""
    second = told.second
    states, of = second.source.book.states(second.day), institutions(second.source, second.loans, second.day)
    waiting = {who: 0 for who in of}
    for loan_id, history in second.loans.items():
        who = history.row["institution_id"]
        if who is not None:
            waiting[who] = max(waiting[who], states[loan_id].past_due_days)
    expected: Figures = {}
    for row in second.source.rows("institutions"):
        who, named = row["institution_id"], (row["name"],)
        if cell := of.get(who):
            waits = (nearest_rank(cell.paid_days, 50), nearest_rank(cell.paid_days, 90))
            expected[who,] = (*named, len(cell.paid_days), *waits, cell.overdue, waiting[who])
        elif row["institution_kind"] in ("guarantee", "insurer"):
            expected[who,] = (*named, 0, None, None, 0, 0)
    assert len({values[3] for values in expected.values()} - {None}) > 1 and any(values[5] for values in expected.values())
    assert_same(rows, "institution_id", expected, Fraction(0))
    slowest = [row["ninetieth_compensation_days"] for row in rows]
    assert slowest == sorted(slowest, key=lambda days: -1 if days is None else days, reverse=True)


ANSWERS: dict[str, Callable[[Told, list[Row]], None]] = {
    "Which segment drives the rise of overdue?": segments_that_drive_overdue,
    "Is the newest vintage worse than the one before at the same age?": newest_vintage,
    "How much cash comes in seven days, and how sure is it?": cash_in_seven_days,
    "Which lenders leave?": lenders_who_leave,
    "What are CAC and payback of paid search after loss?": paid_search,
    "Where do borrowers from assistants stand against others?": borrowers_from_assistants,
    "Which step loses mobile visitors?": steps_that_lose_mobile_visitors,
    "Is the reserve enough if overdue doubles?": reserve_under_stress,
    "Which institution pays late?": institutions_that_pay_late,
}
