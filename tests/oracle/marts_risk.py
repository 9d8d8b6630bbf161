"""Risk's marts compared with the second calculation: vintages, roll rates, defaults, expected loss, calibration, concentration, promises.

Belongs here: the same figure from both sides, by key. Does not: calculating either.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.oracle import risk_collection, risk_concentration, risk_defaults
from tests.oracle.exact import MINIMUM_GROUP
from tests.oracle.marts import A_MILLIONTH, NOTHING, SHOWN_TO_SIX, Compared, Comparison, Figures, Told
from tests.oracle.risk_rolls import expected_loss, rolls
from tests.oracle.risk_vintages import Segment, vintages
from tests.oracle.source import month, month_end, months_between, months_later

BUCKETS = {"current": "current", "days_1_30": "1-30", "days_31_60": "31-60", "days_61_90": "61-90", "days_91_180": "91-180"}
AMOUNTS = ("ever_30", "ever_90", "lenders_ever_30", "lenders_ever_90", "realised", "recovered")


def last_month_end(told: Told) -> date:
    """The last day of the last complete month."""
    first = month(told.second.day + timedelta(days=1))
    return first - timedelta(days=1)


def segments(told: Told) -> dict[tuple[str, str], Segment]:
    """(kind of the marts' grade, kind of their channel) → segment of the second calculation."""
    return {("all", "all"): lambda _: "all", ("each", "all"): lambda h: h.grade, ("all", "each"): told.second.by("channel")}


def vintages_by_month_on_book(told: Told) -> Compared:
    """Month of disbursement, grade, channel, months on book → loans, their amount, and of it what was late, lost, recovered."""
    found = told.figures(
        "select disbursed_month_on, credit_grade, channel, book_months, loans_count, amount, over_30_amount, over_90_amount, "
        "lender_over_30_amount, lender_over_90_amount, realised_loss_amount, recovered_amount from fct_vintages",
        4,
    )
    expected: Figures = {}
    for (grade, channel), by in segments(told).items():
        for (value, first, age), cell in vintages(told.second.loans.values(), told.second.day, by).items():
            key = (first, value if grade == "each" else "all", value if channel == "each" else "all", age)
            expected[key] = (cell.loans, cell.amount, *(getattr(cell, name) for name in AMOUNTS))
    return found, expected


def first_payment_defaults(told: Told) -> Compared:
    """Month of disbursement → loans whose first instalment can be judged, and those in default, by the end of the last month."""
    found = told.figures(
        "select disbursed_month_on, first_payment_default_count, first_payment_due_count from fct_vintages "
        "where credit_grade = 'all' and channel = 'all' and month_end_on = ? and first_payment_due_count > 0",
        1,
        end := last_month_end(told),
    )
    of = risk_defaults.first_payment_defaults(told.second.loans.values(), end)
    # Loans of an incomplete month have no cell yet.
    return found, {(first,): (rate.numerator, rate.denominator) for first, rate in of.items() if month_end(first) < end}


def roll_rates(told: Told) -> Compared:
    """Month end, bucket, bucket at the next month end → outstanding that went there, outstanding in the bucket."""
    found: dict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [0, 0])
    query = (
        "select month_end_on, from_bucket_code, to_bucket_code, outstanding_amount, bucket_outstanding_amount from fct_roll_rates "
        "where view_kind = 'borrower' and credit_grade = 'all' and to_bucket_code <> 'all'"
    )
    for day, before, after, part, whole in told.rows(query):
        if before in BUCKETS:
            cell = found[day, BUCKETS[before], BUCKETS.get(after, "repaid" if after == "repaid" else "lost")]
            cell[0], cell[1] = cell[0] + part, whole
    rates = rolls(told.second.loans.values(), told.second.day)
    expected = {
        (month_end(months_later(later, -1)), before, after): (rate.numerator, rate.denominator)
        for (later, before, after), rate in rates.items()
    }
    return {key: tuple(cell) for key, cell in found.items()}, expected


def losses_expected(told: Told) -> Compared:
    """Month end, grade ('all' too) → expected loss, what is realised in it. Of the last twelve month ends."""
    ends = [month_end(first) for first in months_between(date(2018, 1, 1), last_month_end(told))][-12:]
    found = told.figures(
        "select whole.month_end_on, whole.credit_grade, whole.expected_loss_amount, coalesce(realised.expected_loss_amount, 0) "
        "from fct_expected_losses as whole left join fct_expected_losses as realised on realised.month_end_on = whole.month_end_on "
        "and realised.credit_grade = whole.credit_grade and realised.bucket_code = 'realised' where whole.bucket_code = 'all'",
        2,
    )
    found = {key: values for key, values in found.items() if key[0] in ends and values != (0, 0)}
    expected: Figures = {}
    by: dict[str, Segment] = {"all": lambda _: "all", "each": lambda history: history.grade}
    for end in ends:
        for segment in by.values():
            told_of = expected_loss([h for h in told.second.loans.values() if h.exists(end)], end, segment)
            expected |= {(end, grade): (whole, realised) for grade, (realised, whole) in told_of.items() if (realised, whole) != (0, 0)}
    return found, expected


def calibration_of_grades(told: Told) -> Compared:
    """Kind of segment, segment → loans, defaults, sum of expected rates, and the interval of the share that defaulted."""
    found = told.figures(
        "select segment_kind, segment_id, loans_count, default_count, summed_default_rate, least_default_share, most_default_share "
        "from fct_default_calibrations",
        2,
    )
    of = risk_defaults.calibration(told.second.source, told.second.loans.values(), told.second.day)
    expected: Figures = {}
    for key, cell in of.items():
        interval = (cell.low, cell.high) if cell.loans >= MINIMUM_GROUP else (None, None)
        expected[key] = (cell.loans, cell.defaults, cell.expected, *interval)
    return found, expected


def concentration_of_days(told: Told) -> Compared:
    """Day, measure → people and the measure."""
    found: Figures = {}
    expected: Figures = {}
    for day in (told.second.day, last_month_end(told), told.second.day - timedelta(days=100)):
        query = "select measure_code, people_count, value from fct_concentration_as_of(cast(? as date)) where people_count > 0"
        found |= {(day, *key): values for key, values in told.figures(query, 1, day).items() if key[0] != "largest_borrower_share"}
        of = risk_concentration.concentration(told.second.loans.values(), day)
        borrowers, lenders = of.borrowers >= MINIMUM_GROUP, of.lenders >= MINIMUM_GROUP
        expected[day, "top_ten_borrowers_share"] = of.borrowers, of.ten_largest_borrowers.value if borrowers else None
        expected[day, "borrower_hhi"] = of.borrowers, of.borrowers_hhi if borrowers else None
        expected[day, "lender_gini"] = of.lenders, of.lenders_gini if lenders else None
    return found, {key: values for key, values in expected.items() if values[0]}


def institutions_that_guarantee(told: Told) -> Compared:
    """Institution → outstanding, overdue, share of its limit."""
    found = told.figures(
        "select institution_id, outstanding_loans_count, outstanding_amount, overdue_amount, limit_use_share "
        "from fct_guarantors_as_of(cast(? as date)) where loans_count > 0",
        1,
        told.second.day,
    )
    of = risk_concentration.institutions(told.second.source, told.second.loans, told.second.day)
    shares = {who: cell.limit_used and cell.limit_used.value for who, cell in of.items()}
    return found, {(who,): (cell.loans, cell.outstanding, cell.overdue, shares[who]) for who, cell in of.items() if (who,) in found}


def promises_of_months(told: Told) -> Compared:
    """Month of the action, kind ('all' too) → promises judged, kept, open."""
    found = told.figures(
        "select month_on, action_kind, promises_count, promises_kept_count, promises_open_count from fct_collections "
        "where promises_count + promises_open_count > 0",
        2,
    )
    source = told.second.source
    rows = {row["action_id"]: row for row in source.rows("collection_actions")}
    counts: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for action_id, outcome in risk_collection.promises(source, told.second.loans, told.second.day).items():
        row = rows[action_id]
        for kind in ("all", row["action_kind"]):
            count = counts[month(source.day(row["acted_at"])), kind]
            count[0] += outcome in (risk_collection.KEPT, risk_collection.BROKEN)
            count[1] += outcome == risk_collection.KEPT
            count[2] += outcome == risk_collection.OPEN
    return found, {key: tuple(count) for key, count in counts.items() if any(count)}


def collected_after_actions(told: Told) -> Compared:
    """Kind of action → what borrowers paid after it."""
    found = told.figures("select action_kind, sum(recovered_amount) from fct_collections where action_kind <> 'all' group by 1", 1)
    of = risk_collection.collected(told.second.source, told.second.loans, told.second.day)
    nothing = {kind: values for kind, values in found.items() if values != (0,)}
    return nothing, {(kind,): (amount,) for kind, amount in of.items() if kind != "none" and amount}


RISK: dict[Comparison, Fraction] = {
    vintages_by_month_on_book: NOTHING,
    first_payment_defaults: NOTHING,
    roll_rates: NOTHING,
    losses_expected: SHOWN_TO_SIX,
    calibration_of_grades: SHOWN_TO_SIX,
    concentration_of_days: A_MILLIONTH,
    institutions_that_guarantee: SHOWN_TO_SIX,
    promises_of_months: NOTHING,
    collected_after_actions: NOTHING,
}
