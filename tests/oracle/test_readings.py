"""Under every combination of readings, the regulator, the executives and the independent calculation get the same figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from glassbook.catalogue import load_metrics
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from ingestion.loading.load import ingest
from tests.oracle import comparing
from tests.oracle.figures import Readings
from tests.oracle.ledger import Book, read_book
from tests.support import homes
from tests.support.platform import Platform
from warehouse.build import run_build

END = date(2019, 8, 17)
# Figures that were computed in two places, each with the regulator's code.
PAIRS = {
    "OP-A01": "CN-A03",
    "OP-A02": "CN-A05",
    "OP-A03": "CN-A04",
    "OP-C01": "CN-A14",
    "OP-C02": "CN-A15",
    "OP-C03": "CN-B02",
    "OP-D05": "CN-A09",
}
# Figures that no reading of promotional loans changes: of people who register, of the platform's own money and plans, and parts of a
# change, which count what the figure counts that changed.
NOT_OF_LOANS = {
    *("OP-D01", "OP-H01", "OP-H02", "OP-H03", "OP-H07", "OP-H12", "OP-I02", "OP-I03"),
    *("OP-I08", "OP-I09", "OP-I10", "OP-I11", "OP-I12"),
}
COMBINATIONS = [
    Readings(*values)
    for values in product(("outstanding_principal", "overdue_amount"), ("principal_and_interest", "principal"), (False, True))
]


@dataclass(frozen=True)
class Told:
    """A home with the loaded platform, and the book of its records."""

    settings: Settings
    book: Book


def platform() -> Platform:
    """Eight loans, two of them promotional: some paid, some late for a few days, for more than 90 and for more than 180."""
    p = Platform()
    lenders, late = p.users(3), p.user()
    promotional = p.product(is_promotional=True)
    for n in range(8):
        # One borrower has loans of both kinds, and one only a promotional loan.
        borrower = late if n in (0, 7) else p.user(related_party_kind="staff" if n == 3 else None)
        values = {"borrower_id": borrower} | ({"product_id": promotional} if n >= 6 else {})
        at = f"2019-0{1 + n % 3}-10 10:00"
        loan = p.loan("3000.00", "0.12", {lenders[n % 3]: "2000", lenders[(n + 1) % 3]: "1000"}, at, **values)
        p.plan(loan, [(f"2019-{1 + n % 3 + k:02}-10", "500.00", "30.00") for k in range(1, 7)])
        for k in range(1, (6, 1, 4, 0, 5, 3, 1, 2)[n] + 1):
            p.repay(loan, k, f"2019-{1 + n % 3 + k:02}-09 20:00", "500.00", "30.00")
    p.complaint(f"{END} 10:00")
    return p


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder: Path = tmp_path_factory.mktemp("readings")
    source = platform().write(folder / "source")
    settings = homes.home(folder / "home")
    ingest(homes.at(settings, homes.morning_after(END)), source)
    run_build(settings)
    return Told(settings, read_book(source))


@pytest.fixture(scope="module", params=COMBINATIONS, ids=str)
def read(request: pytest.FixtureRequest, told: Told, tmp_path_factory: pytest.TempPathFactory) -> tuple[Snapshot, Readings]:
    """The snapshot of an installation with these readings."""
    readings: Readings = request.param
    settings = homes.copied(told.settings, tmp_path_factory.mktemp("home") / "home")
    return run_build(settings.model_copy(update=vars(readings))), readings


def test_the_readings_really_differ_on_this_platform(told: Told) -> None:
    states = told.book.states(END)
    over_90 = [state for state in states.values() if state.past_due_days > 90]
    assert sum(s.outstanding for s in over_90) != sum(s.overdue for s in over_90) > 0
    assert any(s.past_due_days > 180 for s in over_90) and any(0 < s.past_due_days <= 90 for s in states.values())
    assert any(states[listing].outstanding > 0 for listing in told.book.promotional_listings)


def test_the_regulator_and_the_executives_are_told_the_same(read: tuple[Snapshot, Readings]) -> None:
    snapshot, _ = read
    same = {metric.same_as: metric.code for metric in load_metrics("cn") if metric.same_as}
    assert PAIRS.items() <= same.items()
    pairs = ", ".join(f"('{one}', '{other}')" for one, other in same.items())
    with connect(snapshot.database) as connection:
        rows = connection.execute(
            "select ours.as_of_on, ours.code, (ours.value, ours.numerator, ours.denominator), "
            "(theirs.value, case when ours.unit = '%' then theirs.numerator end, theirs.denominator) "
            f"from (values {pairs}) as pair (one, other) inner join rpt_operations_figures as ours on ours.code = pair.one "
            "inner join rpt_cn_figures as theirs on theirs.code = pair.other and theirs.as_of_on = ours.as_of_on"
        ).fetchall()
    assert len(rows) == len(same) * 8, "January to July, and the latest day"
    assert [row for row in rows if row[2] != row[3]] == []


def test_both_are_what_the_independent_calculation_says(read: tuple[Snapshot, Readings], told: Told) -> None:
    snapshot, readings = read
    days = comparing.operating_days(snapshot)
    assert comparing.different_operating_figures(snapshot, told.book, days, readings) == {}
    for day in (date(2019, 4, 30), date(2019, 7, 31), END):
        assert comparing.different_figures(snapshot, told.book, day, readings) == {}


def test_running_balances_are_the_portfolio_on_every_day(read: tuple[Snapshot, Readings]) -> None:
    with connect(read[0].database) as connection:
        rows = connection.execute(
            "select daily.day_on, daily.is_promotional, daily.outstanding_amount, daily.interest_outstanding_amount, daily.overdue_amount, "
            "portfolio.outstanding_amount, portfolio.interest_outstanding_amount, portfolio.overdue_amount "
            "from fct_portfolio_daily as daily, "
            "lateral (select * from fct_portfolio_as_of(daily.day_on) where segment_kind = 'total') as portfolio "
            "where not daily.is_promotional and not portfolio.counts_promotional order by 1"
        ).fetchall()
    assert len(rows) == (END - date(2019, 1, 10)).days + 1
    assert [row for row in rows if row[2:5] != row[5:]] == []


def test_words_say_what_is_counted(read: tuple[Snapshot, Readings]) -> None:
    snapshot, readings = read
    with connect(snapshot.database) as connection:
        words = {code: rest for code, *rest in connection.execute(f"from rpt_operations_words_as_of(date '{END}')").fetchall()}
    assert set(words) == {metric.code for metric in load_metrics("operations")}
    is_with = readings.count_promotional
    for code, (zh, en, _) in words.items():
        assert code in NOT_OF_LOANS or ("含推广标的" in zh and ("不含推广标的" not in zh) is is_with)
        assert code in NOT_OF_LOANS or en.endswith("with promotional loans" if is_with else "without promotional loans")
    expected = {
        "principal": ("借贷余额", "outstanding principal", "OP-C01 ÷ OP-A01"),
        "principal_and_interest": ("本息余额", "principal and interest outstanding", "OP-C01 ÷ (OP-A01 + OP-A02)"),
    }[readings.overdue_rate_base]
    assert all(part in text for part, text in zip(expected, words["OP-C03"], strict=True))
