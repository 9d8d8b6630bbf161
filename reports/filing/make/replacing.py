"""The interface between a filing that replaces another and the comparison of the two: the annex, and a sheet of its workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glassbook.snapshots import Snapshot
    from reports.figures.reading import FigureSet
    from reports.filing.declare.regime import Regime
    from reports.filing.render.sheets import Sheet


@dataclass(frozen=True)
class Stated:
    """What the new version states: its figures as of the last day of the period, its head (filing.json), and its snapshot."""

    regime: Regime
    as_of: date
    head: Mapping[str, Any]
    figures: FigureSet
    snapshot: Snapshot


@dataclass(frozen=True)
class Explained:
    """What changed since the version before: files for the package by name, and a sheet for the workbook."""

    contents: dict[str, bytes]
    sheet: Sheet


Explain = Callable[[Stated], Explained]
"""Explains how a new version differs from the version before. Raises InputError when the rows behind that one are not kept."""
