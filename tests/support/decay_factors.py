"""Writes the seed of the factors by which credit decays: `python -m tests.support.decay_factors`.

Belongs here: 2^(-time ÷ a week) of whole weeks, hours, minutes and seconds, to 18 digits rounded half up. Does not: what is credited
by them.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path

SEED = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds" / "decay_factors.csv"
WEEK = 604_800
# More than a year of weeks: no conversion is credited to a touch of a year before.
PARTS = (("week", WEEK, 54), ("hour", 3_600, 168), ("minute", 60, 60), ("second", 1, 60))


def factor(seconds: Decimal) -> Decimal:
    """What is left of a touch's weight after so many seconds."""
    with localcontext(prec=60):
        return (Decimal(2) ** (-seconds / WEEK)).quantize(Decimal(1).scaleb(-18), ROUND_HALF_UP)


def written() -> str:
    """The seed as it should be."""
    lines = [f"{kind},{number},{factor(Decimal(length * number))}" for kind, length, count in PARTS for number in range(count)]
    return "\n".join(["part_kind,part_no,factor_share", *lines]) + "\n"


if __name__ == "__main__":
    SEED.write_text(written(), encoding="utf-8")
    print(f"wrote {SEED}")
