"""Compares a snapshot with the independent calculation: figure by figure, loan by loan, day by day, to the last digit.

Belongs here: the comparison. Does not: platforms to compare on (the tests), or any calculation (`figures`, `ledger`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from glassbook.snapshots import Snapshot, connect
from reports.figures.reading import read_figures
from reports.filing.declare.regime import load_regime
from tests.oracle.figures import OracleFigure, Readings, figures
from tests.oracle.ledger import Book, positions_to_the_cent, receipts_to_the_cent
from tests.oracle.operations import operating_figures


def different_figures(snapshot: Snapshot, book: Book, day: date, readings: Readings | None = None) -> dict[str, str]:
    """The figures of `day` that differ between the snapshot and the independent calculation; empty when all are the same."""
    found = {code: figure.record() for code, figure in read_figures(snapshot, load_regime("cn"), day).by_code().items()}
    expected = figures(book, day, readings=readings)
    differences = {code: "only one of them has it" for code in found.keys() ^ expected.keys()}
    for code in found.keys() & expected.keys():
        if not _agree(found[code], expected[code]):
            differences[code] = f"{day}: warehouse {found[code]}, independently {expected[code]}"
    return differences


def different_operating_figures(snapshot: Snapshot, book: Book, days: Iterable[date], readings: Readings | None = None) -> dict[str, str]:
    """The operating figures of stored days that differ between the snapshot and the independent calculation."""
    differences: dict[str, str] = {}
    with connect(snapshot.database) as connection:
        for day in days:
            rows = connection.execute(
                "select code, value::varchar, numerator::varchar, denominator::varchar from rpt_operations_figures where as_of_on = ?",
                [day],
            ).fetchall()
            found = {code: {"value": value, "numerator": above, "denominator": below, "note": None} for code, value, above, below in rows}
            expected = operating_figures(book, day, readings)
            differences |= {f"{code} {day}": "only one of them has it" for code in found.keys() ^ expected.keys()}
            for code in found.keys() & expected.keys():
                if not _agree(found[code], expected[code]):
                    differences[f"{code} {day}"] = f"warehouse {found[code]}, independently {expected[code]}"
    return differences


def operating_days(snapshot: Snapshot) -> list[date]:
    """The days for which a snapshot has operating figures, oldest first."""
    with connect(snapshot.database) as connection:
        return [day for (day,) in connection.execute("select distinct as_of_on from rpt_operations_figures order by 1").fetchall()]


def _agree(found: dict[str, str | None], expected: OracleFigure) -> bool:
    def same(text: str | None, number: Decimal | None) -> bool:
        return (text is None) == (number is None) and (text is None or number is None or Decimal(text) == number)

    is_ratio = expected.denominator is not None
    return (
        same(found["value"], expected.value)
        and (not is_ratio or (same(found["numerator"], expected.numerator) and same(found["denominator"], expected.denominator)))
        and (expected.note is None or expected.note == found["note"])
    )


def different_loans(snapshot: Snapshot, book: Book, day: date) -> dict[int, str]:
    """The loans in scope whose state on `day` differs."""
    with connect(snapshot.database) as connection:
        rows = connection.execute(
            "select loan_id, outstanding_amount, interest_outstanding_amount, overdue_amount, past_due_days, borrower_past_due_days, "
            "compensated_amount from rpt_cn_loans_as_of(cast(? as date))",
            [day],
        ).fetchall()
    found = {row[0]: row[1:] for row in rows}
    expected = {
        loan_id: (s.outstanding, s.interest_outstanding, s.overdue, s.past_due_days, s.borrower_past_due_days, s.compensated)
        for loan_id, s in book.states(day).items()
        if loan_id not in book.promotional_listings
    }
    loans = sorted(found.keys() | expected.keys())
    return {n: f"{day}: warehouse {found.get(n)}, independently {expected.get(n)}" for n in loans if found.get(n) != expected.get(n)}


def different_positions(snapshot: Snapshot, book: Book, day: date) -> dict[tuple[int, int], str]:
    """The positions to the cent, by loan and lender, that differ on `day`. Either side may leave out holders of nothing."""
    with connect(snapshot.database) as connection:
        rows = connection.execute("select loan_id, lender_id, position_amount from ldg_positions_as_of(cast(? as date))", [day]).fetchall()
    found: dict[tuple[int, int], Decimal] = {(row[0], row[1]): row[2] for row in rows}
    expected = {
        (loan_id, lender): position
        for loan_id, state in book.states(day).items()
        for lender, position in positions_to_the_cent(state.positions).items()
    }
    return _different_amounts(found, expected)


def different_receipts(snapshot: Snapshot, book: Book, first: date, last: date) -> dict[tuple[int, int], str]:
    """What each lender received of each repayment from `first` to `last` (principal, interest and penalty together), if it differs."""
    with connect(snapshot.database) as connection:
        rows = connection.execute(
            "select repayment_id, lender_id, principal_amount + interest_amount + penalty_amount "
            "from ldg_receipts_between(cast(? as date), cast(? as date))",
            [first, last],
        ).fetchall()
    found: dict[tuple[int, int], Decimal] = {(row[0], row[1]): row[2] for row in rows}
    expected: dict[tuple[int, int], Decimal] = {}
    for loan in book.loans:
        expected |= receipts_to_the_cent(loan, first, last)
    return _different_amounts(found, expected)


def _different_amounts(found: dict[tuple[int, int], Decimal], expected: dict[tuple[int, int], Decimal]) -> dict[tuple[int, int], str]:
    nothing = Decimal("0.00")
    keys = sorted(found.keys() | expected.keys())
    return {
        key: f"warehouse {found.get(key)}, independently {expected.get(key)}"
        for key in keys
        if found.get(key, nothing) != expected.get(key, nothing)
    }


def different_days(snapshot: Snapshot, book: Book, days: Iterable[date]) -> dict[date, str]:
    """The days of the daily portfolio whose balances are not the sums over the loans."""
    with connect(snapshot.database) as connection:
        rows = connection.execute(
            "select day_on, sum(outstanding_amount), sum(interest_outstanding_amount), sum(overdue_amount), sum(outstanding_loans_count), "
            "sum(overdue_loans_count) from fct_portfolio_daily group by day_on"
        ).fetchall()
    found = {row[0]: row[1:] for row in rows}
    differences = {}
    for day in days:
        sums: dict[str, Any] = defaultdict(int)
        for state in book.states(day).values():
            sums["outstanding"] += state.outstanding
            sums["interest"] += state.interest_outstanding
            sums["overdue"] += state.overdue
            sums["loans"] += state.outstanding > 0
            sums["late"] += state.past_due_days > 0
        expected = tuple(sums[name] for name in ("outstanding", "interest", "overdue", "loans", "late"))
        if day in found and found[day] != expected:
            differences[day] = f"warehouse {found[day]}, independently {expected}"
    return differences
