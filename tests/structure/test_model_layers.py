"""Models read only earlier layers of the data flow, and dbt knows everything that they read."""

from __future__ import annotations

import re

from glassbook.settings import Settings
from warehouse.dbt_runner import PROJECT_DIR, Project

# An edge may skip layers and never goes back. Checks read everything and nothing reads them.
LAYERS = ("staging", "ledger", "marts/lending", "marts/marketing", "marts/operations", "marts/disclosure", "checks")
RANKS = {"staging": 0, "ledger": 1, "marts/lending": 2, "marts/marketing": 2, "marts/operations": 2, "marts/disclosure": 3, "checks": 4}


def layer_of(path: str) -> str:
    """Layer of a model by its file below the project."""
    (layer,) = [name for name in LAYERS if path.startswith(f"models/{name}/")]
    return layer


def test_no_edge_goes_back(small_home: Settings) -> None:
    nodes = {uid: node for uid, node in Project(small_home).manifest.nodes.items() if node.resource_type == "model"}
    edges = [(parent, uid) for uid, node in nodes.items() for parent in node.depends_on.nodes if parent in nodes]
    ranks = {uid: RANKS[layer_of(node.original_file_path)] for uid, node in nodes.items()}
    assert len(edges) > 150
    assert [f"{child} reads {parent}" for parent, child in edges if ranks[parent] > ranks[child]] == []


def test_a_regime_reads_no_other_regime(small_home: Settings) -> None:
    nodes = {uid: node for uid, node in Project(small_home).manifest.nodes.items() if node.resource_type == "model"}

    def regime(uid: str) -> str | None:
        found = re.match(r"models/marts/disclosure/(\w+)/", nodes[uid].original_file_path)
        return found[1] if found else None

    strange = [
        f"{uid} reads {parent}"
        for uid, node in nodes.items()
        for parent in node.depends_on.nodes
        if parent in nodes and regime(parent) and regime(uid) and regime(parent) != regime(uid)
    ]
    assert strange == []


def test_nothing_passes_dbt_by() -> None:
    """Models and macros name relations only by ref() and source(), so that lineage is complete."""
    found = []
    names = {path.stem for path in (PROJECT_DIR / "models").rglob("*.sql")} | {path.stem for path in (PROJECT_DIR / "seeds").glob("*.csv")}
    for path in [*(PROJECT_DIR / "models").rglob("*.sql"), *(PROJECT_DIR / "macros").rglob("*.sql")]:
        text = re.sub(r"\{#.*?#\}|--[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", text, flags=re.DOTALL)
        read = re.findall(r"\b(?:from|join)\s+(?:main\.)?(\w+)\b", text)
        found += [f"{path.stem} reads {name}" for name in read if name in names]
        found += [f"{path.stem} speaks of this.schema"] * ("this.schema" in path.read_text(encoding="utf-8"))
    assert found == []


def test_no_model_lists_by_hand_what_it_reads() -> None:
    """A `-- depends_on:` line can be wrong. CN-E15 reads what a filing passes in when it is made; the figures add up
    to the rows of two other models without reading these, and name them for readers who ask where a figure comes from."""
    listing = {path.stem for path in (PROJECT_DIR / "models").rglob("*.sql") if "depends_on:" in path.read_text(encoding="utf-8")}
    assert listing == {"rpt_cn_edit_e15", "rpt_cn_figures_as_of"}
