"""All figures for marketing and executives, calculated a second time from a folder of Parquet, for one day.

Belongs here: how the parts depend on each other. Does not: any calculation, or what it is compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from math import floor
from pathlib import Path
from typing import Any

from tests.oracle import business_cash, business_changes, business_margin, risk_collection, risk_concentration, risk_defaults
from tests.oracle import marketing_attribution as attribution
from tests.oracle import marketing_cohorts as cohorts
from tests.oracle import marketing_funnels as funnels
from tests.oracle.business_people import activity, people_by_month
from tests.oracle.business_segments import Segments, segments
from tests.oracle.marketing_costs import Costs, costs
from tests.oracle.marketing_economics import Economics, Ground, economics
from tests.oracle.marketing_people import Person, first_times, own_channels, people
from tests.oracle.risk_histories import History, histories
from tests.oracle.risk_rolls import expected_loss, loss_probabilities, mean_rolls, rolls
from tests.oracle.risk_vintages import vintages
from tests.oracle.source import Source, month


class SecondCalculation:
    """The figures of one day. Each is calculated when it is first needed; its key, value and unit are described where it is calculated."""

    def __init__(
        self, folder: Path, day: date, own_hosts: Iterable[str] = (), timezone: str = "Asia/Shanghai", known_at: datetime | None = None
    ) -> None:
        self.source, self.day, self.own_hosts = Source(folder, timezone, known_at), day, tuple(own_hosts)
        self._probabilities: dict[date, dict[str, Any]] = {}
        self._economics: dict[tuple[str, ...], dict[tuple[Hashable, ...], Economics]] = {}

    @cached_property
    def people(self) -> list[Person]:
        """Visitors and users with their sessions and channels."""
        return people(self.source, self.day, self.own_hosts)

    @cached_property
    def times(self) -> dict[int, dict[str, datetime]]:
        """User → step → first time."""
        return first_times(self.source, self.day)

    @cached_property
    def loans(self) -> dict[int, History]:
        """Loan id → history."""
        return histories(self.source, self.day)

    def funnel(self, of: str, *by: str) -> dict[tuple[Hashable, str], funnels.Step]:
        """(values of `by`, step) → step. `of` lender or borrower; `by` names attributes of a traveller: visited_on, channel, device …"""
        steps = funnels.LENDER if of == "lender" else funnels.BORROWER
        travellers = funnels.travellers(self.source, self.people, self.times, steps)
        return funnels.funnel(travellers, steps, lambda traveller: tuple(getattr(traveller, name) for name in by))

    @cached_property
    def own_channels(self) -> dict[int, tuple[str, int]]:
        """User → channel and campaign of the session that led to the registration."""
        return own_channels(self.people, self.times)

    @cached_property
    def conversions(self) -> list[attribution.Conversion]:
        """Every conversion with its touches."""
        return attribution.conversions(self.source, self.people, self.times, self.day)

    @cached_property
    def credits(self) -> attribution.Credits:
        """(kind, model, user) → (channel, campaign) → credit."""
        return attribution.credit(self.source, self.people, self.conversions)

    @cached_property
    def disagreement(self) -> dict[Any, Any]:
        """(kind, month, (channel, campaign)) → how far apart the models are."""
        return attribution.disagreement(attribution.credited(self.conversions, self.credits))

    @cached_property
    def costs(self) -> Costs:
        """Cost of acquisition by month, channel and campaign."""
        return costs(self.source, self.own_channels, self.day)

    @cached_property
    def rolls(self) -> dict[tuple[date, str, str], Any]:
        """(month, from, to) → roll rate."""
        return rolls(self.loans.values(), self.day)

    @cached_property
    def probabilities(self) -> dict[str, Any]:
        """Bucket → probability of ending as loss."""
        return self.probabilities_on(self.day)

    def probabilities_on(self, day: date) -> dict[str, Any]:
        """The same as it was known on an earlier day."""
        last = month(day + timedelta(days=1))
        if last not in self._probabilities:
            self._probabilities[last] = loss_probabilities(mean_rolls(self.rolls, day))
        return self._probabilities[last]

    @cached_property
    def ground(self) -> Ground:
        """The inputs of unit economics. Probabilities are the six-digit ones that risk reports."""

        def told(day: date) -> dict[str, Fraction]:
            return {bucket: Fraction(floor(value * 10**6 + Fraction(1, 2)), 10**6) for bucket, value in self.probabilities_on(day).items()}

        return Ground(self.source, self.times, self.loans.values(), told, self.day)

    def economics(self, model: str = "last_non_direct", by: Sequence[str] = ("channel",)) -> dict[tuple[Hashable, ...], Economics]:
        """(month, and of channel and campaign what `by` names) → unit economics."""
        key = (model, *by)
        if key not in self._economics:
            self._economics[key] = economics(self.ground, self.conversions, self.credits, self.costs, model, by)
        return self._economics[key]

    @cached_property
    def channels(self) -> dict[int, Hashable]:
        """User → channel of the session that led to the registration."""
        return {who: channel for who, (channel, _) in self.own_channels.items()}

    @cached_property
    def segments(self) -> Segments:
        """Name of a segment → the value that a loan id has in it."""
        return segments(self.source, self.channels)

    def by(self, segment: str) -> Callable[[History], Hashable]:
        """The same of a history."""
        return lambda history: self.segments[segment](history.loan.loan_id)

    def overdue_changes(self, segment: str, before: date, after: date) -> dict[Hashable, business_changes.Effects] | None:
        """Value of the segment → its effects on the overdue rate from one day to another."""
        parts = [business_changes.overdue_parts(self.source.book, day, self.segments[segment]) for day in (before, after)]
        return business_changes.rate_effects(*parts)

    def everything(self) -> dict[str, Any]:
        """Every figure by name, each a dictionary by its grain (or one value of the whole platform)."""
        loans, day, source = self.loans, self.day, self.source
        before = month(day) - timedelta(days=1)

        return {
            "lender_funnel": self.funnel("lender", "channel", "device"),
            "borrower_funnel": self.funnel("borrower", "channel", "device"),
            "attribution": attribution.credited(self.conversions, self.credits),
            "disagreement": self.disagreement,
            "costs": self.costs.of,
            "cost_findings": self.costs.findings,
            "economics": self.economics(),
            "campaign_economics": self.economics(by=("channel", "campaign")),
            "people": people_by_month(activity(source, loans, day)),
            "lender_cohorts": cohorts.lender_cohorts(source, loans, self.times, day),
            "borrower_cohorts": cohorts.borrower_cohorts(source, loans, self.times, day),
            "vintages": vintages(loans.values(), day),
            "vintages_by_grade": vintages(loans.values(), day, lambda history: history.grade),
            "vintages_by_channel": vintages(loans.values(), day, self.by("channel")),
            "rolls": self.rolls,
            "loss_probabilities": self.probabilities,
            "expected_loss": expected_loss(loans.values(), day),
            "expected_loss_by_grade": expected_loss(loans.values(), day, lambda history: history.grade),
            "expected_loss_by_channel": expected_loss(loans.values(), day, self.by("channel")),
            "first_payment_defaults": risk_defaults.first_payment_defaults(loans.values(), day),
            "calibration": risk_defaults.calibration(source, loans.values(), day),
            "concentration": risk_concentration.concentration(loans.values(), day),
            "institutions": risk_concentration.institutions(source, loans, day),
            "promises": risk_collection.promises(source, loans, day),
            "promises_kept": risk_collection.promises_kept(source, loans, day),
            "collected": risk_collection.collected(source, loans, day),
            "overdue_changes": {name: self.overdue_changes(name, before, day) for name in self.segments},
            "outstanding": {name: business_changes.outstanding_parts(source.book, day, of) for name, of in self.segments.items()},
            "cash_due": business_cash.cash_due(loans.values(), day),
            "likely_cash": business_cash.likely_cash(loans.values(), day),
            "margins": business_margin.margins(source, loans, self.costs, day),
            "coverage": business_margin.coverage(source, day),
            "stress": business_margin.coverage(source, day, overdue_times=2),
        }
