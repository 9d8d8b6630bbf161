"""The rows that the independent calculation works on: read from Parquet, judged by the rules of form, newest version of each key.

Belongs here: what a row must have to count at all, declared once more from the contract's text and not from its file, so that a wrong
declaration there shows here. Does not: what rows mean (`ledger`).
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
}


def read_table(folder: Path, table: str, known_at: datetime | None = None) -> list[Row] | None:
    """The rows of a table that count, or None when it was not supplied.

    Of several versions of a key the newest counts, unless it says deleted; of different rows under one key of an append table the first.
    With `known_at` (naive UTC) rows that the platform learned of later are left out.
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
    return [row for row in kept.values() if row.get("deleted_at") is None]


def _is_well_formed(row: Row, shape: Shape) -> bool:
    if any(row.get(name) is None for name in [*shape.not_null.split(), shape.cursor]):
        return False
    if any(row.get(name) is not None and row[name] not in values.split() for name, values in shape.lists.items()):
        return False
    return all(value.year in YEARS for value in row.values() if isinstance(value, date))


def _naive_utc(instant: datetime) -> datetime:
    return instant if instant.tzinfo is None else instant.astimezone(UTC).replace(tzinfo=None)
