"""The figures CN-A01 to CN-A20 and CN-B01 to CN-B21, from the states of the loans one by one.

Belongs here: sums, counts and ratios as the disclosure rules define them. Does not: the state of one loan (`ledger`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from pathlib import Path

from tests.oracle.ledger import HALF_A_CENT, Book, Loan, State, purchases, read_book

NOT_SUPPLIED = "not supplied"
Number = Fraction | Decimal | int


@dataclass(frozen=True)
class OracleFigure:
    """One figure: rounded value, exact numerator and denominator (both None unless it is a ratio), note."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    note: str | None = None


@dataclass(frozen=True)
class Readings:
    """The regime's named parameters, where its text leaves a choice."""

    over_90_amount: str = "outstanding_principal"
    overdue_rate_base: str = "principal_and_interest"
    count_promotional: bool = False


def figures(
    source: Path | Book, as_of: date, known_at: datetime | None = None, timezone: str = "Asia/Shanghai", readings: Readings | None = None
) -> dict[str, OracleFigure]:
    """Every figure by code, as of the end of `as_of`, from a folder of Parquet or a book already read."""
    book = source if isinstance(source, Book) else read_book(source, timezone, known_at)
    return _Day(book, as_of, readings or Readings()).all_figures()


def half_up(value: Number, decimals: int) -> Decimal:
    """`value` rounded half away from zero, in whole numbers only."""
    exact = Fraction(value)
    scaled = abs(exact) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-whole if exact < 0 else whole).scaleb(-decimals)


def amount(value: Number) -> OracleFigure:
    """A sum of money."""
    return OracleFigure(half_up(value, 2))


def count(things: Iterable[object]) -> OracleFigure:
    """How many distinct values there are."""
    return OracleFigure(Decimal(len(set(things))))


def ratio(numerator: Number, denominator: Number, decimals: int = 2, factor: int = 1) -> OracleFigure:
    """A quotient, without value when it would divide by zero. Percentages have the factor 100."""
    value = None if denominator == 0 else half_up(Fraction(numerator) * factor / Fraction(denominator), decimals)
    return OracleFigure(value, half_up(numerator, 8), half_up(denominator, 8))


def percent(numerator: Number, denominator: Number) -> OracleFigure:
    """A share in percent with two decimals."""
    return ratio(numerator, denominator, 2, 100)


class _Day:
    """All figures of one day."""

    def __init__(self, book: Book, as_of: date, readings: Readings) -> None:
        self.book, self.as_of, self.readings = book, as_of, readings
        self.hidden = set() if readings.count_promotional else book.promotional_listings
        self.loans = [loan for loan in book.loans if loan.disbursed_on <= as_of and loan.loan_id not in self.hidden]
        self.states = book.states(as_of)

    def all_figures(self) -> dict[str, OracleFigure]:
        found = self.lending() | self.people() | self.lateness() | self.concentration() | self.of_the_month() | self.service()
        return {f"CN-{code}": found[code] for code in sorted(found)}

    def state(self, loan: Loan) -> State:
        return self.states[loan.loan_id]

    def outstanding(self, loans: Iterable[Loan]) -> Decimal:
        return sum((self.state(loan).outstanding for loan in loans), Decimal("0.00"))

    def lending(self) -> dict[str, OracleFigure]:
        lent = sum(loan.amount for loan in self.loans)
        related = [loan for loan in self.loans if loan.borrower_id in self.book.related]
        return {
            "A01": amount(lent),
            "A02": count(loan.loan_id for loan in self.loans),
            "A03": amount(self.outstanding(self.loans)),
            "A04": count(loan.loan_id for loan in self.loans if self.state(loan).outstanding > 0),
            "A05": amount(sum(self.state(loan).interest_outstanding for loan in self.loans)),
            "A12": amount(self.outstanding(related)),
            "A13": count(loan.loan_id for loan in related if self.state(loan).outstanding > 0),
            "A18": amount(sum(self.state(loan).compensated for loan in self.loans)),
            "A19": count(loan.loan_id for loan in self.loans if self.state(loan).compensated > 0),
            "B09": ratio(lent, len({loan.borrower_id for loan in self.loans})),
            "B10": ratio(lent, len(self.loans)),
            "B11": ratio(lent, len(self.lenders())),
        }

    def lenders(self) -> set[int]:
        found = {i.lender_id for loan in self.loans for i in loan.investments if i.on <= self.as_of}
        return found | {t.buyer_id for loan in self.loans for t in purchases(loan) if t.on <= self.as_of}

    def people(self) -> dict[str, OracleFigure]:
        holders = {who for loan in self.loans for who, held in self.state(loan).positions.items() if held >= HALF_A_CENT}
        return {
            "A06": count(self.lenders()),
            "A07": count(loan.borrower_id for loan in self.loans),
            "A08": count(holders),
            "A09": count(who for who, owed in self.owed_by_borrower().items() if owed > 0),
        }

    def owed_by_borrower(self) -> dict[int, Decimal]:
        owed: dict[int, Decimal] = defaultdict(Decimal)
        for loan in self.loans:
            owed[loan.borrower_id] += self.state(loan).outstanding
        return owed

    def held_by_lender(self) -> dict[int, Fraction]:
        held: dict[int, Fraction] = defaultdict(Fraction)
        for loan in self.loans:
            for who, position in self.state(loan).positions.items():
                held[who] += position
        return held

    def concentration(self) -> dict[str, OracleFigure]:
        total = self.outstanding(self.loans)
        owed = sorted((value for value in self.owed_by_borrower().values() if value > 0), reverse=True)
        held = sorted((value for value in self.held_by_lender().values() if value > 0), reverse=True)
        return {
            "A10": percent(sum(owed[:10]), total),
            "A11": percent(sum(owed[:1]), total),
            "B12": percent(sum(held[:1]), total),
            "B13": percent(sum(held[:10]), total),
        }

    def late(self, low: int, high: int) -> list[Loan]:
        return [loan for loan in self.loans if low <= self.state(loan).past_due_days <= high]

    def lateness(self) -> dict[str, OracleFigure]:
        def overdue(loans: list[Loan]) -> Decimal:
            return sum((self.state(loan).overdue for loan in loans), Decimal("0.00"))

        ever = 10**6
        over_90 = self.late(91, ever)
        over_90_amount = overdue(over_90) if self.readings.over_90_amount == "overdue_amount" else self.outstanding(over_90)
        owing = sum(1 for loan in self.loans if self.state(loan).outstanding > 0)
        base = self.outstanding(self.loans)
        if self.readings.overdue_rate_base == "principal_and_interest":
            base += sum((self.state(loan).interest_outstanding for loan in self.loans), Decimal("0.00"))
        late, to_90, to_180, beyond = self.late(1, ever), self.late(1, 90), self.late(91, 180), self.late(181, ever)
        return {
            "A14": amount(overdue(late)),
            "A15": count(loan.loan_id for loan in late),
            "A16": amount(over_90_amount),
            "A17": count(loan.loan_id for loan in over_90),
            "B01": percent(len(late), owing),
            "B02": percent(overdue(late), base),
            **{f"B0{3 + i}": percent(len(grade), owing) for i, grade in enumerate((to_90, to_180, beyond))},
            **{f"B0{6 + i}": percent(overdue(grade), base) for i, grade in enumerate((to_90, to_180, beyond))},
        }

    def in_month(self, instant: datetime | None) -> bool:
        if instant is None:
            return False
        return self.as_of.replace(day=1) <= self.book.business_date(instant) <= self.as_of

    def of_the_month(self) -> dict[str, OracleFigure]:
        new = [loan for loan in self.loans if self.in_month(loan.disbursed_at)]
        lent = sum(loan.amount for loan in new)
        funded = [row for row in self.book.listings if row["loan_id"] not in self.hidden and self.in_month(row["fully_funded_at"])]
        microseconds = sum((row["fully_funded_at"] - row["listed_at"]) // timedelta(microseconds=1) for row in funded)
        return {
            "B14": ratio(Fraction(microseconds, 10**6), len(funded) * 3600, 1),
            "B15": ratio(sum(loan.amount * loan.term_months for loan in new), lent, 1),
            "B16": percent(sum(loan.amount * loan.annual_rate for loan in new), lent),
            "B17": amount(lent),
            "B18": count(loan.loan_id for loan in new),
        }

    def service(self) -> dict[str, OracleFigure]:
        return {"A20": self.fees_charged()} | self.complaints()

    def fees_charged(self) -> OracleFigure:
        if self.book.fees is None:
            return OracleFigure(None, note=NOT_SUPPLIED)
        kinds: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.book.fees:
            if row["loan_id"] not in self.hidden and self.in_month(row["charged_at"]):
                kinds[row["fee_kind"]] += row["amount"]
        note = "; ".join(f"{kind} {kinds[kind].quantize(Decimal('0.01'), ROUND_DOWN)}" for kind in sorted(kinds))
        return OracleFigure(half_up(sum(kinds.values()), 2), note=note or None)

    def complaints(self) -> dict[str, OracleFigure]:
        rows = self.book.complaints
        if rows is None:
            return {f"B{number}": OracleFigure(None, note=NOT_SUPPLIED) for number in (19, 20, 21)}
        day, by = self.as_of, self.book.business_date
        open_rows = [r for r in rows if by(r["received_at"]) <= day and (r["resolved_at"] is None or by(r["resolved_at"]) > day)]
        return {
            "B19": count(r["complaint_id"] for r in rows if self.in_month(r["received_at"])),
            "B20": count(r["complaint_id"] for r in rows if self.in_month(r["resolved_at"])),
            "B21": count(r["complaint_id"] for r in open_rows),
        }
