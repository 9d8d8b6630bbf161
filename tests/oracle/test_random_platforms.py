"""Properties over random small platforms: agreement with the independent calculation, and no later event changes an earlier day."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from glassbook.snapshots import Snapshot, connect
from ingestion.loading.load import ingest
from reports.figures.reading import read_figures
from reports.filing.declare.regime import load_regime
from tests.oracle import comparing
from tests.oracle.ledger import read_book
from tests.oracle.strategies import FIRST, LAST, interesting_days, platforms
from tests.support import homes
from tests.support.platform import Platform
from warehouse.build import run_build

LOADED = datetime(2021, 7, 1, 2, tzinfo=UTC)
# An example is a load and a build of seconds: few, but each with up to six loans and four days. Derandomised, so that a failure comes back.
THOROUGH = settings(
    max_examples=14,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)


@THOROUGH
@given(st.data())
def test_the_warehouse_says_what_the_independent_calculation_says(data: st.DataObject) -> None:
    p = data.draw(platforms())
    days = data.draw(interesting_days(p))
    with tempfile.TemporaryDirectory() as place:
        home = homes.home(Path(place) / "home")
        source = p.write(Path(place) / "source")
        ingest(homes.at(home, LOADED), source)
        snapshot, book = run_build(home), read_book(source)
        for day in days:
            assert comparing.different_loans(snapshot, book, day) == {}
            assert comparing.different_positions(snapshot, book, day) == {}
            assert comparing.different_figures(snapshot, book, day) == {}
        assert comparing.different_receipts(snapshot, book, FIRST, LAST) == {}
        assert comparing.different_days(snapshot, book, days) == {}
        assert comparing.different_operating_figures(snapshot, book, comparing.operating_days(snapshot)) == {}
        assert beyond_arithmetic(snapshot) == []


def beyond_arithmetic(snapshot: Snapshot) -> list[tuple[object, ...]]:
    """Impossible states of loans, and those that owe more than is outstanding without a finding that reports it."""
    query = """
        select state.loan_id, state.valid_from from ldg_loan_states as state
        inner join ldg_loans as loan on loan.loan_id = state.loan_id
        where state.outstanding_amount not between 0 and loan.amount or state.interest_outstanding_amount < 0 or state.overdue_amount < 0
        union all
        select loan.loan_id, null from fct_loans_as_of(latest_business_date()) as loan
        where loan.overdue_amount > loan.outstanding_amount + loan.interest_outstanding_amount
            and not exists (select 1 from chk_findings where check_code = 'CN-E22' and entity = 'loan ' || loan.loan_id)
    """
    with connect(snapshot.database) as connection:
        return connection.execute(query).fetchall()


def until(p: Platform, instant: datetime) -> Platform:
    """The platform as it was at `instant` (naive UTC): without the rows that it learned later."""
    earlier = p.copy()
    for table in ("loans", "investments", "instalments", "repayments", "claim_transfers", "complaints"):
        known = [row for row in p.rows(table) if row.get("created_at", row.get("updated_at")) <= instant]
        earlier.rows(table)[:] = known
    return earlier


@settings(THOROUGH, max_examples=4)
@given(platforms(), st.integers(20, (LAST - FIRST).days))
def test_later_events_never_change_an_earlier_day_as_it_was_known(p: Platform, days: int) -> None:
    cut_on = FIRST + timedelta(days=days)
    cut = datetime.combine(cut_on + timedelta(days=1), datetime.min.time(), p.zone).astimezone(UTC).replace(tzinfo=None)
    for table, happened in (("repayments", "paid_at"), ("claim_transfers", "transferred_at"), ("investments", "invested_at")):
        for row in p.rows(table):
            row["created_at"] = row[happened]
    # A first plan made later would hold from the disbursement, and so change days before it was made.
    disbursed = {row["loan_id"]: row["disbursed_at"] for row in p.rows("loans")}
    for row in p.rows("instalments"):
        if row["plan_version"] == 1:
            row["created_at"] = disbursed[row["loan_id"]]
    with tempfile.TemporaryDirectory() as place:
        home = homes.home(Path(place) / "home")
        first = until(p, cut - timedelta(microseconds=1))
        ingest(homes.at(home, LOADED), first.write(Path(place) / "first"))
        before = run_build(home)
        ingest(homes.at(home, LOADED + timedelta(days=1)), p.write(Path(place) / "second"))
        after = run_build(home)
        asked = [cut_on - timedelta(days=n) for n in (0, 1, 17)]
        told = [values(before, day) for day in asked]
        # Everything that came later also happened later: earlier days do not change in the new snapshot.
        assert [values(after, day) for day in asked] == told
        # And at the same known-at the lake gives them again to the cent, whatever came since.
        again = homes.rebuilt(home, Path(place) / "again", LOADED)
        assert homes.difference(before, again) == {}


def values(snapshot: object, day: date) -> list[dict[str, str | None]]:
    return [figure.record() for figure in read_figures(snapshot, load_regime("cn"), day).figures]  # type: ignore[arg-type]
