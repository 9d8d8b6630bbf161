"""Marts of simulated platforms of two seeds compared with the second calculation, figure by figure.

Channels are compared on hosts that both sides know, such as those of the simulator: only the warehouse's lists say which others are
engines, mail services or assistants.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from glassbook.snapshots import connect
from ingestion.loading.load import ingest
from simulator import simulate
from tests.oracle import marts_business, marts_economics, marts_marketing, marts_risk
from tests.oracle.business_cash import likely_cash
from tests.oracle.marts import Comparison, Told, differences
from tests.oracle.risk_defaults import calibration
from tests.oracle.second_calculation import SecondCalculation
from tests.support import homes
from warehouse.build import run_build

OWN_HOSTS = ("mingzhang-sim.example",)
COMPARED = {**marts_marketing.MARKETING, **marts_economics.ECONOMICS, **marts_risk.RISK, **marts_business.BUSINESS}


# The end of a month that is the end of a year, and a day in the middle of one.
@pytest.fixture(scope="module", params=[(5, date(2019, 12, 31)), (3, date(2020, 3, 4))], ids=["seed 5", "seed 3"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    seed, end = request.param
    place: Path = tmp_path_factory.mktemp("told")
    settings = homes.home(place / "home", own_hosts=OWN_HOSTS)
    simulate(place / "source", 250, seed, homes.START, end, True)
    ingest(homes.at(settings, homes.morning_after(end)), place / "source")
    with connect(run_build(settings).database) as connection:
        yield Told(connection, SecondCalculation(place / "source", end, OWN_HOSTS))


def test_the_platform_is_worth_comparing(told: Told) -> None:
    second = told.second
    assert second.day.isoformat() == str(told.rows("select latest_business_date()")[0][0])
    assert len({person.sessions[0].visit.channel for person in second.people}) > 12
    assert any(len(conversion.touches) > 2 for conversion in second.conversions)
    assert any(cost.granted != cost.redeemed for cost in second.costs.of.values()) and any(c.commissions for c in second.costs.of.values())
    assert any(history.realised_loss(second.day) for history in second.loans.values())
    assert any(history.recovery(second.day) for history in second.loans.values())
    assert 0 < second.probabilities["current"] < second.probabilities["91-180"] < 1
    assert any(cell.loans > 20 and cell.defaults for cell in calibration(second.source, second.loans.values(), second.day).values())
    assert any(due.low < due.likely < due.high < due.due for due in likely_cash(second.loans.values(), second.day, [30]).values())


@pytest.mark.parametrize(("compare", "tolerance"), COMPARED.items(), ids=[compare.__name__ for compare in COMPARED])
def test_a_mart_says_what_the_second_calculation_says(told: Told, compare: Comparison, tolerance: Fraction) -> None:
    found, expected = compare(told)
    assert any(value is not None for values in expected.values() for value in values), "nothing to compare"
    assert differences(found, expected, tolerance) == {}
