"""Collection: were promises kept, and after which kind of action money came.

Belongs here: actions against payments of the borrower. Does not: whether a line is overdue (`owed`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.oracle.exact import Ratio, ratio
from tests.oracle.loan import Loan
from tests.oracle.owed import ZERO, owed_by_line, plan_in_force
from tests.oracle.records import Row
from tests.oracle.risk_histories import History
from tests.oracle.source import Source, naive

DAYS_OF_A_PROMISE = 7
DAYS_OF_AN_ACTION = 14
NOTHING_OVERDUE, OPEN, KEPT, BROKEN = "nothing overdue", "open", "kept", "broken"


def promises(source: Source, loans: Mapping[int, History], day: date) -> dict[int, str]:
    """Action id of every promise by `day` → kept, broken, open (its days are not over), or nothing overdue when it was made.

    A promise has seven days, or until the promised day if the platform records it.
    """
    named = {row["action_id"]: row["promised_on"] for row in source.rows("payment_promises")}
    found = {}
    for row in source.by(day, "collection_actions", "acted_at"):
        if row["outcome"] == "promised" and row["loan_id"] in loans:
            on = source.day(row["acted_at"])
            until = max(named.get(row["action_id"], on + timedelta(days=DAYS_OF_A_PROMISE)), on)
            found[row["action_id"]] = _promise(loans[row["loan_id"]].loan, on, until, day)
    return found


def promises_kept(source: Source, loans: Mapping[int, History], day: date) -> dict[str, Ratio]:
    """Kind of action, and `total` → promises kept ÷ promises kept or broken."""
    kinds = {row["action_id"]: row["action_kind"] for row in source.rows("collection_actions")}
    outcomes: dict[str, list[bool]] = defaultdict(list)
    for action_id, outcome in promises(source, loans, day).items():
        if outcome in (KEPT, BROKEN):
            outcomes[kinds[action_id]].append(outcome == KEPT)
            outcomes["total"].append(outcome == KEPT)
    return {kind: ratio(sum(kept), len(kept)) for kind, kept in outcomes.items()}


def _promise(loan: Loan, on: date, until: date, day: date) -> str:
    # What was overdue when the day of the promise began.
    evening = on - timedelta(days=1)
    plan = plan_in_force(loan, evening)
    overdue = [line for line in owed_by_line(loan, evening)[1] if line.due_on < on]
    if not overdue or plan is None or evening < loan.disbursed_on:
        return NOTHING_OVERDUE
    oldest = min(overdue, key=lambda line: (line.due_on, line.number))
    if until > day:
        return OPEN
    # By the plan in force at the promise: a borrower who gets a new plan instead has not paid.
    of_that_plan = replace(loan, plans={plan.version: plan})
    days = (evening + timedelta(days=n) for n in range((until - evening).days + 1))
    return KEPT if any(oldest not in owed_by_line(of_that_plan, at)[1] for at in days) else BROKEN


def collected(source: Source, loans: Mapping[int, History], day: date) -> dict[str, Decimal]:
    """Kind of action → principal and interest that borrowers paid within 14 days after it, no other action between.

    All that they paid, on time or late, minus reversals. "none" is the rest.
    """
    actions: dict[int, list[Row]] = defaultdict(list)
    for row in source.by(day, "collection_actions", "acted_at"):
        actions[row["loan_id"]].append(row)
    taken_back: dict[int, Decimal] = defaultdict(Decimal)
    for row in source.by(day, "repayments", "paid_at"):
        if row["reverses_repayment_id"] is not None:
            taken_back[row["reverses_repayment_id"]] += row["principal"] + row["interest"]
    reversals = {row["repayment_id"] for row in source.rows("repayments") if row["reverses_repayment_id"] is not None}
    found: dict[str, Decimal] = defaultdict(Decimal)
    for loan_id, history in loans.items():
        for payment in history.loan.repayments:
            amount = payment.principal + payment.interest + taken_back[payment.repayment_id]
            if payment.payer == "borrower" and payment.paid_on <= day and payment.repayment_id not in reversals and amount > 0:
                before = [row for row in actions[loan_id] if row["acted_at"] < _at(payment.paid_at)]
                last = max(before, key=lambda row: (row["acted_at"], row["action_id"]), default=None)
                is_late = last is None or (payment.paid_on - source.day(last["acted_at"])).days > DAYS_OF_AN_ACTION
                found["none" if last is None or is_late else last["action_kind"]] += amount
    return {kind: amount + ZERO for kind, amount in found.items()}


def _at(instant: datetime) -> datetime:
    found = naive(instant)
    assert isinstance(found, datetime)
    return found
