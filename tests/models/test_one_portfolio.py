"""What is outstanding and what is overdue is added up in one place; without it no regime has a figure, and neither have executives."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from glassbook import regimes
from glassbook.catalogue import load_metrics
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from reports.filing.declare.regime import regime_names
from tests.dialect.compiling import compiled_statements
from tests.models.adding_up import adds_up
from tests.support.built import LAST
from warehouse.dbt_runner import PROJECT_DIR, Project
from warehouse.regimes import known_regimes

PORTFOLIO = "fct_portfolio_as_of"
AMOUNTS = re.compile(r"(interest_)?(outstanding|overdue|owed)(_change)?_amount")
# Models that may add such amounts up, and why.
MAY = {
    PORTFOLIO: "the one place",
    "ldg_balance_changes": "the ledger's changes of one loan on one day",
    "ldg_loan_states": "the ledger's running sums of one loan",
    "fct_portfolio_daily": "the series of flows and running balances; GB-I01 holds it against the one place every day",
    "chk_segment_totals": "GB-I04 adds the segments up again, which is its proof",
    "ldg_share_changes": "shares: the part of what was outstanding that a transfer moved",
    "rpt_operations_segments_as_of": "the total, of the portfolio's rows by product: every loan has one",
    "fct_falling_due_as_of": "what falls due by horizon, of instalments; arrears are apart",
    "rpt_operations_dues_as_of": "the same by loan and day, of instalments",
    "rpt_operations_cash_as_of": "what falls due by day, of instalments; arrears are apart",
    "rpt_cn_claims_as_of": "claims of lenders: share × outstanding principal of each loan, which fct_loans_as_of says",
    "ldg_positions_as_of": "cents that rounding leaves over, within one loan",
    "fct_roll_rates": "by bucket of days past due at a month end; a data test holds all buckets against the daily series",
    "fct_expected_losses": "what of the buckets of fct_roll_rates is likely to be lost",
    "fct_user_open_value": "what a lender holds: share × outstanding principal of each loan, which ldg_loan_states says",
    "fct_lender_cohorts": "what the lenders of a cohort hold: share × outstanding principal of each loan, which ldg_loan_states says",
    "fct_concentration_as_of": "squares of what each borrower owes, which the one place says",
}


def test_no_other_model_adds_up_what_is_outstanding_or_overdue() -> None:
    found: dict[str, list[str]] = {}
    for statement in compiled_statements():
        # A data test, which is declared in a yml, may: it compares a model with the one place.
        if statement.path.startswith("models/") and statement.path.endswith(".sql"):
            found.setdefault(statement.name, []).extend(adds_up(statement.sql, AMOUNTS))
    assert len(found) > 100
    assert {name: sums for name, sums in found.items() if sums and name not in MAY} == {}
    assert {name for name in MAY if not found[name]} == set(), "no reason is needed for what is not done"


@pytest.mark.parametrize(
    "sql",
    [
        "select sum(outstanding_amount) from t",
        "select sum(t.overdue_amount) over (order by day_on) from t",
        "select sum(x) from (select l.outstanding_amount as x from l)",
        "select sum(x) from (select 0 as x union all select -outstanding_amount from l)",
        "with p (x) as (select interest_outstanding_amount from l) select sum(x) from p",
        "select sum(n) from (select unnest([{'n': owed_amount}], recursive := true) from l)",
        "select avg(case when a then owed_amount end) from l",
        "select list_sum(list(overdue_amount)) from l",
    ],
)
def test_adding_up_is_seen_under_any_name(sql: str) -> None:
    assert adds_up(sql, AMOUNTS)


@pytest.mark.parametrize(
    "sql",
    [
        "select sum(case when outstanding_amount > 0 then 1 else 0 end), count(*) filter (where overdue_amount > 0) from l",
        "select sum(outstanding_amount > 0), max(outstanding_amount) from l",
        "select sum(amount) from (select amount from fees)",
    ],
)
def test_counting_and_choosing_is_no_adding_up(sql: str) -> None:
    assert adds_up(sql, AMOUNTS) == []


def test_every_figure_hangs_on_it(small_home: Settings) -> None:
    nodes = Project(small_home).manifest.nodes
    readers = {PORTFOLIO}
    # Seeds read nothing.
    edges = [(node.name, parent.rsplit(".", 1)[-1]) for node in nodes.values() for parent in getattr(node.depends_on, "nodes", ())]
    while more := {name for name, parent in edges if parent in readers} - readers:
        readers |= more
    figures = {f"rpt_{regime}_figures{ending}" for regime in known_regimes() for ending in ("", "_as_of")}
    figures |= {"rpt_operations_figures", "rpt_operations_segments"}
    assert figures <= readers


@pytest.fixture
def warehouse(small_snapshot: Snapshot, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of a snapshot that a test may spoil."""
    copy = tmp_path / small_snapshot.database.name
    shutil.copyfile(small_snapshot.database, copy)
    with duckdb.connect(str(copy)) as connection:
        yield connection


@pytest.mark.parametrize("regime", known_regimes())
def test_without_it_a_regime_has_no_figures(regime: str, warehouse: duckdb.DuckDBPyConnection) -> None:
    figures = f"select code, value from rpt_{regime}_figures_as_of(date '{LAST}')"
    assert all(value is not None for _, value in warehouse.execute(figures).fetchall())
    warehouse.execute(f"create table held as select * from {PORTFOLIO}(date '{LAST}') where false")
    warehouse.execute(f"create or replace macro {PORTFOLIO}(as_of_on) as table select * from held")
    found = dict(warehouse.execute(figures).fetchall())
    assert {metric.code for metric in load_metrics(regime) if metric.same_as and found[metric.code] is not None} == set()
    warehouse.execute(f"drop macro table {PORTFOLIO}")
    with pytest.raises(duckdb.CatalogException, match=PORTFOLIO):
        warehouse.execute(figures)


def test_the_models_know_the_regimes_that_are_installed() -> None:
    folders = sorted(path.name for path in (PROJECT_DIR / "models" / "marts" / "disclosure").iterdir() if path.is_dir())
    declared = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]["regimes"]
    assert sorted(known_regimes()) == sorted(declared) == regime_names() == folders == list(regimes.known_regimes())
