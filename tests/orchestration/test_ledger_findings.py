"""Contradictions in a loan: how the ledger counts them, and the finding that names loan, row and amount.

Each kind with several of its siblings, on one platform of loans of 1,200.00 in three instalments of 400 + 12, 400 + 8 and 400 + 4, due on
the second of February, March and April 2019, looked at on 1 June. Figures are worked out by hand; the independent calculation has to say
the same.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from glassbook.snapshots import Snapshot, connect
from ingestion.loading.load import ingest
from tests.oracle import comparing
from tests.oracle.ledger import Book, read_book
from tests.support import homes
from tests.support.edit_platforms import LOADED
from tests.support.odd_loans import EXPECTED, Case
from tests.support.platform import Platform
from warehouse.build import run_build

DAY = date(2019, 6, 1)
# Not tested by these loans: limits, funding outside the ledger, contracts, concentration, total figures, yearly cost, terms.
ELSEWHERE = {"E01", "E02", "E05", "E06", "E07", "E07W", "E08", "E11", "E16", "E17", "E18W"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, int], Snapshot, Book]:
    """Number of the loan by name of its case, the snapshot, and the independent book."""
    folder = tmp_path_factory.mktemp("odd")
    case = Case()
    loans = {build.__name__: build(case) for build, *_ in EXPECTED}
    home = homes.home(folder / "home")
    source = case.p.write(folder / "source")
    ingest(homes.at(home, LOADED), source)
    return loans, run_build(home), read_book(source)


def findings(snapshot: Snapshot, loan: int) -> list[tuple[str, str]]:
    """Code and message of what names a loan, or a row of it."""
    query = "select check_code[4:], entity || ': ' || message from chk_findings where regexp_matches(entity || ': ' || message, ?)"
    with connect(snapshot.database) as connection:
        return [row for row in connection.execute(query, [rf"\bloan {loan}\b"]).fetchall() if row[0] not in ELSEWHERE]


@pytest.mark.parametrize(("build", "outstanding", "overdue", "codes", "words"), EXPECTED, ids=lambda value: getattr(value, "__name__", ""))
def test_it_is_counted_and_told(
    told: tuple[dict[str, int], Snapshot, Book],
    build: Callable[[Case], int],
    outstanding: str,
    overdue: str,
    codes: set[str],
    words: str,
) -> None:
    loans, snapshot, _ = told
    loan = loans[build.__name__]
    with connect(snapshot.database) as connection:
        query = "select outstanding_amount, overdue_amount from fct_loans_as_of(cast(? as date)) where loan_id = ?"
        assert connection.execute(query, [DAY, loan]).fetchall() == [(Decimal(outstanding), Decimal(overdue))]
    found = findings(snapshot, loan)
    rows = {code for code, _ in found} | _of_rows(snapshot, loan)
    assert rows == codes
    assert not words or any(words in message for _, message in found)


def _of_rows(snapshot: Snapshot, loan: int) -> set[str]:
    """Codes of findings that name an investment or transfer of the loan and not the loan itself."""
    query = """
        select distinct finding.check_code[4:]
        from chk_findings as finding
        inner join stg_investments as investment on finding.entity = 'investment ' || investment.investment_id
        where investment.loan_id = ?
    """
    with connect(snapshot.database) as connection:
        return {code for (code,) in connection.execute(query, [loan]).fetchall()}


@pytest.mark.parametrize("day", [date(2019, 2, 1), date(2019, 2, 11), date(2019, 3, 1), date(2019, 3, 31), date(2019, 4, 2), DAY], ids=str)
def test_the_independent_calculation_says_the_same(told: tuple[dict[str, int], Snapshot, Book], day: date) -> None:
    _, snapshot, book = told
    assert comparing.different_loans(snapshot, book, day) == {}
    assert comparing.different_figures(snapshot, book, day) == {}


def test_a_product_that_becomes_promotional_is_told(tmp_path: Path) -> None:
    """Its loans leave the figures of every day, also of those that are over."""
    p = Platform()
    product = p.product()
    p.plan(p.loan("100", product_id=product, disbursed_at="2019-01-10 10:00"), [("2019-12-10", "100", "1")])
    p.change("products", product, "2019-03-01 10:00", is_promotional=True)
    home = homes.home(tmp_path / "home")
    ingest(homes.at(home, LOADED), p.write(tmp_path / "source"))
    with connect(run_build(home).database) as connection:
        found = connection.execute("select entity, message from chk_findings where check_code = 'CN-E31'").fetchall()
        assert connection.execute("select value from rpt_cn_figures_as_of(date '2019-02-01') where code = 'CN-A02'").fetchall() == [(0,)]
    [(entity, message)] = found
    assert entity == f"product {product}" and "became promotional or ordinary on 2019-03-01" in message


def test_a_plan_holds_from_the_disbursement_before_it_was_made(told: tuple[dict[str, int], Snapshot, Book]) -> None:
    loans, snapshot, _ = told
    with connect(snapshot.database) as connection:
        query = "select overdue_amount from fct_loans_as_of(date '2019-03-31') where loan_id = ?"
        assert connection.execute(query, [loans["a_plan_made_long_after"]]).fetchall() == [(Decimal("820.00"),)]


def test_every_loan_is_within_what_arithmetic_allows(told: tuple[dict[str, int], Snapshot, Book]) -> None:
    _, snapshot, _ = told
    days = "select day_on from fct_portfolio_daily"
    query = f"""
        select state.* from ldg_loan_states as state
        inner join ldg_loans as loan on loan.loan_id = state.loan_id
        inner join ({days}) as day on day.day_on >= state.valid_from and day.day_on < state.valid_to
        where state.outstanding_amount not between 0 and loan.amount or state.interest_outstanding_amount < 0 or state.overdue_amount < 0
    """
    with connect(snapshot.database) as connection:
        assert connection.execute("select count(*) from ldg_loan_states").fetchone() > (50,)
        assert connection.execute(query).fetchall() == []
