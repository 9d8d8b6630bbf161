"""What is wrong on purpose: a named list, so that tests know what must be found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from simulator.frame import Frame
from simulator.plan import Plan

BORROWER_OFFSET = 2
FEE_CLASS = 1_000_000_000_000
DISBURSEMENT_CLASS = 4_000_000_000_000_000
ODD_TRANSFER_CLASS = 9_000_000_000_000_000
# Anomalies that belong to no listing, with the day on which they happen.
STANDING: tuple[tuple[int, dict[str, Any]], ...] = (
    (
        540,
        {
            "kind": "undisclosed_risk_event",
            "table": "risk_events",
            "key": {"risk_event_id": 100},
            "loan_id": None,
            "check_code": "CN-E15",
            "also": [],
            "description": "a major risk event older than 48 hours was not made public",
        },
    ),
    (
        500,
        {
            "kind": "licence_lost",
            "table": "institutions",
            "key": {"institution_id": 2},
            "loan_id": None,
            "check_code": "CN-E19",
            "also": [],
            "description": "a guarantee company stands behind loans without a licence number",
        },
    ),
)


@dataclass(frozen=True)
class Planted:
    """One anomaly of a listing; what it does is written in the statements under its kind."""

    kind: str
    check_code: str | None
    table: str
    description: str
    product_id: int = 1
    amount: int | None = 30_000
    term_months: int | None = 12
    is_enterprise: bool = False
    related_party_kind: str | None = None
    # Checks that the same fault triggers besides its own.
    also: tuple[str, ...] = ()
    # The anomaly exists once this instalment of the loan has been paid; 0 = once the loan is disbursed.
    instalment_no: int = 0


PLANTED = (
    Planted("over_limit_individual", "CN-E01", "users", "a natural person owes more than CNY 200,000", 4, 260_000, 36),
    Planted("over_limit_enterprise", "CN-E02", "users", "an enterprise owes more than CNY 1,000,000", 11, 1_300_000, 36, True),
    Planted("platform_compensation", "CN-E03", "repayments", "the platform pays an instalment to the lenders", instalment_no=2),
    Planted("unfunded_loan", "CN-E05", "loans", "an investment is missing: the loan was disbursed without full funding",
            also=("CN-E10",)),
    Planted("custody_missing", "CN-E09", "fund_movements", "the custodian knows nothing of this disbursement"),
    Planted("custody_amount", "CN-E09", "fund_movements", "the custodian booked CNY 88.00 more than the platform"),
    Planted("duplicate_row", None, "repayments", "the same row twice: counted as duplicate, loaded once", instalment_no=1),
    Planted("conflicting_row", "CN-E13", "repayments", "the key again with other content: quarantined", instalment_no=1),
    Planted("unknown_value", "CN-E13", "fees", "fee_kind is not in the list of the contract: quarantined"),
    Planted("wrong_plan_sum", "CN-E18", "instalments", "the plan's principal is CNY 100.00 more than the amount"),
    Planted("cost_over_cap", "CN-E07", "loans", "the yearly cost to the borrower is 38 %, over the cap"),
    Planted("split_term", "CN-E06", "loans", "every holder sold the claim within days of buying it"),
    Planted("guarantor_gone", "CN-E14", "loans", "the guarantor's cooperation ended before", 11, 300_000, 12, True),
    Planted("no_contract", "CN-E16", "loans", "no loan contract was signed"),
    *(
        Planted("related_party", "CN-E04", "users", f"a loan to a related party ({kind})", amount=None, term_months=None,
                related_party_kind=kind)
        for kind in ("director", "shareholder", "staff", "controller", "staff", "affiliate")
    ),
)  # fmt: skip

# Contradictions within a loan's money: between those above, and only on platforms that have room for both.
PLANTED_IN_LEDGER = (
    Planted("tiny_arrears", "CN-E33", "loans", "CNY 0.45 of interest was never booked", instalment_no=5),
    Planted("reversed_twice", "CN-E25", "repayments", "a repayment is taken back by two rows", instalment_no=1, also=("CN-E21",)),
    Planted("plan_beyond_amount", "CN-E22", "instalments", "more falls due at first than was lent",
            instalment_no=2, also=("CN-E18",)),
    Planted("no_plan", "CN-E23", "loans", "no plan was written"),
    Planted("unknown_instalment", "CN-E24", "repayments", "a repayment names instalment 0, which no plan has", instalment_no=1),
    Planted("negative_repayment", "CN-E26", "repayments", "a fee of less than nothing, in a row that reverses none", instalment_no=1),
    Planted("paid_too_soon", "CN-E27", "repayments", "a repayment is dated a day before the disbursement", instalment_no=1),
    Planted("oversold", "CN-E28", "claim_transfers", "a claim is sold by a user who holds none", also=("CN-E10",)),
    Planted("own_lender", "CN-E29", "investments", "the borrower lends the first part of their own loan"),
    Planted("same_instant", "CN-E30", "loans", "two versions of the listing share an instant"),
    Planted("disbursement_moved", "CN-E31", "loans", "the disbursement moved by a day"),
    Planted("wrong_status", "CN-E32", "loans", "the platform calls the loan settled, and it is not"),
    Planted("overpaid", "CN-E35", "repayments", "CNY 100.00 more than was due on an instalment", instalment_no=1),
    Planted("late_plan", "CN-E36", "instalments", "the plan was written two days after the disbursement"),
    Planted("custody_midnight", "CN-E09W", "fund_movements", "the custodian booked five seconds later, behind midnight"),
    Planted("custody_spelling", "CN-E20", "fund_movements", "the custodian writes the reference in small letters"),
)  # fmt: skip
ALL_PLANTED = PLANTED + PLANTED_IN_LEDGER
# The least number of listings that holds all of them.
ROOM_FOR_LEDGER = 1000

_TYPES = {
    "k": "BIGINT",
    "planted": "VARCHAR",
    "number": "BIGINT",
    "product_id": "INTEGER",
    "amount": "BIGINT",
    "term_months": "BIGINT",
    "is_enterprise": "BOOLEAN",
    "related_party_kind": "VARCHAR",
}


def override_table(plan: Plan, database: duckdb.DuckDBPyConnection) -> Frame:
    """Listings that carry an anomaly, each the only listing of its borrower, from 55 % to 90 % of the growth.

    Needs the macros. Fewer rows come back when the platform is too small to hold them all.
    """
    rows: list[dict[str, Any]] = []
    for number, planted in enumerate(ALL_PLANTED if plan.has_anomalies else ()):
        if (low := _lowest(plan, number)) is None:
            continue
        found = database.execute(
            "SELECT min(k) FROM range($low, $high) AS t (k) "
            "WHERE starts_chain(k) AND chain_length(k) = 1 AND k NOT IN (SELECT unnest($taken))",
            {"low": low, "high": min(plan.loans, low + 200), "taken": [row["k"] for row in rows] or [-1]},
        ).fetchone()
        if found is None or found[0] is None:
            continue
        rows.append(
            {
                "k": found[0],
                "planted": planted.kind,
                "number": number,
                "product_id": planted.product_id,
                "amount": planted.amount,
                "term_months": planted.term_months,
                "is_enterprise": planted.is_enterprise,
                "related_party_kind": planted.related_party_kind,
            }
        )
    return Frame(_TYPES, rows)


def _lowest(plan: Plan, number: int) -> int | None:
    """The first listing that may carry an anomaly: in the order of the list, from 55 % of the growth; those of the ledger to 80 %."""
    if number < len(PLANTED):
        return max(number + 1, plan.loans * (55 * len(PLANTED) + 35 * number) // (100 * len(PLANTED)))
    if plan.loans < ROOM_FOR_LEDGER:
        return None
    count = len(PLANTED_IN_LEDGER)
    return plan.loans * (55 * count + 25 * (number - len(PLANTED))) // (100 * count) + 2


def describe(number: int, k: int) -> dict[str, Any]:
    """The entry of `anomalies.json` for the anomaly `number` on listing `k`."""
    planted = ALL_PLANTED[number]
    repayment_id = 8 * (40 * k + planted.instalment_no) + 2
    key = {
        "users": {"user_id": 4 * k + BORROWER_OFFSET},
        "loans": {"loan_id": k},
        "repayments": {"repayment_id": repayment_id},
        "instalments": {"loan_id": k, "plan_version": 1, "instalment_no": 2},
        "fees": {"fee_id": FEE_CLASS + k},
        "fund_movements": {"movement_id": DISBURSEMENT_CLASS + k},
        "claim_transfers": {"transfer_id": ODD_TRANSFER_CLASS + k},
        "investments": {"investment_id": 100 * k + 1},
    }[planted.table]
    return {
        "kind": planted.kind,
        "table": planted.table,
        "key": key,
        "loan_id": k,
        "check_code": planted.check_code,
        "also": list(planted.also),
        "description": planted.description,
    }


def standing_anomalies(plan: Plan) -> list[dict[str, Any]]:
    """Entries of `anomalies.json` for anomalies that belong to no listing and have happened by the horizon."""
    return [dict(entry) for day, entry in STANDING if plan.has_anomalies and plan.start_s + 86400 * day < plan.cut_s]
