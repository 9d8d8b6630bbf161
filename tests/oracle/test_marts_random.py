"""Marts of random small platforms, with all unusual cases, compared with the second calculation."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from glassbook.snapshots import connect
from ingestion.loading.load import ingest
from tests.oracle import marts_business, marts_economics, marts_marketing, marts_risk
from tests.oracle.marketing_strategies import OWN_HOSTS, busy_platforms
from tests.oracle.marts import Told, differences
from tests.oracle.second_calculation import SecondCalculation
from tests.support import homes
from tests.support.house_rows import rows_that_do_not_add_up
from tests.support.platform import Platform
from warehouse.build import run_build

LOADED = datetime(2021, 7, 1, 2, tzinfo=UTC)
COMPARED = {**marts_marketing.MARKETING, **marts_economics.ECONOMICS, **marts_risk.RISK, **marts_business.BUSINESS}
# No random loan is a year old or has a guarantor, and hardly any borrower pays just after a call: simulated platforms have these cases.
RARELY_DRAWN = {"calibration_of_grades", "institutions_that_guarantee", "collected_after_actions"}


def is_busy(p: Platform) -> bool:
    """Whether it has enough data to compare."""
    least = {"loans": 4, "web_sessions": 8, "repayments": 6, "collection_actions": 2, "rewards": 1}
    return all(len(p.rows(table)) >= count for table, count in least.items())


def test_marts_say_what_the_second_calculation_says() -> None:
    seen: set[str] = set()

    # An example is a load and a build of seconds: few. Derandomised, so that a failure comes back; not shrunk.
    @settings(
        max_examples=3, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
    )
    @given(busy_platforms().filter(is_busy))
    def hold(p: Platform) -> None:
        seen.update(compared(p))

    hold()
    assert {compare.__name__ for compare in COMPARED} - seen <= RARELY_DRAWN, "nothing to compare"


def compared(p: Platform) -> set[str]:
    """The comparisons of a platform that had anything to compare; raises where the two differ."""
    told_of = set()
    with tempfile.TemporaryDirectory() as place:
        home = homes.home(Path(place) / "home", own_hosts=OWN_HOSTS)
        source = p.write(Path(place) / "source")
        ingest(homes.at(home, LOADED), source)
        with connect(run_build(home).database) as connection:
            day: date = connection.execute("select latest_business_date()").fetchall()[0][0]
            told = Told(connection, SecondCalculation(source, day, OWN_HOSTS))
            for compare, tolerance in COMPARED.items():
                found, expected = compare(told)
                assert differences(found, expected, tolerance) == {}, compare.__name__
                if expected:
                    told_of.add(compare.__name__)
            wrong, asked = rows_that_do_not_add_up(connection, days=2)
            assert asked > 100 and wrong == [], "rows that do not add up to their figure"
    return told_of
