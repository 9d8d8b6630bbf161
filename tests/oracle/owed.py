"""What a loan's lines still owe on a day: the plan in force, the payments that count for it, and how they are applied.

Belongs here: one loan. Does not: shares of lenders (`ledger`), sums over loans (`figures`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from tests.oracle.loan import Instalment, Loan, Plan, Repayment

ZERO = Decimal("0.00")


def outstanding_after(loan: Loan, to_lenders: Iterable[Repayment]) -> Decimal:
    """Principal still outstanding after these receipts: never less than zero, never more than was lent."""
    return min(loan.amount, max(ZERO, loan.amount - sum((payment.principal for payment in to_lenders), ZERO)))


def owed_by_line(loan: Loan, day: date) -> tuple[dict[Instalment, Decimal], set[Instalment], dict[Instalment, Decimal], Decimal]:
    """What each open line still owes the lenders; lines that the borrower has not paid; interest of each open line; interest given up."""
    plan = plan_in_force(loan, day)
    if plan is None:
        return {}, set(), {}, ZERO
    counted = [payment for payment in matched_money(loan, plan) if payment.paid_on <= day]
    to_lenders = [payment for payment in counted if payment.payee == "lenders"]
    back = all_back_since(loan, day)
    lines = sorted(plan.lines, key=lambda line: (line.due_on, line.number))
    dues, interest_dues = [], []
    for line in lines:
        interest = sum((p.interest for p in to_lenders if p.number == line.number), ZERO)
        is_given_up = back is not None and line.due_on > back
        interest_dues.append(min(line.interest, max(ZERO, interest)) if is_given_up else line.interest)
        dues.append(line.principal + interest_dues[-1])
    totals = [(p.number, p.principal + p.interest) for p in to_lenders]
    settled, carried = applied(lines, dues, totals)
    _, carried_interest = applied(lines, interest_dues, [(p.number, p.interest) for p in to_lenders])
    by_borrower, _ = applied(lines, dues, [(p.number, p.principal + p.interest) for p in counted if p.payer == "borrower"])
    owed = {line: due - got for line, due, got in zip(lines, dues, settled, strict=True) if got < due}
    unpaid = {line for line, due, got in zip(lines, dues, by_borrower, strict=True) if got < due}
    # With all principal back, nothing that is still owed can be principal.
    is_interest_alone = back is not None and is_of_the_loan(loan, plan)
    interest_outstanding = {}
    for line, due, brought, brought_interest in zip(lines, interest_dues, carried, carried_interest, strict=True):
        if line in owed and is_interest_alone:
            interest_outstanding[line] = owed[line]
        elif line in owed:
            got = sum((p.interest for p in to_lenders if p.number == line.number), ZERO)
            interest_outstanding[line] = due - min(due, max(ZERO, got + min(brought, brought_interest)))
    return owed, unpaid, interest_outstanding, sum((line.interest for line in lines), ZERO) - sum(interest_dues, ZERO)


def applied(lines: list[Instalment], dues: list[Decimal], money: list[tuple[int, Decimal]]) -> tuple[list[Decimal], list[Decimal]]:
    """How much of its due each line has received, in the order of `lines`, and how much was passed on from the lines before.

    Money without a line comes first; what exceeds a line's due goes to the next; what exceeds the last to the oldest that is still open.
    """
    numbers = {line.number for line in lines}
    carry = sum((amount for number, amount in money if number not in numbers), ZERO)
    received, brought = [], []
    for line, due in zip(lines, dues, strict=True):
        brought.append(carry)
        there = carry + sum((amount for number, amount in money if number == line.number), ZERO)
        received.append(min(due, max(ZERO, there)))
        carry = max(ZERO, there - due)
    for at, due in enumerate(dues):
        more = min(due - received[at], max(ZERO, carry))
        received[at] += more
        carry -= more
    return received, brought


def all_back_since(loan: Loan, day: date) -> date | None:
    """Since which day, without a break up to `day`, the lenders have had all principal back; None while some is outstanding."""
    since = None
    for on in sorted({max(p.paid_on, loan.disbursed_on) for p in loan.repayments if p.paid_on <= day}):
        if outstanding_after(loan, [p for p in loan.repayments if p.payee == "lenders" and p.paid_on <= on]) > 0:
            since = None
        elif since is None:
            since = on
    return since


def plan_in_force(loan: Loan, day: date) -> Plan | None:
    """The highest plan version known by the end of `day`; before any was known, the first. None when there is no plan."""
    known = [plan for plan in loan.plans.values() if plan.since <= day]
    if not known:
        first = min((plan.since for plan in loan.plans.values()), default=None)
        known = [plan for plan in loan.plans.values() if plan.since == first]
    return max(known, key=lambda plan: plan.version, default=None)


def matched_money(loan: Loan, plan: Plan) -> list[Repayment]:
    """The repayments that count for a plan's lines: those made after it when it is for the rest of the loan, else all."""
    return [p for p in loan.repayments if p.paid_at > plan.made_at] if is_of_the_rest(loan, plan) else loan.repayments


def is_of_the_rest(loan: Loan, plan: Plan) -> bool:
    """Whether a plan is for what was left of the loan when it was made."""
    total = sum((line.principal for line in plan.lines), ZERO)
    before = [p for p in loan.repayments if p.paid_at <= plan.made_at]
    return total != loan.amount and total == outstanding_after(loan, [p for p in before if p.payee == "lenders"])


def is_of_the_loan(loan: Loan, plan: Plan) -> bool:
    """Whether a plan is for the whole loan or for what was left of it; any other is an error."""
    return sum((line.principal for line in plan.lines), ZERO) == loan.amount or is_of_the_rest(loan, plan)
