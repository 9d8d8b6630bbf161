"""Names that a platform chose and that the models use themselves, for a total or for what has no such attribute."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from glassbook.snapshots import connect
from ingestion.loading.load import ingest
from tests.support.homes import home
from tests.support.platform import Platform
from tests.support.whole_builds import whole_builds
from warehouse.build import run_build

# As the platform says it, and as the marts do; None: nothing was said.
NAMES = {"all": '"all"', "none": '"none"', '"all"': '""all""', "A": "A"}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A campaign with a cost, a loan and a refused application of each name, and a cost without a campaign."""
    p = Platform()
    lender, borrower = p.user(), p.user()
    product = p.product()
    for number, name in enumerate(NAMES, start=1):
        campaign = p.add("campaigns", code=name, campaign_kind="event")["campaign_id"]
        p.add("marketing_costs", cost_on="2019-06-05", channel="video", campaign_id=campaign, amount=str(10**number))
        p.loan("100", lenders={lender: "100"}, loan_id=number, borrower_id=borrower, credit_grade=name, disbursed_at="2019-05-20 10:00")
        p.plan(number, [("2019-07-10", "100", "1")])
        times = {"applied_at": "2019-06-06 10:00", "decided_at": "2019-06-07 10:00"}
        application = {"borrower_id": borrower, "product_id": product, "amount": "10", "decision": "rejected", **times}
        p.add("loan_applications", reject_reason=name, **application)
    p.add("loan_applications", **application)
    p.add("marketing_costs", cost_on="2019-06-05", channel="video", campaign_id=0, amount="1")
    p.user(registered_at="2019-06-30 10:00")
    folder: Path = tmp_path_factory.mktemp("names")
    settings = home(folder / "home")
    ingest(settings, p.write(folder / "platform"))
    # No total is there twice: the models' data tests find that.
    with whole_builds(with_data_tests=True), connect(run_build(settings).database) as connection:
        yield connection


def test_each_campaign_keeps_its_own_costs(snapshot: duckdb.DuckDBPyConnection) -> None:
    query = "select campaign_code, cost_amount from rpt_marketing_channels where month_on = '2019-06-01' and channel = 'video'"
    expected = {told: Decimal(10**number) for number, told in enumerate(NAMES.values(), start=1)}
    assert dict(snapshot.execute(query).fetchall()) == {**expected, "none": 1, "all": 11111}


def test_each_grade_keeps_its_own_loans(snapshot: duckdb.DuckDBPyConnection) -> None:
    query = (
        "select segment_id, value from rpt_operations_segments where code = 'OP-A03' and segment_kind in ('grade', 'total') "
        "and as_of_on = date '2019-06-30'"
    )
    assert dict(snapshot.execute(query).fetchall()) == {**dict.fromkeys(NAMES.values(), Decimal(1)), "all": 4}
    for query in (
        "select credit_grade, loans_count from fct_vintages where book_months = 1 and channel = 'all'",
        "select credit_grade, bucket_loans_count from fct_roll_rates where view_kind = 'borrower' and to_bucket_code = 'all' "
        "and month_end_on = date '2019-05-31'",
    ):
        assert dict(snapshot.execute(query).fetchall()) == {**dict.fromkeys(NAMES.values(), 1), "all": 4}


def test_each_reason_keeps_its_own_applications(snapshot: duckdb.DuckDBPyConnection) -> None:
    query = "select segment_id, sum(rejected_count) from fct_business_daily where segment_kind = 'reject_reason' group by all"
    assert dict(snapshot.execute(query).fetchall()) == {**dict.fromkeys(NAMES.values(), 1), "none": 1}
