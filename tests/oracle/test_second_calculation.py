"""What must be true of the second calculation on any platform, simulated or random: parts add up, and its loans are the ledger's."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from simulator import simulate
from tests.oracle.business_cash import cash_due
from tests.oracle.business_changes import outstanding_parts, overdue_parts, rate_effects
from tests.oracle.marketing_attribution import MODELS, credited, disagreement, revenue_by_user
from tests.oracle.marketing_funnels import BORROWER, LENDER
from tests.oracle.marketing_strategies import OWN_HOSTS, busy_platforms
from tests.oracle.risk_vintages import vintages
from tests.oracle.second_calculation import SecondCalculation
from tests.oracle.strategies import LAST
from tests.support import homes
from tests.support.platform import Platform

DAY = date(2019, 12, 31)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> SecondCalculation:
    folder: Path = tmp_path_factory.mktemp("simulated")
    simulate(folder, 200, 3, homes.START, DAY, True)
    return SecondCalculation(folder, DAY, ("mingzhang-sim.example",))


def test_the_platform_is_worth_calculating(simulated: SecondCalculation) -> None:
    everything = simulated.everything()
    assert [name for name, value in everything.items() if value in (None, {}, []) and name != "cost_findings"] == []
    assert len({person.sessions[0].visit.channel for person in simulated.people}) > 12
    assert any(history.is_lost(DAY) for history in simulated.loans.values())
    assert {"current", "1-30", "31-60", "61-90", "91-180"} <= {bucket for _, bucket, _ in simulated.rolls}
    assert {"kept", "broken"} <= set(everything["promises"].values())
    assert all(everything["overdue_changes"].values()) and len(everything["outstanding"]["channel"]) > 5
    assert everything["disagreement"] and max(everything["disagreement"].values()) > 0


def test_what_must_hold_of_a_simulated_platform(simulated: SecondCalculation) -> None:
    assert_consistent(simulated)


@settings(max_examples=8, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(busy_platforms())
def test_what_must_hold_of_any_platform(p: Platform) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert_consistent(SecondCalculation(p.write(Path(folder)), LAST, OWN_HOSTS))


def assert_consistent(told: SecondCalculation) -> None:
    """Every identity."""
    assert_loans_are_the_ledgers(told)
    assert_credit_adds_up(told)
    assert_people_add_up(told)
    assert_money_adds_up(told)
    assert_risk_adds_up(told)


def assert_loans_are_the_ledgers(told: SecondCalculation) -> None:
    days = {told.day} | {event.first for history in told.loans.values() for event in history.spans if event.first <= told.day}
    for day in sorted(days)[:: max(1, len(days) // 12)]:
        states = told.source.book.states(day)
        ours = {n: (h.outstanding(day), h.past_due(day, "lenders"), h.past_due(day)) for n, h in told.loans.items() if h.exists(day)}
        assert ours == {n: (states[n].outstanding, states[n].past_due_days, states[n].borrower_past_due_days) for n in ours}


def assert_credit_adds_up(told: SecondCalculation) -> None:
    kinds: dict[str, list[Fraction]] = defaultdict(list)
    for conversion in told.conversions:
        kinds[conversion.kind].append(conversion.value)
        for model in MODELS:
            assert sum(told.credits[conversion.kind, model, conversion.user_id].values()) == 1
    sums = credited(told.conversions, told.credits)
    for kind, values in kinds.items():
        for model in MODELS:
            of = [pair for key, pair in sums.items() if key[:2] == (kind, model)]
            assert (sum(number for number, _ in of), sum(value for _, value in of)) == (len(values), sum(values))
    assert all(spread >= 0 for spread in disagreement(sums).values())
    assert len(kinds["registration"]) == len(told.source.by(told.day, "users", "registered_at"))


def assert_people_add_up(told: SecondCalculation) -> None:
    for of, steps in (("lender", LENDER), ("borrower", BORROWER)):
        whole, apart = told.funnel(of), told.funnel(of, "channel", "device", "visited_on")
        counts = [whole[(), name].people if whole else 0 for name in steps]
        assert counts == sorted(counts, reverse=True) and counts[0] == len(told.people)
        assert [sum(step.people for (_, name), step in apart.items() if name == at) for at in steps] == counts
        assert all(step.median_seconds >= 0 for step in whole.values() if step.median_seconds is not None)
    seen = [session.session_id for person in told.people for session in person.sessions]
    assert sorted(seen) == sorted(row["session_id"] for row in told.source.by(told.day, "web_sessions", "started_at"))


def assert_money_adds_up(told: SecondCalculation) -> None:
    costs, source, day = told.costs, told.source, told.day
    assert sum(c.marketing for c in costs.of.values()) == sum(
        Fraction(row["amount"]) for row in source.by(day, "marketing_costs", "cost_on")
    )
    rewards = sum(Fraction(row["amount"]) for row in source.by(day, "rewards", "granted_at"))
    assert sum(c.granted for c in costs.of.values()) == rewards
    commissions = sum(Fraction(row["amount"]) for row in source.by(day, "commissions", "earned_at"))
    assert sum(c.commissions for c in costs.of.values()) == commissions
    by_model = [told.economics(), told.economics("linear"), told.economics(by=()), told.economics(by=("channel", "campaign"))]
    registered = {row["user_id"] for row in source.by(day, "users", "registered_at")}
    fees = sum(Fraction(amount) for who, of in revenue_by_user(source, day).items() if who in registered for _, amount in of)
    for cells in by_model:
        assert sum(cell.people["registered"] for cell in cells.values()) == len(registered)
        assert sum(cell.amounts["revenue"] for cell in cells.values()) == fees
        assert sum(cell.cost.by_grant for cell in cells.values()) == sum(c.by_grant for c in costs.of.values())
        lent = [h.loan.amount for h in told.loans.values() if h.loan.borrower_id in registered]
        assert sum(cell.amounts["disbursed"] for cell in cells.values()) == sum(Fraction(amount) for amount in lent)


def assert_risk_adds_up(told: SecondCalculation) -> None:
    loans, day = told.loans, told.day
    whole: dict[tuple[date, str], Fraction] = defaultdict(Fraction)
    for (first, bucket, _), rate in told.rolls.items():
        whole[first, bucket] += rate.numerator / rate.denominator
    assert set(whole.values()) <= {1}
    assert all(0 <= probability <= 1 for probability in told.probabilities.values())
    cells, apart = vintages(loans.values(), day), vintages(loans.values(), day, lambda history: history.row["credit_grade"])
    for name in ("amount", "ever_30", "ever_90", "lenders_ever_30", "recovered", "realised"):
        sums: dict[tuple[date, int], Fraction] = defaultdict(Fraction)
        for (_, first, age), cell in apart.items():
            sums[first, age] += Fraction(getattr(cell, name))
        assert sums == {key[1:]: Fraction(getattr(cell, name)) for key, cell in cells.items()}, name
    for (segment, first, age), cell in cells.items():
        later = cells.get((segment, first, age + 1))
        assert cell.ever_90 <= cell.ever_30 <= cell.amount and 0 <= cell.realised <= cell.amount
        assert later is None or (later.ever_30 >= cell.ever_30 and later.ever_90 >= cell.ever_90)
    due = sum(value.amount for value in cash_due(loans.values(), day).values())
    states = [state for n, state in told.source.book.states(day).items() if n in loans]
    assert due <= sum(state.outstanding + state.interest_outstanding for state in states) + sum(state.overdue for state in states)
    days = [date(day.year, day.month, 1), day]
    before, after = (overdue_parts(told.source.book, on, told.segments["grade"]) for on in days)
    outstanding = sum((h.outstanding(day) for h in loans.values()), Decimal(0))
    for segment in told.segments.values():
        assert sum(outstanding_parts(told.source.book, day, segment).values()) == outstanding
    effects = rate_effects(before, after) if all(base for side in (before, after) for _, base in side.values()) else None
    if effects:
        rates = [Fraction(sum(n for n, _ in side.values())) / Fraction(sum(d for _, d in side.values())) for side in (before, after)]
        assert sum(effect.rate + effect.mix for effect in effects.values()) == rates[1] - rates[0]
