"""Figures of the Berka bank as of a day, from its raw files, with nothing of Glassbook: `python docs/berka/by_hand.py FOLDER 940228`.

A second hand for docs/berka.md: loan by loan in plain loops, without plan or allocation. It counts on how many 12ths of a month an
instalment fell due, and what was paid.
"""

from __future__ import annotations

import csv
import sys
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """Rows of a file; the last line of trans.asc is cut off in the copy and is of 1994-03-31, beyond any day asked for."""
    with (folder / f"{name}.asc").open(encoding="ascii", newline="") as handle:
        return list(csv.DictReader(handle, delimiter=";"))


def day(text: str) -> date:
    """930712 is 12 July 1993."""
    return date(1900 + int(text[:2]), int(text[2:4]), int(text[4:6]))


def due_days(granted: date, upto: date) -> list[date]:
    """Every 12th after the day of the loan that is before `upto`."""
    found, year, month = [], granted.year, granted.month
    while date(year, month, 12) < upto:
        if date(year, month, 12) > granted:
            found.append(date(year, month, 12))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """Per cent with two decimals, half up."""
    return (part * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def figures(folder: Path, as_of: date) -> dict[str, Decimal]:
    """Figures by code, as of the end of a day."""
    order = {r["account_id"]: Decimal(r["amount"]) for r in rows(folder, "order") if r["k_symbol"] == "UVER"}
    paid: dict[str, Decimal] = {}
    for r in rows(folder, "trans"):
        if r["k_symbol"] == "UVER" and day(r["date"]) <= as_of:
            paid[r["account_id"]] = paid.get(r["account_id"], Decimal(0)) + Decimal(r["amount"])
    lent, owed, overdue, late, month, month_terms = [], [], [], [], Decimal(0), Decimal(0)
    for r in rows(folder, "loan"):
        if day(r["date"]) > as_of:
            continue
        amount, received = Decimal(r["amount"]), paid.get(r["account_id"], Decimal(0))
        lent.append(amount)
        owed.append(amount - received)
        due = due_days(day(r["date"]), as_of)
        missing = len(due) * order[r["account_id"]] - received
        if missing > 0:
            overdue.append(missing)
            first_unpaid = due[int(received // order[r["account_id"]])]
            late.append(((as_of - first_unpaid).days, amount - received))
            print(f"loan {r['loan_id']}: {len(due)} fell due, {received} paid, {late[-1][0]} days past due")
        if (day(r["date"]).year, day(r["date"]).month) == (as_of.year, as_of.month):
            month += amount
            month_terms += amount * int(r["duration"])
    outstanding, ranked = sum(owed, Decimal(0)), sorted(owed, reverse=True)
    return {
        "CN-A01": sum(lent, Decimal(0)),
        "CN-A02": Decimal(len(lent)),
        "CN-A03": outstanding,
        "CN-A04": Decimal(sum(1 for x in owed if x > 0)),
        "CN-A10": percent(sum(ranked[:10], Decimal(0)), outstanding),
        "CN-A11": percent(ranked[0], outstanding),
        "CN-A14": sum(overdue, Decimal(0)),
        "CN-A15": Decimal(len(overdue)),
        "CN-A16": sum((rest for days, rest in late if days > 90), Decimal(0)),
        "CN-A17": Decimal(sum(1 for days, _ in late if days > 90)),
        "CN-B01": percent(Decimal(len(overdue)), Decimal(len(lent))),
        "CN-B02": percent(sum(overdue, Decimal(0)), outstanding),
        "CN-B05": percent(Decimal(sum(1 for days, _ in late if days > 180)), Decimal(len(lent))),
        "CN-B10": (sum(lent, Decimal(0)) / len(lent)).quantize(Decimal("0.01"), ROUND_HALF_UP),
        "CN-B15": (month_terms / month).quantize(Decimal("0.1"), ROUND_HALF_UP),
        "CN-B17": month,
    }


if __name__ == "__main__":
    for code, value in figures(Path(sys.argv[1]), day(sys.argv[2])).items():
        print(code, value)
