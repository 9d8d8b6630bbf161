"""The simulated loan book adds up: funding, plans, payments, claims, limits, custody, reserve; and is as varied as promised."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.support.simulated_folders import count, opened, platform

# What must return no row on a platform without anomalies.
NEVER = {
    "lender registers after the investment": """
        SELECT 1 FROM investments JOIN users ON user_id = lender_id WHERE registered_at >= invested_at""",
    "buyer registers after the purchase": """
        SELECT 1 FROM claim_transfers JOIN users ON user_id = buyer_id WHERE registered_at >= transferred_at""",
    "borrower registers after applying": """
        SELECT 1 FROM loan_applications JOIN users ON user_id = borrower_id WHERE registered_at >= applied_at""",
    "listing before approval": """
        SELECT 1 FROM loans JOIN loan_applications USING (application_id) WHERE decision <> 'approved' OR decided_at >= listed_at""",
    "steps of funding out of order": """
        FROM loans WHERE fully_funded_at <= listed_at OR disbursed_at <= fully_funded_at OR closed_at <= listed_at""",
    "investments do not add up": """
        SELECT 1 FROM loans LEFT JOIN (SELECT loan_id, sum(amount) AS total, max(invested_at) AS last_at, min(amount) AS least
            FROM investments GROUP BY 1) USING (loan_id)
        WHERE fully_funded_at IS NOT NULL AND (total IS DISTINCT FROM amount OR last_at <> fully_funded_at OR least <= 0)""",
    "someone lends to himself": "SELECT 1 FROM investments JOIN loans USING (loan_id) WHERE lender_id = borrower_id",
    "plan does not add up": """
        SELECT 1 FROM instalments JOIN loans USING (loan_id) GROUP BY loan_id, plan_version, amount
        HAVING sum(principal_due) <> amount OR min(principal_due) < 0 OR min(interest_due) < 0""",
    "disbursed without plan": "FROM loans ANTI JOIN instalments USING (loan_id) WHERE disbursed_at IS NOT NULL",
    "due dates out of order": """
        SELECT 1 FROM (SELECT due_on, lag(due_on) OVER (PARTITION BY loan_id, plan_version ORDER BY instalment_no) AS before_on
            FROM instalments) WHERE before_on >= due_on""",
    "interest off by more than one per cent": """
        WITH plan AS (
            SELECT *, sum(principal_due) OVER (PARTITION BY loan_id, plan_version ORDER BY instalment_no) - principal_due AS before
            FROM instalments)
        SELECT 1 FROM plan JOIN loans USING (loan_id) JOIN products USING (product_id) GROUP BY loan_id, plan_version
        HAVING abs(sum(interest_due) - sum(CASE WHEN repayment_method = 'bullet' THEN amount * annual_rate * term_months / 12
            ELSE (amount - before) * annual_rate / 12 END)) > sum(interest_due) * 0.01""",
    "paid before disbursement": "SELECT 1 FROM repayments JOIN loans USING (loan_id) WHERE paid_at <= disbursed_at",
    "paid without an instalment": "FROM repayments ANTI JOIN instalments USING (loan_id, instalment_no)",
    "known before paid": "FROM repayments WHERE created_at < paid_at",
    "instalment overpaid": """
        SELECT 1 FROM (SELECT loan_id, instalment_no, sum(principal + interest) AS paid FROM repayments
            WHERE payee_kind = 'lenders' GROUP BY 1, 2)
        JOIN (SELECT loan_id, instalment_no, arg_max(principal_due + interest_due, plan_version) AS due FROM instalments GROUP BY 1, 2)
            USING (loan_id, instalment_no) WHERE paid > due""",
    "negative without reversal": """
        FROM repayments WHERE (least(principal, interest, penalty, fee) < 0) <> (reverses_repayment_id IS NOT NULL)""",
    "reversal of something else": """
        SELECT 1 FROM repayments AS r LEFT JOIN repayments AS o ON r.reverses_repayment_id = o.repayment_id
        WHERE r.reverses_repayment_id IS NOT NULL AND (o.principal, o.interest, o.penalty, o.fee, o.payer_kind, o.payee_kind)
            IS DISTINCT FROM (-r.principal, -r.interest, -r.penalty, -r.fee, 'borrower', 'lenders')""",
    "recovered more than compensated": """
        SELECT 1 FROM repayments GROUP BY loan_id, instalment_no
        HAVING sum(principal + interest) FILTER (WHERE payee_kind <> 'lenders')
            > coalesce(sum(principal + interest) FILTER (WHERE payer_kind <> 'borrower'), 0)""",
    "settled is not paid back": """
        SELECT 1 FROM loans LEFT JOIN (SELECT loan_id, sum(principal) AS back FROM repayments WHERE payee_kind = 'lenders'
            GROUP BY 1) USING (loan_id)
        WHERE disbursed_at IS NOT NULL AND (status = 'settled') <> (coalesce(back, 0) = amount)""",
    "borrower over the limit": """
        WITH moved AS (
            SELECT borrower_id, disbursed_at AS moved_at, amount FROM loans WHERE disbursed_at IS NOT NULL
            UNION ALL SELECT borrower_id, paid_at, -principal FROM repayments JOIN loans USING (loan_id)
            WHERE payee_kind = 'lenders'),
        owed AS (SELECT borrower_id, sum(amount) OVER (PARTITION BY borrower_id ORDER BY moved_at, amount) AS owed FROM moved)
        SELECT 1 FROM owed JOIN users ON user_id = borrower_id
        WHERE owed > CASE user_kind WHEN 'individual' THEN 200000 ELSE 1000000 END""",
    "cost over the cap": """
        FROM loans WHERE greatest(annual_rate, borrower_annual_cost) > 0.24 OR borrower_annual_cost < annual_rate""",
    "custody by reference": """
        SELECT 1 FROM (SELECT custodian_reference, sum(amount) AS ours FROM fund_movements GROUP BY 1)
        FULL JOIN (SELECT custodian_reference, sum(amount) AS theirs, count(*) AS entries FROM custodian_entries GROUP BY 1)
            USING (custodian_reference) WHERE ours IS DISTINCT FROM theirs OR entries <> 1""",
    "custody by day": """
        SELECT 1 FROM (SELECT (occurred_at + INTERVAL 8 HOUR)::DATE AS day_on, sum(amount) AS ours FROM fund_movements GROUP BY 1)
        FULL JOIN (SELECT (booked_at + INTERVAL 8 HOUR)::DATE AS day_on, sum(amount) AS theirs FROM custodian_entries GROUP BY 1)
            USING (day_on) WHERE ours IS DISTINCT FROM theirs""",
    "lenders received something else": """
        SELECT 1 FROM (SELECT sum(principal + interest + penalty) AS paid FROM repayments WHERE payee_kind = 'lenders'),
            (SELECT sum(amount) AS received FROM fund_movements WHERE movement_kind IN ('repayment_in', 'compensation_in'))
        WHERE paid IS DISTINCT FROM received""",
    "reserve below nothing": """
        SELECT 1 FROM (SELECT sum(amount) OVER (ORDER BY occurred_at, amount DESC) AS balance FROM risk_reserve_movements)
        WHERE balance < 0""",
    "reserve and payments differ": """
        SELECT 1 FROM (SELECT sum(principal + interest + penalty) AS paid FROM repayments WHERE payer_kind = 'risk_reserve'),
            (SELECT -sum(amount) AS moved FROM risk_reserve_movements WHERE movement_kind = 'compensation')
        WHERE paid IS DISTINCT FROM moved""",
    "disbursed without contract": """
        FROM loans ANTI JOIN (FROM contracts WHERE contract_kind = 'loan' AND length(document_sha256) = 64) USING (loan_id)
        WHERE disbursed_at IS NOT NULL""",
    "platform compensates": "FROM repayments WHERE payer_kind = 'platform'",
    "related party borrows": "SELECT 1 FROM loans JOIN users ON user_id = borrower_id WHERE related_party_kind IS NOT NULL",
    "guarantor over its limit": """
        SELECT 1 FROM loans JOIN institutions USING (institution_id) WHERE institution_kind = 'guarantee' AND disbursed_at IS NOT NULL
        GROUP BY institution_id, guarantee_limit, cooperation_ended_on, licence_no
        HAVING sum(amount) > guarantee_limit OR cooperation_ended_on IS NOT NULL OR licence_no IS NULL""",
    "risk event kept secret": """
        FROM risk_events WHERE coalesce(disclosed_at, TIMESTAMP '2019-12-31 16:00:00') > occurred_at + INTERVAL 48 HOUR""",
}  # fmt: skip

# What must be there.
SOMETIMES = {
    "early": "FROM repayments JOIN instalments USING (loan_id, instalment_no) WHERE paid_at < due_on - INTERVAL 1 DAY",
    "late": "FROM repayments JOIN instalments USING (loan_id, instalment_no) WHERE paid_at > due_on + INTERVAL 60 DAY",
    "partial": "FROM repayments GROUP BY loan_id, instalment_no, payee_kind HAVING count(*) = 2 AND min(principal + interest) > 0",
    "reversed": "FROM repayments WHERE reverses_repayment_id IS NOT NULL",
    "by the guarantor": "FROM repayments WHERE payer_kind = 'guarantor'",
    "by the insurer": "FROM repayments WHERE payer_kind = 'insurer'",
    "by the reserve": "FROM repayments WHERE payer_kind = 'risk_reserve'",
    "recovered": "FROM repayments WHERE payee_kind <> 'lenders'",
    "around midnight": "FROM repayments WHERE strftime(paid_at, '%H:%M') BETWEEN '15:50' AND '16:10'",
    "known late": "FROM repayments WHERE created_at > paid_at + INTERVAL 2 HOUR",
    "extended": "FROM loan_events JOIN instalments USING (loan_id) WHERE event_kind = 'extension' AND plan_version = 2",
    "settled early by a new plan": """
        FROM instalments GROUP BY loan_id HAVING count(*) FILTER (WHERE plan_version = 2) BETWEEN 1 AND
            count(*) FILTER (WHERE plan_version = 1) - 1""",
    "written off": "FROM loans WHERE status = 'written_off'",
    "zero rate": "FROM loans JOIN products USING (product_id) WHERE annual_rate = 0 AND is_promotional",
    "odd cents": "FROM loans WHERE amount <> floor(amount)",
    "twelve lenders": "FROM investments GROUP BY loan_id HAVING count(*) = 12",
    "chain of claims": "FROM claim_transfers AS a JOIN claim_transfers AS b ON a.loan_id = b.loan_id AND a.buyer_id = b.seller_id",
    "discount": "FROM claim_transfers WHERE price < principal",
    "fourth loan": "FROM loans GROUP BY borrower_id HAVING count(*) = 4",
    "refund": "FROM fees WHERE amount < 0",
    "deleted": "FROM loans WHERE deleted_at IS NOT NULL",
    "refused with reason": "FROM loan_applications WHERE decision = 'rejected' AND reject_reason IS NOT NULL",
}  # fmt: skip


@pytest.mark.parametrize("seed", [7, 2024])
@pytest.mark.parametrize("rule", NEVER)
def test_never(rule: str, seed: int) -> None:
    with opened(platform(seed=seed)) as database:
        assert count(database, NEVER[rule]) == 0


@pytest.mark.parametrize("what", SOMETIMES)
def test_sometimes(what: str) -> None:
    with opened(platform()) as database:
        assert count(database, "SELECT 1 " + SOMETIMES[what].strip()) > 0


@pytest.mark.parametrize(
    ("column", "table"),
    [
        ("operating_mode", "products"), ("security_kind", "products"), ("repayment_method", "products"),
        ("status", "loans"), ("placed_by", "investments"), ("fee_kind", "fees"), ("movement_kind", "fund_movements"),
        ("movement_kind", "risk_reserve_movements"), ("event_kind", "loan_events"), ("action_kind", "collection_actions"),
        ("contract_kind", "contracts"), ("verification_kind", "user_verifications"), ("decision", "loan_applications"),
    ],
)  # fmt: skip
def test_every_kind_occurs(column: str, table: str) -> None:
    from ingestion.contract import load_contract

    listed = next(c.values for c in load_contract().tables[table].columns if c.name == column)
    source = "loans JOIN products USING (product_id)" if table == "products" else table
    with opened(platform(6000)) as database:
        found = {value for (value,) in database.execute(f"SELECT DISTINCT {column} FROM {source}").fetchall()}
    assert found == set(listed or ())


def test_nobody_sells_more_than_is_held() -> None:
    """Positions by exact fractions, event by event: repayments at one instant first, then transfers at one outstanding."""
    with opened(platform(6000)) as database:
        sold = "(SELECT DISTINCT loan_id FROM claim_transfers)"
        rows = database.execute(f"""
            SELECT loan_id, invested_at, 0, lender_id, NULL, amount FROM investments WHERE loan_id IN {sold}
            UNION ALL SELECT loan_id, paid_at, 1, NULL, NULL, principal FROM repayments
            WHERE payee_kind = 'lenders' AND loan_id IN {sold}
            UNION ALL SELECT loan_id, transferred_at, 2, seller_id, buyer_id, principal FROM claim_transfers
            ORDER BY 1, 2, 3, 6 DESC
        """).fetchall()
    assert rows
    invested: dict[int, Decimal] = defaultdict(Decimal)
    for loan, _, kind, _, _, amount in rows:
        invested[loan] += amount if kind == 0 else 0
    owed = dict(invested)
    shares: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    for loan, _, kind, seller, buyer, amount in rows:
        if kind == 0:
            shares[loan, seller] += Fraction(amount) / Fraction(invested[loan])
        elif kind == 1:
            owed[loan] -= amount
        else:
            sold_share = Fraction(amount) / Fraction(owed[loan])
            assert shares[loan, seller] >= sold_share, (loan, seller)
            assert seller != buyer
            shares[loan, seller] -= sold_share
            shares[loan, buyer] += sold_share
