"""A home of the least that a platform can supply: the required tables alone, in another currency than that of its home regime.

Belongs here: making it. Does not: what any test expects of it. Nobody may change it: a test that has to, copies it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from glassbook.settings import Settings
from glassbook.snapshots import make_current
from ingestion.contract import load_contract
from ingestion.loading.load import ingest
from tests.support.homes import home
from tests.support.platform import Platform
from warehouse.build import run_build

OPTIONAL = {name for name, table in load_contract().tables.items() if not table.required}
CURRENCY = "JPY"


def bare_settings(folder: Path) -> Settings:
    """Settings of the home in `folder`."""
    return home(folder / "home", currency=CURRENCY, clock_now=datetime(2019, 7, 2, 1, tzinfo=UTC))


def build_bare_home(folder: Path) -> None:
    """Three people who registered in June and one on its last day, a loan of the same month, and a repayment."""
    p = Platform()
    lender, borrower, _ = (p.user(registered_at="2019-06-01 10:00") for _ in range(3))
    p.loan("100", lenders={lender: "100"}, loan_id=1, borrower_id=borrower, disbursed_at="2019-06-03 10:00")
    p.plan(1, [("2019-06-10", "50", "1"), ("2019-07-10", "50", "1")])
    p.repay(1, 1, "2019-06-10 10:00", "50", "1")
    p.user(registered_at="2019-06-30 10:00")
    settings = bare_settings(folder)
    ingest(settings, p.write(folder / "platform", without=OPTIONAL))
    make_current(settings, run_build(settings))
