"""The simulator writes what the contract requires, the same bytes each time, for any chunks; and protects its folder."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from glassbook.errors import InputError
from ingestion.contract import load_contract
from simulator import clock, simulate
from simulator.commands.simulate import simulate as command
from tests.support.simulated_folders import START, count, opened, platform

# Child table, column, parent table.
REFERENCES = """
    user_verifications.user_id users, credit_assessments.user_id users, credit_assessments.loan_id loans,
    loan_applications.borrower_id users, loan_applications.product_id products, loans.borrower_id users,
    loans.application_id loan_applications, loans.institution_id institutions, loans.branch_id branches,
    loans.original_lender_id users, loans.product_id products, investments.loan_id loans, investments.lender_id users,
    claim_transfers.loan_id loans, claim_transfers.seller_id users, claim_transfers.buyer_id users,
    claim_offers.transfer_id claim_transfers,
    instalments.loan_id loans, repayments.loan_id loans, repayments.reverses_repayment_id repayments,
    contracts.loan_id loans, contracts.user_id users, loan_events.loan_id loans, collection_actions.loan_id loans,
    payment_promises.action_id collection_actions,
    risk_reserve_movements.loan_id loans, fees.loan_id loans, fees.user_id users, fund_movements.user_id users,
    fund_movements.loan_id loans, custodian_entries.user_id users, web_sessions.user_id users,
    marketing_costs.campaign_id campaigns, marketing_cost_details.campaign_id campaigns,
    invitations.inviter_id users, invitations.invitee_id users,
    commissions.user_id users, commissions.campaign_id campaigns,
    rewards.user_id users, rewards.campaign_id campaigns, messages.user_id users, messages.campaign_id campaigns,
    message_deliveries.message_id messages,
    media_mentions.campaign_id campaigns, complaints.user_id users
"""


def digests(folder: Path) -> dict[str, str]:
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.rglob("*") if f.is_file()}


@pytest.mark.parametrize("table", load_contract().tables)
def test_table_follows_the_contract(table: str) -> None:
    contract = load_contract().tables[table]
    with opened(platform()) as database:
        written = [(name, kind) for name, kind, *_ in database.execute(f"DESCRIBE {table}").fetchall()]
        assert written == [(column.name, column.duckdb_type) for column in contract.columns]
        assert count(database, f"FROM {table}") > 0
        key = ", ".join(contract.key)
        assert count(database, f"SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1") == 0
        for column in contract.columns:
            if not column.nullable:
                assert count(database, f"FROM {table} WHERE {column.name} IS NULL") == 0, column.name
            if column.values:
                assert count(database, f"FROM {table} WHERE {column.name} NOT IN {column.values}") == 0, column.name


@pytest.mark.parametrize("reference", [r.strip() for r in REFERENCES.split(",")])
def test_every_reference_leads_somewhere(reference: str) -> None:
    child, parent = reference.split()
    table, column = child.split(".")
    key = load_contract().tables[parent].key[0]
    with opened(platform()) as database:
        lost = f"SELECT {column} FROM {table} WHERE {column} <> 0 AND {column} NOT IN (SELECT {key} FROM {parent})"
        assert count(database, lost) == 0


def test_same_arguments_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        simulate(tmp_path / name, 300, 11, START, date(2018, 12, 31))
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    simulate(tmp_path / "other", 300, 12, START, date(2018, 12, 31))
    assert digests(tmp_path / "other")["loans.parquet"] != digests(tmp_path / "one")["loans.parquet"]


def test_chunks_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "CHUNK_LISTINGS", 100)
    simulate(tmp_path / "many", 400, 7, START, date(2019, 6, 30))
    monkeypatch.undo()
    simulate(tmp_path / "one", 400, 7, START, date(2019, 6, 30))
    with opened(tmp_path / "many") as database:
        assert (tmp_path / "many" / "loans").is_dir()
        for table in load_contract().tables:
            one = f"FROM '{tmp_path}/one/{table}.parquet'"
            assert count(database, f"({one} EXCEPT ALL FROM {table}) UNION ALL (FROM {table} EXCEPT ALL {one})") == 0, table


@pytest.mark.parametrize("loans", [0, 1, 20])
def test_tiny_platforms(tmp_path: Path, loans: int) -> None:
    made = simulate(tmp_path / "tiny", loans, 7, START, date(2020, 1, 31))
    assert made.rows["loans"] >= loans
    assert made.rows["users"] > 0


def test_number_of_listings_and_dates(tmp_path: Path) -> None:
    made = simulate(tmp_path / "p", 500, 3, date(2016, 2, 29), date(2018, 2, 27))
    assert made.rows["loans"] == 500
    assert simulate(tmp_path / "early", 500, 3, date(2016, 2, 29), date(2016, 2, 29)).rows["loans"] == 0
    with pytest.raises(InputError, match="not before the first"):
        simulate(tmp_path / "q", 10, 3, date(2018, 1, 2), date(2018, 1, 1))


def test_folder_is_extended_but_never_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "platform"
    simulate(out, 50, 7, START, date(2018, 6, 30))
    simulate(out, 50, 7, START, date(2018, 9, 30))
    assert json.loads((out / "simulation.json").read_text())["to"] == "2018-09-30"
    before = digests(out)
    with pytest.raises(InputError, match="seed 7, 50 loans"):
        simulate(out, 50, 8, START, date(2018, 9, 30))
    assert digests(out) == before
    foreign = tmp_path / "letters"
    foreign.mkdir()
    (foreign / "mine.txt").write_text("not yours")
    with pytest.raises(InputError, match="no simulation made"):
        simulate(foreign, 50, 7, START, date(2018, 9, 30))
    assert (foreign / "mine.txt").read_text() == "not yours"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["letters", "platform"]


def test_failure_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "platform"
    simulate(out, 50, 7, START, date(2018, 6, 30))
    before = digests(out)
    monkeypatch.setattr("simulator.run.STEPS", ("lending/listing",))
    with pytest.raises(duckdb.CatalogException):
        simulate(out, 50, 7, START, date(2018, 9, 30))
    assert digests(out) == before
    assert [p.name for p in tmp_path.iterdir()] == ["platform"]


def test_command(tmp_path: Path) -> None:
    out = tmp_path / "p"
    result = CliRunner().invoke(command, ["--out", str(out), "--loans", "40", "--seed", "5", "--to", "2018-05-31"])
    assert result.exit_code == 0, result.output
    assert "repayments" in result.output
    assert "next: glassbook ingest --source" in result.output
    assert "Example:" in CliRunner().invoke(command, ["--help"]).output
