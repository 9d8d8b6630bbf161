"""A platform of four loans that is loaded twice: the second load brings what the first did not know about December.

Belongs here: the records, the two loads, and the filings made after each. Does not: what any test expects of them
(each test computes that by hand).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from ingestion.loading.load import ingest
from reports.filing.acts.writing import FilingResult, write_filing
from reports.filing.life.log import NewEntry, open_log
from reports.filing.life.states import signed_folder
from simulator.plan import Plan
from simulator.profile import write_profile
from tests.support import homes
from tests.support.platform import Platform
from warehouse.build import run_build

FIRST_LOAD = datetime(2020, 1, 3, 2, tzinfo=UTC)
BETWEEN = datetime(2020, 1, 4, 2, tzinfo=UTC)
SECOND_LOAD = datetime(2020, 1, 10, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Restated:
    """The home, and per load its snapshot and the filing of December that was made of it."""

    settings: Settings
    snapshots: tuple[Snapshot, Snapshot]
    filings: tuple[FilingResult, FilingResult]


def records() -> tuple[Platform, Platform]:
    """The platform as first reported, and as reported a week later."""
    p = Platform()
    late, reversed_, corrected, plain = p.users(4)
    # Unpaid as first known: 505.00 overdue since 10 December.
    one = p.loan("1000.00", disbursed_at="2019-10-10 10:00", borrower_id=late)
    p.plan(one, [("2019-11-10", "500.00", "10.00"), ("2019-12-10", "500.00", "5.00")])
    p.repay(one, 1, "2019-11-10 10:00", "500.00", "10.00")
    # Paid as first known.
    two = p.loan("5000.00", disbursed_at="2019-11-05 10:00", borrower_id=reversed_)
    p.plan(two, [("2019-12-05", "5000.00", "50.00")])
    paid = p.repay(two, 1, "2019-12-05 10:00", "5000.00", "50.00")
    three = p.loan("3000.00", "0.12", disbursed_at="2019-12-12 10:00", borrower_id=corrected, term_months=6)
    p.plan(three, [("2020-06-12", "3000.00", "180.00")])
    four = p.loan("4000.00", disbursed_at="2019-09-01 10:00", borrower_id=plain)
    p.plan(four, [("2020-09-01", "4000.00", "480.00")])
    complaint = p.complaint("2019-12-31 10:00")
    p.fee("3.00", "2019-12-02 10:00", user_id=late)

    q = p.copy()
    # Late: of December, and known only now.
    q.repay(one, 2, "2019-12-20 10:00", "500.00", "5.00", created_at="2020-01-08 10:00")
    q.fee("12.50", "2019-12-15 10:00", user_id=late, created_at="2020-01-08 10:00")
    # Reversed: the bank took the payment back within December.
    q.reverse(paid, "2019-12-28 10:00", created_at="2020-01-08 11:00")
    # Corrected: the rate was 10 %, and the borrower is a director.
    q.change("loans", three, "2020-01-08 12:00", annual_rate="0.10")
    q.change("users", corrected, "2020-01-08 12:00", related_party_kind="director")
    # Events of January change nothing in December.
    q.change("loans", one, "2020-01-06 10:00", status="settled", closed_at="2020-01-06 10:00")
    q.change("complaints", complaint, "2020-01-04 10:00", resolved_at="2020-01-04 10:00")
    five = q.loan("700.00", disbursed_at="2020-01-05 10:00", borrower_id=plain)
    q.plan(five, [("2020-07-05", "700.00", "42.00")])
    q.repay(three, 1, "2020-01-07 10:00", "1000.00", created_at="2020-01-07 10:00")
    return p, q


def restated_home(folder: Path) -> Restated:
    """Both loads built and filed: the second filing replaces the first, which stays as it is."""
    settings = homes.home(folder / "home")
    write_profile(settings.home, Plan(loans=1, seed=1, start=date(2018, 1, 1), end=date(2019, 12, 31), has_anomalies=False))
    first, second = records()
    ingest(homes.at(settings, FIRST_LOAD), first.write(folder / "first"))
    before = run_build(settings)
    filed = write_filing(settings, "cn", "2019-12", settings.filings_dir / "cn-2019-12")
    # October was submitted, November opened and never submitted; the edits of the second filing read this from the log of filings.
    with open_log(homes.at(settings, BETWEEN)) as log:
        for period, action, state in (("2019-10", "submit", "submitted"), ("2019-11", "open", "draft")):
            log.append(
                NewEntry(regime="cn", period=period, version=1, action=action, from_state=None, state=state, who="preparer", seal="0" * 64)
            )
    ingest(homes.at(settings, SECOND_LOAD), second.write(folder / "second"))
    after = run_build(settings)
    again = write_filing(settings, "cn", "2019-12", settings.filings_dir / "cn-2019-12-v2", supersedes=filed.folder)
    return Restated(settings, (before, after), (filed, again))


def both_submitted(restated: Restated, home: Path, reason: str) -> Settings:
    """A copy of the home in whose log both filings of December were submitted, the second, with a reason, replacing the first."""
    settings = homes.copied(restated.settings, home)
    for version, filed in enumerate(restated.filings, start=1):
        place = signed_folder(settings, "cn", "2019-12", version)
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(filed.folder, place)
        with open_log(homes.at(settings, SECOND_LOAD)) as log:
            for action, why in (("open", None) if version == 1 else ("supersede", reason), ("submit", None)):
                log.append(NewEntry(
                    regime="cn", period="2019-12", version=version, action=action, from_state=None, state="submitted", who="li.na",
                    reason=why, seal=filed.seal,
                ))  # fmt: skip
    return homes.at(settings, SECOND_LOAD)
