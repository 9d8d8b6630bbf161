"""What is wrong on purpose is written down, exists by the horizon and does what the list says."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from simulator.anomalies import ALL_PLANTED, STANDING
from tests.support.simulated_folders import count, opened, platform

# For each kind a query that returns the row or rows of the fault; {loan} and the columns of the key are filled in.
FAULTS = {
    "over_limit_individual": "FROM loans JOIN users ON borrower_id = user_id WHERE user_id = {user_id} AND amount > 200000 "
    "AND user_kind = 'individual'",
    "over_limit_enterprise": "FROM loans JOIN users ON borrower_id = user_id WHERE user_id = {user_id} AND amount > 1000000 "
    "AND user_kind = 'enterprise'",
    "platform_compensation": "FROM repayments WHERE repayment_id = {repayment_id} AND payer_kind = 'platform'",
    "unfunded_loan": "FROM loans WHERE loan_id = {loan} AND disbursed_at IS NOT NULL "
    "AND amount > (SELECT sum(amount) FROM investments WHERE loan_id = {loan})",
    "custody_missing": "FROM fund_movements ANTI JOIN custodian_entries USING (custodian_reference) WHERE movement_id = {movement_id}",
    "custody_amount": "FROM fund_movements AS m JOIN custodian_entries AS e USING (custodian_reference) "
    "WHERE movement_id = {movement_id} AND e.amount = m.amount + 88",
    "duplicate_row": "FROM repayments WHERE repayment_id = {repayment_id} GROUP BY ALL HAVING count(*) = 2",
    "conflicting_row": "FROM repayments WHERE repayment_id = {repayment_id} HAVING count(*) = 2 AND count(DISTINCT interest) = 2",
    "unknown_value": "FROM fees WHERE fee_id = {fee_id} AND fee_kind = 'consulting'",
    "wrong_plan_sum": "FROM instalments JOIN loans USING (loan_id) WHERE loan_id = {loan_id} AND plan_version = 1 "
    "GROUP BY amount HAVING sum(principal_due) = amount + 100",
    "cost_over_cap": "FROM loans WHERE loan_id = {loan_id} AND borrower_annual_cost = 0.38",
    "split_term": "FROM claim_transfers AS t JOIN investments AS i ON t.loan_id = i.loan_id AND t.seller_id = i.lender_id "
    "WHERE t.loan_id = {loan_id} HAVING count(DISTINCT i.investment_id) = "
    "(SELECT count(*) FROM investments WHERE loan_id = {loan_id}) AND max(transferred_at - invested_at) < INTERVAL 7 DAY",
    "guarantor_gone": "FROM loans JOIN institutions USING (institution_id) WHERE loan_id = {loan_id} "
    "AND cooperation_ended_on < disbursed_at",
    "no_contract": "FROM loans WHERE loan_id = {loan_id} AND disbursed_at IS NOT NULL "
    "AND loan_id NOT IN (SELECT loan_id FROM contracts WHERE contract_kind = 'loan')",
    "related_party": "FROM users WHERE user_id = {user_id} AND related_party_kind IS NOT NULL",
    "tiny_arrears": "FROM repayments AS r JOIN instalments AS i USING (loan_id, instalment_no) WHERE loan_id = {loan_id} "
    "AND interest = interest_due - 0.45",
    "reversed_twice": "FROM repayments WHERE reverses_repayment_id = {repayment_id} HAVING count(*) = 2",
    "plan_beyond_amount": "FROM instalments JOIN loans USING (loan_id) WHERE loan_id = {loan_id} GROUP BY amount "
    "HAVING max(principal_due) > 2 * amount",
    "no_plan": "FROM loans WHERE loan_id = {loan_id} AND disbursed_at IS NOT NULL AND loan_id NOT IN (SELECT loan_id FROM instalments)",
    "unknown_instalment": "FROM repayments WHERE repayment_id = {repayment_id} AND instalment_no = 0",
    "negative_repayment": "FROM repayments WHERE repayment_id = {repayment_id} AND fee < 0 AND reverses_repayment_id IS NULL",
    "paid_too_soon": "FROM repayments JOIN loans USING (loan_id) WHERE repayment_id = {repayment_id} AND paid_at < disbursed_at",
    "oversold": "FROM claim_transfers AS t WHERE transfer_id = {transfer_id} "
    "AND seller_id NOT IN (SELECT lender_id FROM investments AS i WHERE i.loan_id = t.loan_id)",
    "own_lender": "FROM investments JOIN loans USING (loan_id) WHERE investment_id = {investment_id} AND lender_id = borrower_id",
    "same_instant": "FROM loans WHERE loan_id = {loan_id} HAVING count(*) = 2 AND count(DISTINCT updated_at) = 1",
    "disbursement_moved": "FROM loans WHERE loan_id = {loan_id} HAVING count(DISTINCT updated_at) = 2 AND count(DISTINCT disbursed_at) = 2",
    "wrong_status": "FROM loans WHERE loan_id = {loan_id} AND status = 'settled' AND closed_at IS NULL",
    "overpaid": "FROM repayments JOIN instalments USING (loan_id, instalment_no) WHERE repayment_id = {repayment_id} "
    "AND principal = principal_due + 100",
    "late_plan": "FROM loans WHERE loan_id = {loan_id} "
    "AND disbursed_at < (SELECT min(created_at) FROM instalments WHERE loan_id = {loan_id})",
    "custody_midnight": "FROM fund_movements JOIN custodian_entries AS e USING (custodian_reference) WHERE movement_id = {movement_id} "
    "AND booked_at - occurred_at = INTERVAL 5 SECOND",
    "custody_spelling": "FROM fund_movements AS m JOIN custodian_entries AS e ON upper(e.custodian_reference) = m.custodian_reference "
    "WHERE movement_id = {movement_id} AND e.custodian_reference <> m.custodian_reference",
    "undisclosed_risk_event": "FROM risk_events WHERE risk_event_id = {risk_event_id} AND disclosed_at IS NULL",
    "licence_lost": "FROM institutions WHERE institution_id = {institution_id} AND licence_no IS NULL",
}


def listed(**arguments: Any) -> list[dict[str, Any]]:
    text = (platform(anomalies=True, **arguments) / "anomalies.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)
    return found


def test_all_are_planted_and_described() -> None:
    entries = listed()
    assert len(entries) == len(ALL_PLANTED) + len(STANDING)
    assert {entry["kind"] for entry in entries} == set(FAULTS)
    for entry in entries:
        assert entry.keys() == {"kind", "table", "key", "loan_id", "check_code", "also", "description"}


@pytest.mark.parametrize("kind", FAULTS)
def test_fault_is_there(kind: str) -> None:
    with opened(platform(anomalies=True)) as database:
        for entry in listed():
            if entry["kind"] == kind:
                query = FAULTS[kind].format(loan=entry["loan_id"], **entry["key"])
                assert count(database, "SELECT 1 " + query) == 1, query


def test_they_come_in_the_second_year_and_only_once_they_are_known() -> None:
    assert listed(end=date(2018, 12, 31)) == []
    kinds = [entry["kind"] for entry in listed(end=date(2019, 6, 30))]
    assert 0 < len(kinds) < len(ALL_PLANTED)


def test_none_without_them() -> None:
    assert json.loads((platform() / "anomalies.json").read_text()) == []
