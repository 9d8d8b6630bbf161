"""The rows that the independent calculation works on: read from Parquet, judged by the rules of form, newest version of each key.

Belongs here: what a row must have to count, declared a second time from the contract's text and not from its file, so that a wrong
declaration there is found here. Does not: what rows mean (`ledger`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Row = dict[str, Any]
YEARS = range(1900, 2200)


@dataclass(frozen=True)
class Shape:
    """What a table's rows must have: columns that are never null, and lists of values."""

    key: tuple[str, ...]
    is_mutable: bool
    not_null: str
    lists: dict[str, str] = field(default_factory=dict)

    @property
    def cursor(self) -> str:
        """When a row became known to the platform."""
        return "updated_at" if self.is_mutable else "created_at"


PARTIES = "borrower guarantor insurer risk_reserve platform"
SHAPES = {
    "users": Shape(
        ("user_id",),
        True,
        "user_id user_kind registered_at status",
        {
            "user_kind": "individual enterprise",
            "gender": "female male",
            "investor_class": "retail sophisticated professional",
            "related_party_kind": "controller shareholder director staff affiliate",
            "status": "active frozen closed",
        },
    ),
    "products": Shape(
        ("product_id",),
        True,
        "product_id name operating_mode security_kind repayment_method origination_channel is_promotional",
        {
            "operating_mode": "c2c b2c p2c p2b claim_assignment",
            "security_kind": "credit house_mortgage vehicle_mortgage vehicle_pledge goods_pledge third_party_guarantee net_asset",
            "repayment_method": "equal_instalment equal_principal interest_first bullet",
            "origination_channel": "online offline mixed",
        },
    ),
    "loans": Shape(
        ("loan_id",),
        True,
        "loan_id borrower_id product_id amount annual_rate term_months credit_grade listed_at status",
        {"status": "listed funding_failed withdrawn repaying settled written_off"},
    ),
    "investments": Shape(
        ("investment_id",),
        False,
        "investment_id loan_id lender_id amount invested_at placed_by",
        {"placed_by": "manual auto_bid plan"},
    ),
    "claim_transfers": Shape(("transfer_id",), False, "transfer_id loan_id seller_id buyer_id principal price transferred_at"),
    "instalments": Shape(
        ("loan_id", "plan_version", "instalment_no"),
        False,
        "loan_id plan_version instalment_no due_on principal_due interest_due fee_due",
    ),
    "repayments": Shape(
        ("repayment_id",),
        False,
        "repayment_id loan_id instalment_no paid_at principal interest penalty fee payer_kind payee_kind",
        {"payer_kind": PARTIES, "payee_kind": PARTIES.replace("borrower", "lenders")},
    ),
    "fees": Shape(
        ("fee_id",),
        False,
        "fee_id fee_kind user_id amount charged_at",
        {"fee_kind": "borrower_service lender_management withdrawal transfer membership late"},
    ),
    "complaints": Shape(
        ("complaint_id",),
        True,
        "complaint_id complaint_kind received_at",
        {"complaint_kind": "disclosure repayment collection withdrawal fee fraud other"},
    ),
    "user_verifications": Shape(
        ("verification_id",),
        False,
        "verification_id user_id verification_kind outcome verified_at",
        {
            "verification_kind": "mobile real_name bank_card email credit_report video employment income house vehicle education",
            "outcome": "passed failed",
        },
    ),
    "institutions": Shape(
        ("institution_id",),
        True,
        "institution_id name institution_kind cooperation_started_on",
        {"institution_kind": "guarantee micro_loan factoring leasing securities asset_management bank insurer custodian"},
    ),
    "branches": Shape(("branch_id",), True, "branch_id name opened_on"),
    "credit_assessments": Shape(("assessment_id",), False, "assessment_id user_id credit_grade assessed_at"),
    "loan_applications": Shape(
        ("application_id",),
        True,
        "application_id borrower_id product_id applied_at amount term_months decision",
        {"decision": "pending approved rejected withdrawn"},
    ),
    "loan_events": Shape(
        ("event_id",),
        False,
        "event_id loan_id event_kind occurred_at",
        {"event_kind": "extension restructuring write_off litigation purpose_breach default_declared collateral_sold"},
    ),
    "collection_actions": Shape(
        ("action_id",),
        False,
        "action_id loan_id action_kind acted_at",
        {"action_kind": "sms phone letter visit agency legal", "outcome": "promised refused no_contact paid"},
    ),
    "risk_reserve_movements": Shape(
        ("movement_id",),
        False,
        "movement_id movement_kind amount occurred_at",
        {"movement_kind": "contribution compensation recovery withdrawal"},
    ),
    "fund_movements": Shape(
        ("movement_id",),
        False,
        "movement_id user_id movement_kind amount occurred_at",
        {
            "movement_kind": "deposit withdrawal investment disbursement repayment_out repayment_in compensation_in "
            "transfer_out transfer_in fee reward"
        },
    ),
    "web_sessions": Shape(
        ("session_id",),
        False,
        "session_id visitor_id started_at landing_path page_views",
        {"device_kind": "desktop mobile_web ios android"},
    ),
    "campaigns": Shape(
        ("campaign_id",),
        True,
        "campaign_id code name campaign_kind starts_on",
        {
            "campaign_kind": "registration_bonus referral_bonus trial_listing special_plan investment_prize vehicle_priority points "
            "alliance_ad paid_search email sms portal_news soft_article directory event video"
        },
    ),
    "marketing_costs": Shape(("cost_on", "channel", "campaign_id"), True, "cost_on channel campaign_id amount"),
    "marketing_cost_details": Shape(
        ("cost_on", "channel", "campaign_id", "detail_kind", "detail"),
        True,
        "cost_on channel campaign_id detail_kind detail amount",
        {"detail_kind": "branch keyword"},
    ),
    "commissions": Shape(("commission_id",), False, "commission_id amount earned_at"),
    "payment_promises": Shape(("action_id",), False, "action_id promised_on"),
    "invitations": Shape(("invitation_id",), False, "invitation_id inviter_id invitee_id invited_at"),
    "rewards": Shape(
        ("reward_id",),
        True,
        "reward_id user_id reward_kind amount granted_at",
        {"reward_kind": "cash voucher points prize"},
    ),
}


def read_table(folder: Path, table: str, known_at: datetime | None = None, *, with_deleted: bool = False) -> list[Row] | None:
    """The rows of a table that count, or None when it was not supplied.

    Of several versions of a key the newest counts, unless it says deleted; of different rows under one key of an append table the first.
    `with_deleted`: deleted ones too, as what a product or a person was still says what their loans are.
    With `known_at` (naive UTC), rows that the platform learned later are left out.
    """
    files = [folder / f"{table}.parquet"] if (folder / f"{table}.parquet").is_file() else sorted((folder / table).glob("*.parquet"))
    if not files:
        return None
    shape = SHAPES[table]
    kept: dict[tuple[Any, ...], Row] = {}
    for path in files:
        for row in pq.read_table(path).to_pylist():
            if not _is_well_formed(row, shape):
                continue
            seen_at = _naive_utc(row[shape.cursor])
            if known_at is not None and seen_at > known_at:
                continue
            key = tuple(row[name] for name in shape.key)
            if key not in kept or (shape.is_mutable and seen_at >= _naive_utc(kept[key][shape.cursor])):
                kept[key] = row
    return [row for row in kept.values() if with_deleted or row.get("deleted_at") is None]


def _is_well_formed(row: Row, shape: Shape) -> bool:
    if any(row.get(name) is None for name in [*shape.not_null.split(), shape.cursor]):
        return False
    if any(row.get(name) is not None and row[name] not in values.split() for name, values in shape.lists.items()):
        return False
    return all(value.year in YEARS for value in row.values() if isinstance(value, date))


def _naive_utc(instant: datetime) -> datetime:
    return instant if instant.tzinfo is None else instant.astimezone(UTC).replace(tzinfo=None)
