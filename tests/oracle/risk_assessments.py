"""How the platform judged a loan when it lent.

Belongs here: which assessment was valid at the disbursement. Does not: what became of the loan (`risk_histories`, `risk_defaults`).
"""

from __future__ import annotations

from collections import defaultdict

from tests.oracle.records import Row
from tests.oracle.source import Source


def assessments(source: Source) -> dict[int, Row]:
    """Loan → its last assessment up to the day of the disbursement. Assessments without a loan, and later ones, do not count."""
    of_loan: dict[int, list[Row]] = defaultdict(list)
    for row in source.rows("credit_assessments"):
        if row["loan_id"] is not None:
            of_loan[row["loan_id"]].append(row)
    found = {}
    for loan in source.book.loans:
        in_time = [row for row in of_loan[loan.loan_id] if source.day(row["assessed_at"]) <= loan.disbursed_on]
        if in_time:
            found[loan.loan_id] = max(in_time, key=lambda row: (row["assessed_at"], row["assessment_id"]))
    return found
