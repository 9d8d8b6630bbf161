"""Names of segments: the platform's names for its own, and the home regime's names for the codes of its country."""

from __future__ import annotations

from dashboards.components.reading import rows
from dashboards.components.wording import Words
from glassbook.settings import load_settings
from glassbook.snapshots import Snapshot
from reports.filing.declare.regime import load_regime


def names_of(snapshot: Snapshot, kind: str) -> dict[str, Words]:
    """The platform's names of products, branches and institutions, and the home regime's names of country codes; by segment_id."""
    named = rows(snapshot, "select segment_id, name from dim_segments where segment_kind = ?", kind)
    codes = load_regime(load_settings().home_regime).codes.get(kind, {})
    return {code: Words(*said) for code, said in codes.items()} | {name: Words(called, f"no. {name}") for name, called in named if called}
