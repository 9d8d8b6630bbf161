"""Where figures are read from: the table of a regime, or of the house's own figures (operations, marketing).

Belongs here: which sets exist, and what reading them needs. Does not: reading (`reading`), what a regime declares (`declare.regime`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

HOUSE_SETS = {"operations": "rpt_operations_totals", "marketing": "rpt_marketing_figures"}
"""Sets of the catalogue that no law asks for: figures that the house itself wants to know, and their tables."""


class FigureSource(Protocol):
    """A table of figures; a regime has one too."""

    @property
    def name(self) -> str:
        """Name of the set in the catalogue."""

    @property
    def figures_table(self) -> str:
        """Relation with a row per stored day and code."""

    @property
    def figures_macro(self) -> str | None:
        """Table function that computes any day; None when only stored days exist."""


@dataclass(frozen=True)
class HouseSet:
    """The house's own figures of one set: of the month up to the day, stored for month ends and the latest day."""

    name: str
    figures_macro: None = None

    @property
    def figures_table(self) -> str:
        """Relation with a row per stored day and code."""
        return HOUSE_SETS[self.name]


def house_set_of(code: str) -> HouseSet | None:
    """The house's set to which a figure's code belongs; None for a regime's code, or for no code at all."""
    from glassbook.catalogue import load_metrics

    prefixes = {load_metrics(name)[0].code.partition("-")[0]: name for name in HOUSE_SETS}
    name = prefixes.get(code.upper().partition("-")[0])
    return HouseSet(name) if name else None
