"""What charts of pages and apps have in common: points, colours and dashes. Does not belong here: drawing, which loads a library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Kind = Literal["area", "line"]
# Blue and vermilion stay distinct for every common form of colour blindness; dashes distinguish them in black and white.
COLOURS = ("#1d5b8f", "#c2502a", "#4b7f52", "#7a5195")
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3))


@dataclass(frozen=True)
class Point:
    """One value of one series at the end of a month; None leaves a gap. A value that an edit calls impossible is drawn hollow."""

    month_end: date
    series: str
    value: Decimal | None
    is_provisional: bool = False
