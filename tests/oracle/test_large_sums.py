"""Sums of any number of amounts within the stated limit never make a build fail, and are exact to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from glassbook.snapshots import Snapshot, connect
from ingestion.loading.load import ingest
from tests.oracle import comparing
from tests.oracle.ledger import read_book
from tests.support import homes
from tests.support.platform import Platform
from warehouse.build import run_build

# The most that one amount may be (docs/quarantine.md), and how often it comes: together more than 38 digits of 10^-24 cents hold.
MOST, TIMES = "99999999999.99", 60
LOADED = datetime(2019, 7, 1, 2, tzinfo=UTC)
DAYS = (date(2019, 1, 31), date(2019, 2, 28), date(2019, 6, 30))


def a_platform_of_the_largest_amounts() -> Platform:
    """Each kind of row many times: loans of one lender and, each on its own loan, investments, transfers, repayments, instalments."""
    p = Platform()
    rich, other = p.users(2)

    def loan() -> int:
        made = p.loan(MOST, "0.36", {rich: MOST}, "2019-01-10 10:00")
        p.plan(made, [("2019-02-10", MOST, MOST)])
        return made

    funded, sold, repaid, planned = (loan() for _ in range(4))
    for n in range(TIMES):
        loan()
        p.invest(funded, other, MOST, "2019-01-10 09:00")
        p.transfer(sold, rich, other, MOST, "2019-01-20 10:00")
        p.repay(repaid, 1, "2019-02-09 10:00", MOST, MOST)
        p.fee(MOST, "2019-02-09 10:00", loan_id=repaid)
        reference = {"amount": MOST, "custodian_reference": f"R{n}"}
        p.add("fund_movements", user_id=rich, movement_kind="deposit", occurred_at="2019-01-09 10:00", **reference)
        p.add("custodian_entries", user_id=rich, booked_at="2019-01-09 10:00", **reference | {"custodian_reference": "R"})
    p.plan(planned, [("2019-03-10", MOST, MOST)] * TIMES, 2, "2019-02-01 10:00")
    # A sale while almost nothing is outstanding is a share of thousands of millions of it.
    p.reverse(p.repay(sold, 1, "2019-02-01 10:00", "99999999999.98", "0.00"), "2019-02-03 10:00")
    p.transfer(sold, other, rich, MOST, "2019-02-02 10:00")
    return p


def built(p: Platform, folder: Path) -> Snapshot:
    settings = homes.home(folder / "home")
    ingest(homes.at(settings, LOADED), p.write(folder / "source"))
    return run_build(settings)


def broken(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Table functions of days that fail with an error on any of the days, by name."""
    functions = "select function_name, parameters from duckdb_functions() where function_type = 'table_macro' and not internal"
    errors = {}
    for name, parameters in connection.execute(functions).fetchall():
        for day in DAYS:
            given = ", ".join("date '2019-01-01'" if parameter == "from_on" else f"date '{day}'" for parameter in parameters)
            try:
                connection.execute(f"select * from {name}({given})").fetchall()
            except duckdb.Error as error:
                errors[f"{name} {day}"] = str(error)
    return errors


def test_the_largest_amounts_many_times_over(tmp_path: Path) -> None:
    snapshot, book = built(a_platform_of_the_largest_amounts(), tmp_path), read_book(tmp_path / "source")
    with connect(snapshot.database) as connection:
        assert connection.execute("select sum(rows_quarantined) from ctl_load_tables").fetchone() == (0,)
        assert broken(connection) == {}
    for day in DAYS:
        assert comparing.different_loans(snapshot, book, day) == {}
        assert comparing.different_positions(snapshot, book, day) == {}
        assert comparing.different_figures(snapshot, book, day) == {}
    assert comparing.different_receipts(snapshot, book, DAYS[0], DAYS[-1]) == {}
    assert comparing.different_operating_figures(snapshot, book, comparing.operating_days(snapshot)) == {}
