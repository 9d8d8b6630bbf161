"""Who was active in which month, who came for the first time, and who came back after a pause.

Belongs here: people by month. Does not: what they held or put in (`marketing_cohorts`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tests.oracle.risk_histories import History
from tests.oracle.source import Source, month, months_later

LENDERS, BORROWERS = "lenders", "borrowers"
Activity = dict[str, set[tuple[int, date]]]


@dataclass(frozen=True)
class People:
    """Of one month: active, new (for the first time), returning (active before, but not in the month before)."""

    active: int
    new: int
    returning: int


def activity(source: Source, loans: Mapping[int, History], day: date) -> Activity:
    """Role → (user, month) in which the user was active: invested or bought a claim; applied or repaid. Without promotional loans."""
    plain_listings = source.listings.keys() - source.promotional_listings
    found: Activity = {LENDERS: set(), BORROWERS: set()}

    def of(instant: datetime) -> date:
        return month(source.day(instant))

    for row in source.by(day, "investments", "invested_at"):
        if row["loan_id"] in plain_listings:
            found[LENDERS].add((row["lender_id"], of(row["invested_at"])))
    for row in source.by(day, "claim_transfers", "transferred_at"):
        if row["loan_id"] in plain_listings:
            found[LENDERS].add((row["buyer_id"], of(row["transferred_at"])))
    for row in source.by(day, "loan_applications", "applied_at"):
        if row["product_id"] not in source.promotional_products:
            found[BORROWERS].add((row["borrower_id"], of(row["applied_at"])))
    for row in source.by(day, "repayments", "paid_at"):
        paid = row["principal"] + row["interest"] + row["penalty"] + row["fee"]
        if row["loan_id"] in loans and row["payer_kind"] == "borrower" and paid > 0:
            found[BORROWERS].add((loans[row["loan_id"]].loan.borrower_id, of(row["paid_at"])))
    return found


def people_by_month(active: Activity) -> dict[tuple[str, date], People]:
    """(role, month) → people. Months in which nobody was active have no row."""
    found = {}
    for role, pairs in active.items():
        months: dict[date, set[int]] = defaultdict(set)
        for who, first in pairs:
            months[first].add(who)
        before: set[int] = set()
        for first in sorted(months):
            there, last = months[first], months.get(months_later(first, -1), set())
            found[role, first] = People(len(there), len(there - before), len(there & before - last))
            before |= there
    return found
