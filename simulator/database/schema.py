"""The platform's database as its engineers would have drawn it: widths, checks, references and indexes, the same for every server.

Belongs here: what the contract does not say, since readers do not need it. Does not: the SQL of one server (`postgresql`, `mysql`).
"""

from __future__ import annotations

from functools import cache

from ingestion.contract import Column, Table, load_contract

# Table -> its columns that name a row of another table. `campaign_id` of costs and of their details is 0 where none is meant.
REFERENCES: dict[str, dict[str, str]] = {
    "user_verifications": {"user_id": "users"},
    "credit_assessments": {"user_id": "users", "loan_id": "loans"},
    "loan_applications": {"borrower_id": "users", "product_id": "products"},
    "loans": {
        "application_id": "loan_applications",
        "borrower_id": "users",
        "product_id": "products",
        "institution_id": "institutions",
        "branch_id": "branches",
        "original_lender_id": "users",
    },
    "investments": {"loan_id": "loans", "lender_id": "users"},
    "claim_offers": {"transfer_id": "claim_transfers"},
    "claim_transfers": {"loan_id": "loans", "seller_id": "users", "buyer_id": "users"},
    "instalments": {"loan_id": "loans"},
    "repayments": {"loan_id": "loans", "reverses_repayment_id": "repayments"},
    "contracts": {"loan_id": "loans", "user_id": "users"},
    "loan_events": {"loan_id": "loans"},
    "collection_actions": {"loan_id": "loans"},
    "payment_promises": {"action_id": "collection_actions"},
    "risk_reserve_movements": {"loan_id": "loans"},
    "fees": {"user_id": "users", "loan_id": "loans"},
    "fund_movements": {"user_id": "users", "loan_id": "loans"},
    "custodian_entries": {"user_id": "users"},
    "web_sessions": {"user_id": "users"},
    "invitations": {"inviter_id": "users", "invitee_id": "users"},
    "commissions": {"user_id": "users", "campaign_id": "campaigns"},
    "rewards": {"user_id": "users", "campaign_id": "campaigns"},
    "messages": {"user_id": "users", "campaign_id": "campaigns"},
    "message_deliveries": {"message_id": "messages"},
    "media_mentions": {"campaign_id": "campaigns"},
    "complaints": {"user_id": "users"},
}
# Columns by which the platform's own pages look up rows, besides keys, references and the cursor.
LOOKED_UP = {
    "users": ("mobile",),
    "loans": ("status",),
    "repayments": ("paid_at",),
    "instalments": ("due_on",),
    "fund_movements": ("custodian_reference",),
    "custodian_entries": ("custodian_reference",),
    "web_sessions": ("visitor_id",),
}
# Lists that this platform keeps in its code and not in its database: an unknown value got in (an anomaly).
UNCHECKED = frozenset({("fees", "fee_kind")})
SMALL_NUMBERS = frozenset({"term_months", "plan_version", "instalment_no", "score", "position", "authority", "http_status"})
NUMBERS = frozenset(
    {"page_views", "impressions", "clicks", "search_volume", "indexed_pages", "backlinks", "traffic_rank", "reach", "response_ms"}
)
# Characters of a text; lists of values and codes are short, texts that people write have no bound.
LENGTHS = {
    "province_code": 6,
    "industry_code": 1,
    "country_code": 2,
    "credit_grade": 8,
    "id_number": 32,
    "mobile": 20,
    "bank_account_no": 32,
    "document_sha256": 64,
    "email": 255,
    "legal_name": 200,
    "name": 200,
    "landing_path": 255,
    "path": 255,
}
UNBOUNDED = frozenset({"note", "description", "referrer_url"})
LENGTH_OF_A_VALUE = 32
LENGTH = 100


def length_of(column: Column) -> int | None:
    """Characters that a text column holds; None when it has no bound."""
    if column.name in UNBOUNDED:
        return None
    return LENGTH_OF_A_VALUE if column.values else LENGTHS.get(column.name, LENGTH)


def number_of(column: Column) -> str:
    """Width of an `id` column: smallint, integer or bigint."""
    return "smallint" if column.name in SMALL_NUMBERS else "integer" if column.name in NUMBERS else "bigint"


def checks_of(table: Table) -> dict[str, tuple[str, ...]]:
    """Columns with the values that the database lets into each."""
    return {c.name: c.values for c in table.columns if c.values and (table.name, c.name) not in UNCHECKED}


def indexes_of(table: Table) -> list[tuple[str, ...]]:
    """Columns of each index besides the primary key."""
    referring = REFERENCES.get(table.name, {})
    wanted = [*referring, *LOOKED_UP.get(table.name, ()), table.cursor]
    return [(name,) for name in wanted if table.key[0] != name]


@cache
def tables_in_order() -> tuple[Table, ...]:
    """The contract's tables, each after those that it refers to."""
    waiting = dict(load_contract().tables)
    ordered: list[Table] = []
    while waiting:
        free = [name for name in waiting if not set(REFERENCES.get(name, {}).values()) & waiting.keys() - {name}]
        ordered.extend(waiting.pop(name) for name in free)
    return tuple(ordered)
