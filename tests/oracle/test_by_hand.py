"""Cases whose figures were calculated by hand: the warehouse and the independent calculation must both give them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from glassbook.snapshots import Snapshot
from ingestion.loading.load import ingest
from reports.figures.reading import read_figures
from reports.filing.declare.regime import load_regime
from tests.oracle import comparing
from tests.oracle.figures import figures
from tests.oracle.ledger import Book, positions_to_the_cent, read_book
from tests.support import homes
from tests.support.platform import Platform
from warehouse.build import run_build

LOADED = datetime(2021, 7, 1, 2, tzinfo=UTC)


def told(p: Platform, folder: Path, timezone: str = "Asia/Shanghai") -> tuple[Snapshot, Book]:
    """A platform by hand, loaded and built, and the book of its records."""
    settings = homes.home(folder / "home", timezone=timezone)
    source = p.write(folder / "source")
    ingest(homes.at(settings, LOADED), source)
    return run_build(settings), read_book(source, timezone)


def assert_figures(both: tuple[Snapshot, Book], day: str, **expected: str | None) -> None:
    """`A14="103.00"` and so on, from both; and every other figure the same in both."""
    snapshot, book = both
    on = date.fromisoformat(day)
    found = {code: figure.value for code, figure in read_figures(snapshot, load_regime("cn"), on).by_code().items()}
    oracle = {code: figure.value for code, figure in figures(book, on).items()}
    wanted = {f"CN-{code}": None if text is None else Decimal(text) for code, text in expected.items()}
    assert {code: found[code] for code in wanted} == wanted
    assert {code: oracle[code] for code in wanted} == wanted
    assert comparing.different_figures(snapshot, book, on) == {}
    assert comparing.different_loans(snapshot, book, on) == {}
    assert comparing.different_positions(snapshot, book, on) == {}
    assert comparing.different_receipts(snapshot, book, date(2018, 1, 1), on) == {}


def test_a_platform_without_any_loan(tmp_path: Path) -> None:
    p = Platform()
    p.complaint("2019-03-31 10:00")
    both = told(p, tmp_path)
    assert_figures(both, "2019-03-31", A01="0.00", A02="0", A03="0.00", A10=None, B01=None, B02=None, B14=None, B16=None, B19="1", B21="1")


def test_day_90_and_day_91(tmp_path: Path) -> None:
    p = Platform()
    loan = p.loan("1000.00", disbursed_at="2019-01-10 10:00")
    p.plan(loan, [("2019-02-10", "1000.00", "10.00")])
    p.complaint("2020-01-01 10:00")
    both = told(p, tmp_path)
    assert_figures(both, "2019-02-10", A14="0.00", A15="0")
    assert_figures(both, "2019-02-11", A14="1010.00", A15="1", B01="100.00", B02="100.00", B03="100.00")
    # 10 February + 90 days is 11 May.
    assert_figures(both, "2019-05-11", A15="1", A16="0.00", A17="0", B03="100.00", B04="0.00")
    assert_figures(both, "2019-05-12", A16="1000.00", A17="1", B03="0.00", B04="100.00", B07="100.00")
    # 180 days: 9 August; more than 180 from the 10th.
    assert_figures(both, "2019-08-09", B04="100.00", B05="0.00")
    assert_figures(both, "2019-08-10", B04="0.00", B05="100.00", B08="100.00")


def test_minutes_around_midnight_belong_to_the_platforms_day(tmp_path: Path) -> None:
    p = Platform()
    loan = p.loan("1000.00", disbursed_at="2019-01-31 23:59")
    p.plan(loan, [("2019-02-28", "500.00", "5.00"), ("2019-03-31", "500.00", "5.00")])
    p.repay(loan, 1, "2019-02-28 23:59", "500.00", "5.00")
    p.repay(loan, 2, "2019-04-01 00:01", "500.00", "5.00")
    both = told(p, tmp_path)
    assert_figures(both, "2019-01-31", A01="1000.00", B17="1000.00", A05="10.00")
    assert_figures(both, "2019-02-28", A03="500.00", A05="5.00", A14="0.00", B17="0.00")
    assert_figures(both, "2019-03-31", A03="500.00", A14="0.00")
    assert_figures(both, "2019-04-01", A03="0.00", A04="0", A05="0.00", A14="0.00", A08="0")


def test_the_same_minutes_in_another_zone(tmp_path: Path) -> None:
    p = Platform("America/New_York")
    loan = p.loan("1000.00", disbursed_at="2019-03-09 23:59")
    p.plan(loan, [("2019-03-10", "1000.00", "1.00")])
    # In this night the clocks there moved from 2 to 3.
    p.repay(loan, 1, "2019-03-10 23:59", "1000.00", "1.00")
    both = told(p, tmp_path, "America/New_York")
    assert_figures(both, "2019-03-09", A03="1000.00")
    assert_figures(both, "2019-03-10", A03="0.00", A15="0")


def test_a_reversal_reopens_the_instalment_from_its_own_day(tmp_path: Path) -> None:
    p = Platform()
    loan = p.loan("300.00", disbursed_at="2019-01-10 10:00")
    p.plan(loan, [("2019-02-10", "300.00", "3.00")])
    paid = p.repay(loan, 1, "2019-02-09 10:00", "300.00", "3.00")
    p.reverse(paid, "2019-02-20 10:00")
    p.repay(loan, 1, "2019-02-25 10:00", "300.00", "3.00")
    both = told(p, tmp_path)
    assert_figures(both, "2019-02-19", A03="0.00", A14="0.00", A05="0.00")
    assert_figures(both, "2019-02-20", A03="300.00", A14="303.00", A05="3.00", A15="1")
    assert_figures(both, "2019-02-25", A03="0.00", A14="0.00")


def test_compensation_makes_lenders_whole_and_recovery_goes_to_who_paid(tmp_path: Path) -> None:
    p = Platform()
    loan = p.loan("1000.00", disbursed_at="2019-01-10 10:00")
    p.plan(loan, [("2019-02-10", "400.00", "10.00"), ("2019-03-10", "600.00", "6.00")])
    p.repay(loan, 1, "2019-02-20 10:00", "400.00", "10.00", by="guarantor", penalty="2.50")
    p.repay(loan, 1, "2019-03-05 10:00", "400.00", "10.00", by="borrower", to="guarantor")
    both = told(p, tmp_path)
    assert_figures(both, "2019-02-19", A14="410.00", A18="0.00", A03="1000.00")
    assert_figures(both, "2019-02-20", A14="0.00", A15="0", A18="412.50", A19="1", A03="600.00", A05="6.00")
    assert_figures(both, "2019-03-05", A14="0.00", A18="412.50", A03="600.00")
    _, book = both
    # The borrower is late until the guarantor has the money back.
    assert book.states(date(2019, 3, 4))[loan].borrower_past_due_days == 22
    assert book.states(date(2019, 3, 5))[loan].borrower_past_due_days == 0


def test_all_principal_is_back_and_interest_due_before_is_owed(tmp_path: Path) -> None:
    """Whatever line the principal was booked on, and whatever interest it settled there: what is owed after it is interest."""
    p = Platform()
    loans = [p.loan("1200.00", disbursed_at="2019-01-02 11:00", product_id=p.product(repayment_method="equal_principal")) for _ in range(4)]
    for loan in loans:
        p.plan(loan, [("2019-02-02", "400.00", "12.00"), ("2019-03-02", "400.00", "8.00"), ("2019-04-02", "400.00", "4.00")])
    # 800.00 beyond the last line settle the first with its interest, and leave 12.00 of the second; booked on the first, 12.00 of the last.
    p.repay(loans[0], 3, "2019-02-20 10:00", "1200.00")
    p.repay(loans[1], 1, "2019-02-20 10:00", "1200.00")
    # No line has more than its due: 20.00 of the last are left, and its interest is given up.
    for number, principal in ((1, "412.00"), (2, "408.00"), (3, "380.00")):
        p.repay(loans[2], number, "2019-03-20 10:00", principal)
    # All is due, and no line is named.
    p.repay(loans[3], 0, "2019-04-03 10:00", "1200.00")
    p.complaint("2019-04-03 11:00")
    both = told(p, tmp_path)
    assert_figures(both, "2019-02-20", A03="2400.00", A05="72.00", A14="824.00")
    assert_figures(both, "2019-03-03", A03="2400.00", A05="72.00", A14="1652.00")
    assert_figures(both, "2019-03-20", A03="1200.00", A05="68.00", A14="832.00", A15="2")
    assert_figures(both, "2019-04-03", A03="0.00", A05="68.00", A14="68.00", A15="4")
    assert homes.sole(both[0], "select list(entity) from chk_findings where check_code in ('CN-E17', 'CN-E22')") in (None, [])


def test_an_extension_with_a_partly_paid_instalment(tmp_path: Path) -> None:
    p = Platform()
    loan = p.loan("1000.00", disbursed_at="2019-01-10 10:00")
    p.plan(loan, [("2019-02-10", "500.00", "10.00"), ("2019-03-10", "500.00", "5.00")])
    p.repay(loan, 1, "2019-02-10 10:00", "200.00", "10.00")
    p.plan(loan, [("2019-04-10", "500.00", "14.00"), ("2019-05-10", "500.00", "5.00")], 2, "2019-02-15 10:00")
    both = told(p, tmp_path)
    assert_figures(both, "2019-02-14", A14="300.00", A15="1", A05="5.00")
    # From the new plan's day nothing is overdue; what was paid counts for the same number: 14.00 − 10.00 + 5.00.
    assert_figures(both, "2019-02-15", A14="0.00", A15="0", A05="9.00", A03="800.00")
    assert_figures(both, "2019-04-11", A14="304.00", A15="1")
    # The past does not change.
    assert_figures(both, "2019-02-11", A14="300.00")


def test_early_settlement_by_a_new_plan(tmp_path: Path) -> None:
    p = Platform()
    loan = p.loan("900.00", disbursed_at="2019-01-10 10:00")
    p.plan(loan, [("2019-02-10", "300.00", "9.00"), ("2019-03-10", "300.00", "6.00"), ("2019-04-10", "300.00", "3.00")])
    p.repay(loan, 1, "2019-02-10 10:00", "300.00", "9.00")
    p.plan(loan, [("2019-02-10", "300.00", "9.00"), ("2019-02-20", "600.00", "2.00")], 2, "2019-02-20 09:00")
    p.repay(loan, 2, "2019-02-20 10:00", "600.00", "2.00")
    both = told(p, tmp_path)
    assert_figures(both, "2019-02-19", A03="600.00", A05="9.00")
    assert_figures(both, "2019-02-20", A03="0.00", A04="0", A05="0.00", A09="0")


def test_transfers_of_a_whole_and_of_a_part_and_a_repayment_on_one_day(tmp_path: Path) -> None:
    p = Platform()
    anna, ben, chen, dora = p.users(4)
    loan = p.loan("900.00", lenders={anna: "600.00", ben: "300.00"}, disbursed_at="2019-01-10 10:00")
    p.plan(loan, [("2019-02-10", "300.00", "9.00"), ("2019-03-10", "600.00", "6.00")])
    # Before the repayment 200 of 900, after it 100 of 600; at the same instant the repayment comes first.
    p.transfer(loan, anna, chen, "200.00", "2019-02-10 09:00")
    p.repay(loan, 1, "2019-02-10 10:00", "300.00", "9.00")
    p.transfer(loan, ben, dora, "100.00", "2019-02-10 10:00")
    p.transfer(loan, ben, dora, "100.00", "2019-02-10 11:00")
    both = told(p, tmp_path)
    snapshot, book = both
    assert_figures(both, "2019-02-10", A03="600.00", A06="4", A08="3")
    held = positions_to_the_cent(book.states(date(2019, 2, 10))[loan].positions)
    # Anna 4/9 × 600, Ben zero, Chen 2/9 × 600, Dora 1/3 × 600.
    assert held == {anna: Decimal("266.67"), ben: Decimal("0.00"), chen: Decimal("133.33"), dora: Decimal("200.00")}
    found = homes.sole(snapshot, "select list((lender_id, position_amount) order by lender_id) from ldg_positions_as_of(date '2019-02-10')")
    assert found == [(anna, Decimal("266.67")), (chen, Decimal("133.33")), (dora, Decimal("200.00"))]
    received = homes.sole(
        snapshot,
        "select list((lender_id, principal_amount, interest_amount) order by lender_id) "
        "from ldg_receipts_between(date '2019-02-10', date '2019-02-10')",
    )
    assert received == [
        (anna, Decimal("133.33"), Decimal("4.00")),
        (ben, Decimal("100.00"), Decimal("3.00")),
        (chen, Decimal("66.67"), Decimal("2.00")),
    ]


def test_a_sale_by_which_no_claim_changes_hands_makes_nobody_a_lender(tmp_path: Path) -> None:
    p = Platform()
    anna, ben, chen, dora = p.users(4)
    loan, other = (p.loan("900.00", lenders={anna: "900.00"}, disbursed_at="2019-01-10 10:00") for _ in range(2))
    for each in (loan, other):
        p.plan(each, [("2019-02-10", "900.00", "9.00")])
    p.transfer(loan, anna, ben, "0.00", "2019-02-01 10:00")
    p.repay(loan, 1, "2019-02-10 10:00", "900.00", "9.00")
    p.transfer(loan, anna, chen, "100.00", "2019-02-10 10:00")
    both = told(p, tmp_path)
    assert_figures(both, "2019-02-10", A06="1", A08="1")
    # More than the seller has is counted as booked: the buyer has a claim, and the seller less than nothing.
    p.transfer(other, ben, dora, "100.00", "2019-02-11 10:00")
    both = told(p, tmp_path / "later")
    assert_figures(both, "2019-02-11", A06="2", A08="2")
    assert homes.sole(both[0], "select list(entity order by entity) from chk_findings where check_code = 'CN-E28'") == [
        "transfer 1", "transfer 2", "transfer 3",
    ]  # fmt: skip


def test_one_cent_remainders_go_by_largest_remainder_and_ties_to_the_lower_id(tmp_path: Path) -> None:
    p = Platform()
    three = p.users(3)
    loan = p.loan("100.00", lenders=dict(zip(three, ("33.34", "33.33", "33.33"), strict=True)), disbursed_at="2019-01-10 10:00")
    p.plan(loan, [("2019-02-10", "50.00", "0.01"), ("2019-03-10", "50.00", "0.00")])
    p.repay(loan, 1, "2019-02-10 10:00", "50.00", "0.01")
    both = told(p, tmp_path)
    assert_figures(both, "2019-02-10", A03="50.00", A08="3", B12="33.34", B13="100.00")
    found = homes.sole(both[0], "select list(position_amount order by lender_id) from ldg_positions_as_of(date '2019-02-10')")
    # 16.67, 16.665, 16.665: the cent left over goes to the second.
    assert found == [Decimal("16.67"), Decimal("16.67"), Decimal("16.66")]


def test_a_loan_without_interest_and_a_day_that_is_not_every_year(tmp_path: Path) -> None:
    p = Platform()
    loan = p.loan("120.00", "0", disbursed_at="2020-01-31 10:00")
    p.plan(loan, [("2020-02-29", "60.00", "0.00"), ("2020-03-31", "60.00", "0.00")])
    p.complaint("2020-04-30 10:00")
    both = told(p, tmp_path)
    assert_figures(both, "2020-01-31", A05="0.00", B16="0.00", B17="120.00")
    assert_figures(both, "2020-02-29", A14="0.00", B02="0.00")
    assert_figures(both, "2020-03-01", A14="60.00", B02="50.00")


def test_ten_borrowers_of_twelve_when_several_owe_the_same(tmp_path: Path) -> None:
    p = Platform()
    for amount in ("100.00",) * 11 + ("300.00",):
        p.loan(amount, disbursed_at="2019-01-10 10:00")
    both = told(p, tmp_path)
    # 300 + 9 × 100 of 1400; 300 of 1400.
    assert_figures(both, "2019-01-10", A07="12", A10="85.71", A11="21.43", B12="21.43", B13="85.71", B09="116.67")


@pytest.mark.parametrize("is_promotional", [True, False])
def test_promotional_listings_are_left_out(is_promotional: bool, tmp_path: Path) -> None:
    p = Platform()
    p.loan("100.00", disbursed_at="2019-01-10 10:00", product_id=p.product(is_promotional=is_promotional))
    p.loan("50.00", disbursed_at="2019-01-10 10:00")
    both = told(p, tmp_path)
    assert_figures(both, "2019-01-10", A01="50.00" if is_promotional else "150.00", A02="1" if is_promotional else "2")


def test_what_is_deleted_later_still_says_what_its_loans_are(tmp_path: Path) -> None:
    """A promotional product that is no longer offered, and a shareholder whose record is deleted."""
    p = Platform()
    promotional, ordinary = p.product(is_promotional=True), p.product()
    p.loan("100.00", disbursed_at="2019-01-10 10:00", product_id=promotional)
    p.loan("50.00", disbursed_at="2019-01-10 10:00", product_id=ordinary, borrower_id=(related := p.user(related_party_kind="shareholder")))
    p.delete("products", promotional, "2019-02-01 10:00")
    p.delete("products", ordinary, "2019-02-01 10:00")
    p.delete("users", related, "2019-02-01 10:00")
    p.loan("25.00", disbursed_at="2019-02-10 10:00")
    both = told(p, tmp_path)
    assert_figures(both, "2019-01-10", A01="50.00", A02="1", A03="50.00", A12="50.00", A13="1")
    assert_figures(both, "2019-02-28", A01="75.00", A02="2", A03="75.00", A12="50.00", A13="1")
