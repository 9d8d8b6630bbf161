"""Limits, caps and thresholds of edits are dated rows of seeds: a stricter row makes an edit fire from its day on, and not before.

The platform is the one that just keeps every rule. CN-E15 also gets what is known of filings and of the platform profile.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from glassbook.catalogue import findings_sql, load_checks
from glassbook.money import round_half_up
from glassbook.profile import load_profile
from glassbook.snapshots import Snapshot
from reports.filing.declare.period import parse_period
from reports.filing.declare.regime import load_regime
from reports.filing.make.edit_facts import hand_in_facts
from tests.glassbook.test_profile import simulated
from tests.support import homes
from tests.support.edit_platforms import STEADY_END

# Edit, the row that makes it fire (the day it holds from is filled in), how many findings it then has.
STRICTER = [
    ("e01", "cn_limits", "'natural_person_outstanding', 599.99", 6),
    ("e02", "cn_limits", "'enterprise_outstanding', 599.99", 6),
    ("e06", "cn_thresholds", "'split_term_hold_days', 8", 2),
    ("e08", "cn_thresholds", "'lender_concentration_share', 0.22", 4),
    ("e08", "cn_thresholds", "'borrower_concentration_share', 0.083333", 12),
    ("e11", "cn_thresholds", "'monthly_move_share', 0.05", 4),
    ("e15", "cn_thresholds", "'risk_event_hours', 24", 1),
    ("e18w", "cn_thresholds", "'plan_interest_tolerance_share', 0.005", 3),
]


@pytest.fixture(scope="module")
def copy(steady: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the warehouse on which every rule holds."""
    path = tmp_path_factory.mktemp("copy") / steady.database.name
    shutil.copyfile(steady.database, path)
    return path


@pytest.fixture
def warehouse(copy: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """That copy; what a test changes is taken back."""
    with duckdb.connect(str(copy)) as connection:
        connection.execute("begin")
        yield connection
        connection.execute("rollback")


def findings(connection: duckdb.DuckDBPyConnection, edit: str, day: date = STEADY_END) -> list[tuple[str, str]]:
    """Entity and value of each finding."""
    check = next(check for check in load_checks() if check.code == f"CN-{edit.upper()}")
    found = findings_sql(check, f"date '{day}'")
    return connection.execute(f"select entity, masked_value from {found} order by all").fetchall()


@pytest.mark.parametrize(("edit", "seed", "row", "count"), STRICTER, ids=[f"{e} {r.split(chr(39))[1]}" for e, _, r, _ in STRICTER])
def test_a_change_of_law_is_a_row(warehouse: duckdb.DuckDBPyConnection, edit: str, seed: str, row: str, count: int) -> None:
    assert findings(warehouse, edit) == []
    warehouse.execute(f"insert into {seed} values ({row}, date '{STEADY_END + timedelta(days=1)}', 'a later law')")
    assert findings(warehouse, edit) == []
    warehouse.execute(f"insert into {seed} values ({row}, date '{STEADY_END}', 'this law')")
    assert len(findings(warehouse, edit)) == count


def test_a_claim_is_looked_at_from_its_age_on(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("insert into cn_thresholds values ('split_term_hold_days', 8, date '2019-01-01', 'test')")
    # Disbursed on 10 February, 10 March and 10 April: 79, 51 and 20 days ago.
    for age, count in ((79, 0), (78, 1), (51, 1), (50, 2), (19, 3)):
        warehouse.execute("delete from cn_thresholds where threshold_code = 'split_term_age_days'")
        warehouse.execute(f"insert into cn_thresholds values ('split_term_age_days', {age}, date '2019-01-01', 'test')")
        assert len(findings(warehouse, "e06")) == count


def test_a_concentration_is_that_of_the_positions_that_are_disclosed(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("insert into cn_thresholds values ('lender_concentration_share', 0.01, date '2019-01-01', 'test')")
    warehouse.execute("update ldg_claim_shares set share = 142857142857142857142857 * (1 + lender_id % 3) where share <> 0")
    positions = warehouse.execute(f"select lender_id, position_amount from rpt_cn_lenders_as_of(date '{STEADY_END}')").fetchall()
    expected = {f"user {lender}": str(round_half_up(amount, 2)) for lender, amount in positions if amount}
    assert len({amount % Decimal("0.01") for _, amount in positions}) > 2, "there is something to round"
    assert dict(findings(warehouse, "e08")) == expected


@pytest.mark.parametrize(
    ("contracted", "cap", "warning"),
    [
        ("2012-07-05", None, None),  # no reference rate is known for the day
        ("2014-11-21", "0.240000", None),  # 4 x 6.00 %
        ("2014-11-22", "0.224000", None),  # 4 x 5.60 %
        ("2015-08-31", "0.184000", None),  # 4 x 4.60 %
        ("2015-09-01", "0.360000", "0.240000"),
        ("2020-08-19", "0.360000", "0.240000"),
        ("2020-08-20", "0.154000", None),  # 4 x 3.85 %
        ("2022-01-19", "0.152000", None),
        ("2022-01-20", "0.148000", None),
        ("2025-05-20", "0.120000", None),
    ],
)
def test_the_cap_is_that_of_the_day_of_the_contract(
    warehouse: duckdb.DuckDBPyConnection, contracted: str, cap: str | None, warning: str | None
) -> None:
    warehouse.execute(f"update fct_loan_contracts set signed_on = date '{contracted}'")
    day = max(STEADY_END, date.fromisoformat(contracted))
    query = f"select distinct cap_rate, warning_rate from rpt_cn_yearly_costs_as_of(date '{day}')"
    expected = tuple(None if rate is None else Decimal(rate) for rate in (cap, warning))
    assert warehouse.execute(query).fetchall() == [expected]


def test_a_contract_counts_from_the_day_it_was_signed_on_and_proves_something_by_its_hash(warehouse: duckdb.DuckDBPyConnection) -> None:
    loan = warehouse.execute("select max(loan_id) from ldg_loans").fetchall()[0][0]
    contracted = f"select contracted_on from rpt_cn_yearly_costs_as_of(date '{STEADY_END}') where loan_id = {loan}"
    warehouse.execute(f"update fct_loan_contracts set has_known_hash = false, signed_on = date '2019-03-28' where loan_id = {loan}")
    assert warehouse.execute(contracted).fetchall() == [(date(2019, 3, 28),)], "without a hash it has its day all the same"
    assert findings(warehouse, "e16") == [(f"loan {loan}", "0")]
    warehouse.execute(f"update fct_loan_contracts set has_known_hash = true, signed_on = date '2019-05-01' where loan_id = {loan}")
    assert warehouse.execute(contracted).fetchall() == [(date(2019, 4, 10),)], "not signed yet: the day of disbursement"
    assert findings(warehouse, "e16") == [(f"loan {loan}", "0")]


def test_a_contract_without_a_signer_is_that_of_one_buyer_alone(warehouse: duckdb.DuckDBPyConnection) -> None:
    loan, buyer = warehouse.execute(
        "select loan_id, any_value(buyer_id) from stg_claim_transfers group by 1 order by 1 limit 1"
    ).fetchall()[0]
    warehouse.execute(f"update fct_loan_contracts set user_id = null where contract_kind = 'claim_transfer' and loan_id = {loan}")
    assert findings(warehouse, "e16") == [], "four contracts for the four purchases of the loan's buyer"
    warehouse.execute(
        "insert into stg_claim_transfers by name select * replace (0 as transfer_id, seller_id as buyer_id, buyer_id as seller_id) "
        f"from stg_claim_transfers where loan_id = {loan} order by transfer_id limit 1"
    )
    assert {entity for entity, _ in findings(warehouse, "e16")} == {f"loan {loan}, buyer {buyer}", f"loan {loan}, buyer 1"}


def test_the_yearly_cost_counts_interest_fees_and_time(warehouse: duckdb.DuckDBPyConnection) -> None:
    # 9.00 interest on 100 for one, two and three months: 9 / 50 a year = 18 %; 20 % with a fee of 1.00, 24 % with one of 3.00.
    query = f"select yearly_cost_rate, count(*) from rpt_cn_yearly_costs_as_of(date '{STEADY_END}') group by all order by 1"
    assert warehouse.execute(query).fetchall() == [(Decimal("0.198800"), 3), (Decimal("0.200000"), 30), (Decimal("0.240000"), 3)]
    warehouse.execute("update stg_fees set amount = 3.01 where amount = 3.00")
    assert (len(findings(warehouse, "e07")), len(findings(warehouse, "e07w"))) == (0, 3)
    later = date(2020, 8, 20)
    warehouse.execute(f"update fct_loan_contracts set signed_on = date '{later}'")
    assert (len(findings(warehouse, "e07", later)), len(findings(warehouse, "e07w", later))) == (36, 0)


def test_the_cost_that_the_platform_records_counts_where_it_is_more(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("update stg_loans set borrower_annual_cost = 0.36 where loan_id = (select max(loan_id) from stg_loans)")
    assert (findings(warehouse, "e07"), [value for _, value in findings(warehouse, "e07w")]) == ([], ["0.360000"])
    warehouse.execute("update stg_loans set borrower_annual_cost = 0.360001 where borrower_annual_cost = 0.36")
    assert ([value for _, value in findings(warehouse, "e07")], findings(warehouse, "e07w")) == (["0.360001"], [])


@pytest.mark.parametrize(
    ("method", "interest"),
    # 300 at 1 % a month for three months: on all of it to the end, 3 + 2 + 1, and 3 payments of 102.0066.
    [("bullet", None), ("interest_first", None), ("equal_principal", "6.00"), ("equal_instalment", "6.02")],
)
def test_interest_follows_from_rate_method_and_term(warehouse: duckdb.DuckDBPyConnection, method: str, interest: str | None) -> None:
    warehouse.execute(f"update stg_products set repayment_method = '{method}'")
    found = {text for (text,) in warehouse.execute(f"select message from rpt_cn_edit_e18(date '{STEADY_END}')").fetchall()}
    said = {f"interest of the plan is {paid}, rate, method and term give {interest}" for paid in ("9.00", "8.94")}
    assert found == (said if interest else set())


@pytest.mark.parametrize(
    ("rate", "interest"),
    # 36 payments of 450.0000 at 150 % a month, of 13.2334 at 2.75 %, and of 24,975.0000 at 8,325 %.
    [("18", "15900.00"), ("0.33", "176.40"), ("999", "898800.00")],
)
def test_a_rate_out_of_all_sense_is_judged_like_any_other(warehouse: duckdb.DuckDBPyConnection, rate: str, interest: str) -> None:
    newest = "(select max(loan_id) from stg_instalments)"
    warehouse.execute("update stg_products set repayment_method = 'equal_instalment'")
    warehouse.execute(f"update ldg_loans set annual_rate = {rate}, term_months = 36 where loan_id = {newest}")
    warehouse.execute(f"update fct_plan_totals set instalments_count = 36, interest_amount = 108.00 where loan_id = {newest}")
    query = f"select message from rpt_cn_edit_e18(date '{STEADY_END}') where entity = 'loan ' || {newest}"
    assert warehouse.execute(query).fetchall() == [(f"interest of the plan is 108.00, rate, method and term give {interest}",)]


def test_a_filing_that_is_due_must_be_submitted(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = (
        "'filing', '2019-02', date '2019-03-07', date '2019-03-08', 'draft'",
        f"'filing', '2019-03', date '{STEADY_END}', null, 'refused'",
    )
    for row in rows:
        warehouse.execute(f"insert into ctl_obligations values ('cn', {row}), ('other', {row.replace('2019-02', '2019-01')})")
    assert findings(warehouse, "e15") == [("filing cn 2019-03", "refused")], "February is filed, and another version being prepared"
    warehouse.execute("update ctl_obligations set state = null")
    assert findings(warehouse, "e15") == [("filing cn 2019-03", "none")]
    assert findings(warehouse, "e15", STEADY_END - timedelta(days=1)) == [], "it is not due yet"


def test_a_change_of_the_profile_must_be_disclosed(steady: Snapshot, tmp_path: Path) -> None:
    path = simulated(tmp_path / "profile")
    settings = homes.home(tmp_path / "home")
    with duckdb.connect(str(steady.database), read_only=True) as connection:
        hand_in_facts(connection, settings, load_regime("cn"), load_profile(path), (), parse_period("2019-04", "monthly"))
        assert findings(connection, "e15") == []
        told = path.read_text("utf-8")
        assert "disclosed_on: 2019-03-04" in told
        path.write_text(told.replace("disclosed_on: 2019-03-04", "disclosed_on: null"), "utf-8")
        hand_in_facts(connection, settings, load_regime("cn"), load_profile(path), (), parse_period("2019-04", "monthly"))
        undisclosed = [entity for entity, _ in findings(connection, "e15")]
        assert len(undisclosed) == 3 and "profile registration:2019-02-25:changed" in undisclosed
        # Ten working days from Monday 25 February.
        assert findings(connection, "e15", date(2019, 3, 10)) == [] != findings(connection, "e15", date(2019, 3, 11))
