"""Which figures a page cannot show because the source lacks what they need, and how a page says so.

Belongs here: asking the snapshot. Does not: what a figure needs (the catalogue).
"""

from __future__ import annotations

import streamlit as st

from dashboards.components.reading import rows
from dashboards.components.wording import Words
from glassbook.snapshots import Snapshot

NOT_SUPPLIED = Words("未提供", "not supplied")


def lacking(snapshot: Snapshot) -> dict[str, str | None]:
    """Code of each figure that needs something the source does not supply, with its column."""
    return dict(
        rows(
            snapshot,
            "select distinct metric.code, metric.column_name from ctl_metrics as metric "
            "inner join ctl_metric_needs as need on need.code = metric.code "
            "inner join ctl_supplied as supply on supply.supply_name = need.supply_name and not supply.is_supplied",
        )
    )


def lacks(snapshot: Snapshot, *supply_names: str) -> bool:
    """Whether the source supplies none of these tables or columns of the contract."""
    asked = ", ".join("?" for _ in supply_names)
    found = rows(snapshot, f"select 1 from ctl_supplied where is_supplied and supply_name in ({asked}) limit 1", *supply_names)
    return not found


def say_not_supplied() -> None:
    """In place of a block of which the source supplies nothing."""
    st.caption("未提供。 Not supplied.")
