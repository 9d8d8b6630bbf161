"""Explains how a new version of a filing differs from the one that it replaces: the annex of its package, the sheet of its workbook."""

from __future__ import annotations

from glassbook.snapshot_comparison import unchanged
from reports.filing.make.replacing import Explain, Explained, Stated
from reports.restating.annex import annex
from reports.restating.comparison import compare
from reports.restating.sheet import restatement_sheet
from reports.restating.sides import Side, records_of, side_of_head


def explains_since(before: Side) -> Explain:
    """The function that the filing engine calls for the annex, given the version before; the bytes of its snapshot are compared first."""
    unchanged(before.snapshot)

    def explain(stated: Stated) -> Explained:
        after = side_of_head(stated.head, records_of(stated.figures), stated.snapshot, None)
        changes = compare(stated.regime, stated.as_of, before, after)
        return Explained(annex(changes), restatement_sheet(changes))

    return explain
