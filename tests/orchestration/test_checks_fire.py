"""Every check of the catalogue can fire, and none does on a platform with nothing wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from glassbook import engine
from glassbook.catalogue import load_checks
from glassbook.errors import CheckFailed
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect, current_snapshot, has_snapshot
from ingestion.loading.load import ingest
from tests.support import homes
from tests.support.edit_platforms import BROKEN_END, LOADED, STEADY_END, steady_platform
from warehouse import build
from warehouse.build import run_build
from warehouse.checks import require_blocking_checks, run_checks, write_results
from warehouse.dbt_runner import DbtRun, Project

# What no input can bring about is done to a copy of a warehouse: the statement that breaks what the check watches.
SPOILED = {
    "GB-I01": "update fct_portfolio_daily set outstanding_amount = outstanding_amount + 0.01 where day_on = date '2019-03-15'",
    "GB-I02": "update ldg_share_changes set share_change = share_change * 2",
    "GB-I03": "update ldg_loan_states set valid_to = valid_to - 1 where valid_from = (select min(valid_from) from ldg_loan_states)",
    "GB-I04": "create table added_up as select * from fct_portfolio_as_of(date '2019-04-30'); "
    "delete from added_up where segment_kind = 'borrower' and segment_id = (select max(borrower_id)::varchar from ldg_loans); "
    "create or replace macro fct_portfolio_as_of(as_of_on) as table select * from added_up",
    "GB-I05": "delete from stg_repayments where repayment_id = 1",
    "GB-I06": "insert into stg_repayments select * from stg_repayments where repayment_id = 1",
}


def outcomes(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, int]]:
    """Outcome and number of findings by code."""
    of_catalogue = [check.code for check in load_checks()]
    query = "select check_code, outcome, finding_count from chk_outcomes where list_contains(?, check_code)"
    rows = connection.execute(query, [of_catalogue]).fetchall()
    counted = dict(connection.execute("select check_code, count(*) from chk_findings group by all").fetchall())
    assert {code: count for code, _, count in rows if count} == counted
    return {code: (outcome, count) for code, outcome, count in rows}


@pytest.fixture
def spoilable(steady: Snapshot, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with nothing wrong that may be written to."""
    copy = tmp_path / steady.database.name
    shutil.copyfile(steady.database, copy)
    with duckdb.connect(str(copy)) as connection:
        yield connection


def test_every_check_fires_on_some_platform(broken: Snapshot) -> None:
    with connect(broken.database) as connection:
        found = outcomes(connection)
    assert broken.as_of == BROKEN_END
    # A value that cannot be read comes only from a database (test_unreadable_rows.py): a folder with one is refused.
    shown_elsewhere = {*SPOILED, "GB-F06"}
    assert {code for code, (outcome, _) in found.items() if outcome == "failed"} | shown_elsewhere == {c.code for c in load_checks()}
    assert {outcome for outcome, _ in found.values()} == {"passed", "failed"}


def test_each_finding_says_where_and_what(broken: Snapshot) -> None:
    with connect(broken.database) as connection:
        rows = connection.execute("select check_code, as_of_on, entity, field, message from chk_findings").fetchall()
    assert all(None not in row for row in rows)
    where = {(row[0], row[2]) for row in rows}
    assert {("CN-E01", "user 1"), ("CN-E02", "user 2"), ("CN-E03", "repayment 1"), ("CN-E05", "loan 3"), ("CN-E10", "loan 3")} <= where
    assert ("GB-F01", "repayments repayment_id=6") in where
    assert [(row[2], row[3], row[4]) for row in rows if row[0] == "GB-M03"] == [
        (
            "cost of sms, campaign none, 2019-06",
            "branch",
            "details by branch of sms, campaign none, in 2019-06 add up to 6.00, its cost is 5.00: 1.00 too much",
        )
    ]


def test_the_right_number_of_findings(broken: Snapshot) -> None:
    with connect(broken.database) as connection:
        found = outcomes(connection)
    once = (
        "GB-F01",
        "GB-F02",
        "GB-F03",
        "GB-F04",
        "GB-F05",
        "GB-F07",
        "GB-I07",
        "GB-M01",
        "GB-M02",
        "GB-M03",
        "CN-E01",
        "CN-E02",
        "CN-E03",
        "CN-E04",
        "CN-E05",
        "CN-E06",
        "CN-E07",
        "CN-E07W",
    )
    once += ("CN-E09W", "CN-E12", "CN-E15", "CN-E19", "CN-E21", "CN-E22", "CN-E24", "CN-E28", "CN-E29")
    once += ("CN-E30", "CN-E31", "CN-E33", "CN-E34", "CN-E36")
    assert {code: found[code][1] for code in once} == dict.fromkeys(once, 1)
    # A loan that was not wholly funded, and one of which more was sold than held.
    assert found["CN-E10"][1] == 2
    # Of custody: two references and two days, one reference in two spellings; of guarantors: one over its limit, one that left; of
    # contracts: every loan, and a buyer.
    assert {code: found[code][1] for code in ("CN-E09", "CN-E20", "CN-E13", "CN-E14", "CN-E16")} == {
        "CN-E09": 4,
        "CN-E20": 2,
        "CN-E13": 6,
        "CN-E14": 2,
        "CN-E16": 17,
    }


def test_a_contract_without_a_hash_is_kept(broken: Snapshot) -> None:
    with connect(broken.database) as connection:
        assert connection.execute("select contract_kind, signed_on, has_known_hash from fct_loan_contracts").fetchall() == [
            ("loan", date(2019, 2, 10), False)
        ]


def test_no_check_fires_on_a_steady_platform(steady: Snapshot) -> None:
    assert steady.as_of == STEADY_END
    with connect(steady.database) as connection:
        assert outcomes(connection) == {check.code: ("passed", 0) for check in load_checks()}


def test_no_check_fires_on_a_simulated_platform_without_anomalies(tmp_path: Path) -> None:
    # Not a month end: a few hundred loans move by more than the thresholds of CN-E11 by chance. With fewer one borrower is more than 10 %.
    settings = homes.simulated_home(tmp_path / "home", date(2019, 12, 15), loans=450)
    with connect(current_snapshot(settings).database) as connection:
        assert outcomes(connection) == {check.code: ("passed", 0) for check in load_checks()}


@pytest.mark.parametrize("code", sorted(SPOILED))
def test_a_blocking_check_fires_and_holds_the_snapshot_back(code: str, spoilable: duckdb.DuckDBPyConnection) -> None:
    spoilable.execute(SPOILED[code])
    write_results(spoilable, STEADY_END, run_checks(spoilable, STEADY_END, 2), ())
    outcome, count = outcomes(spoilable)[code]
    assert outcome == "failed" and count > 0
    with pytest.raises(CheckFailed, match=f"{code} failed"):
        require_blocking_checks(spoilable)


def test_every_blocking_check_is_shown_to_block() -> None:
    assert {check.code for check in load_checks() if check.is_blocking} == set(SPOILED)


def test_a_check_that_crashes_is_no_pass(spoilable: duckdb.DuckDBPyConnection) -> None:
    spoilable.execute("alter table ldg_loan_states rename column valid_to to ends_on")
    write_results(spoilable, STEADY_END, run_checks(spoilable, STEADY_END, 2), ())
    assert outcomes(spoilable)["GB-I03"] == ("crashed", 0)
    with pytest.raises(CheckFailed, match="GB-I03 crashed"):
        require_blocking_checks(spoilable)


def test_a_blocking_check_leaves_the_snapshot_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Settings = homes.home(tmp_path / "home")
    ingest(homes.at(settings, LOADED), steady_platform(4).write(tmp_path / "source"))
    ran: list[Any] = []

    def spoil(project: Project, of: Settings, database: Path, *more: Any) -> DbtRun:
        run = run_dbt(project, of, database, *more)
        with engine.connect(database, options=engine.build_options(of)) as connection:
            ran.append(connection.execute(SPOILED["GB-I05"]))
        return run

    run_dbt = build.run_dbt
    with monkeypatch.context() as patched:
        patched.setattr(build, "run_dbt", spoil)
        with pytest.raises(CheckFailed, match="GB-I05"):
            run_build(settings)
    assert ran and not has_snapshot(settings)
    assert run_build(settings) == current_snapshot(settings)
