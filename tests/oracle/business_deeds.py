"""Who was new, active, returned or owes on a day, in each segment in which they did so.

Belongs here: what people did, with its segments, and who counts where. Does not: totals of people by month (`business_people`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from tests.oracle.business_people import BORROWERS, LENDERS
from tests.oracle.business_segments import Segments
from tests.oracle.loan import Loan
from tests.oracle.source import Source, month, months_later

OF_LOANS = ("product", "mode", "security", "method", "grade", "branch", "institution")
"""Segments that a loan or an application puts a person in; all others are the person's own."""
Place = tuple[str, Hashable]
Places = Mapping[str, Hashable]


@dataclass(frozen=True)
class Deed:
    """Something that a user did as a lender or a borrower, and its segment of each kind."""

    role: str
    who: int
    on: date
    is_investment: bool
    places: Places


class Deeds:
    """All that was done up to `last`, without promotional listings, and who counts on a day before it."""

    def __init__(self, source: Source, of_loan: Segments, channels: Mapping[int, Hashable], last: date) -> None:
        self.source, self.of_loan, self.channels, self.last = source, of_loan, channels, last

    @cached_property
    def all(self) -> list[Deed]:
        """Investments and purchases of claims; applications and payments of borrowers."""
        source, plain = self.source, self.source.listings.keys() - self.source.promotional_listings
        disbursed = {loan.loan_id: loan.borrower_id for loan in source.book.loans}
        products = source.products
        found = []
        for table, who, when in (("investments", "lender_id", "invested_at"), ("claim_transfers", "buyer_id", "transferred_at")):
            for row in source.by(self.last, table, when):
                if row["loan_id"] in plain:
                    found.append(Deed(LENDERS, row[who], source.day(row[when]), table == "investments", self._of_loan(row["loan_id"])))
        for row in source.by(self.last, "loan_applications", "applied_at"):
            if row["product_id"] not in source.promotional_products:
                product = products.get(row["product_id"], {})
                places = dict.fromkeys(OF_LOANS) | {
                    "product": row["product_id"],
                    "mode": product.get("operating_mode"),
                    "security": product.get("security_kind"),
                    "method": product.get("repayment_method"),
                }
                found.append(Deed(BORROWERS, row["borrower_id"], source.day(row["applied_at"]), False, places))
        for row in source.by(self.last, "repayments", "paid_at"):
            paid = row["principal"] + row["interest"] + row["penalty"] + row["fee"]
            if row["loan_id"] in disbursed.keys() & plain and row["payer_kind"] == "borrower" and paid > 0:
                who, places = disbursed[row["loan_id"]], self._of_loan(row["loan_id"])
                found.append(Deed(BORROWERS, who, source.day(row["paid_at"]), False, places))
        return found

    def people(self, day: date) -> dict[tuple[str, str, Hashable], int]:
        """(code, kind of segment, segment) → distinct people on `day`, flows in its month up to it; ("total", "all") is everyone."""
        counted = {(code, who, place) for code, who, places in self._counted(day) for place in (*places.items(), *self._own(who))}
        return Counter((code, *place) for code, _, place in (counted | set(self._owing(day))))

    def _counted(self, day: date) -> Iterator[tuple[str, int, Places]]:
        first, before = month(day), months_later(month(day), -1)
        by_user: dict[tuple[str, int], list[Deed]] = defaultdict(list)
        for deed in self.all:
            if deed.on <= day:
                by_user[deed.role, deed.who].append(deed)
        for (role, who), deeds in by_user.items():
            new, present, active, returning = (f"OP-G0{n}" for n in ((1, 2, 3, 4) if role == LENDERS else (5, 6, 7, 8)))
            came, months = min(deed.on for deed in deeds), {month(deed.on) for deed in deeds}
            has_returned = first in months and before not in months and min(months) < before
            invested = [deed for deed in deeds if deed.is_investment]
            began = min((deed.on for deed in invested), default=None)
            for deed in deeds:
                holds = {
                    new: deed.on == came >= first,
                    present: deed.on == day,
                    active: deed.on > day - timedelta(days=30),
                    returning: has_returned and deed.on >= first,
                    "OP-D02": deed.is_investment and deed.on == began and deed.on >= first and who in self.source.users,
                    "OP-D03": deed.is_investment and deed.on >= first,
                }
                yield from ((code, who, deed.places) for code, is_so in holds.items() if is_so)
        yield from self._first_loans(day)

    def _first_loans(self, day: date) -> Iterator[tuple[str, int, Places]]:
        loans, firsts = self._loans(day), dict[int, date]()
        for loan in loans:
            firsts[loan.borrower_id] = min(loan.disbursed_on, firsts.get(loan.borrower_id, loan.disbursed_on))
        for loan in loans:
            if loan.disbursed_on == firsts[loan.borrower_id] >= month(day):
                yield "OP-D04", loan.borrower_id, self._of_loan(loan.loan_id)

    def _owing(self, day: date) -> Iterator[tuple[str, int, Place]]:
        # A user's debts on several loans of a segment are added up within it.
        owed: dict[tuple[int, Place], Decimal] = defaultdict(Decimal)
        states = self.source.book.states(day)
        for loan in self._loans(day):
            for place in (*self._of_loan(loan.loan_id).items(), *self._own(loan.borrower_id)):
                owed[loan.borrower_id, place] += states[loan.loan_id].outstanding
        return (("OP-D05", who, place) for (who, place), amount in owed.items() if amount > 0)

    def _loans(self, day: date) -> list[Loan]:
        book = self.source.book
        return [loan for loan in book.loans if loan.disbursed_on <= day and loan.loan_id not in book.promotional_listings]

    def _of_loan(self, loan_id: int) -> Places:
        return {kind: self.of_loan[kind](loan_id) for kind in OF_LOANS}

    def _own(self, who: int) -> list[Place]:
        user = self.source.users.get(who, {})
        own = [
            ("province", user.get("province_code")),
            ("industry", user.get("industry_code")),
            ("channel", self.channels.get(who, "none")),
        ]
        return [*own, ("total", "all")]
