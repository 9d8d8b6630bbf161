"""Content of the .yml files beside the models: descriptions of models, seeds, sources and their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from warehouse.dbt_runner import PROJECT_DIR
from warehouse.regimes import known_regimes

EACH_REGIME = "<regime>_"
"""What the name of a column begins with that a general model has for each regime."""


@dataclass(frozen=True)
class Declared:
    """One relation as declared; `columns` maps names to descriptions."""

    name: str
    description: str
    columns: dict[str, str]
    file: str


def declared_relations() -> dict[str, list[Declared]]:
    """Every declared model, seed and table of a source, by name; more than one entry is a mistake."""
    found: dict[str, list[Declared]] = {}
    for folder in ("models", "seeds"):
        for path in sorted((PROJECT_DIR / folder).rglob("*.yml")):
            document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            entries = [*document.get("models", []), *document.get("seeds", [])]
            entries += [
                table
                for source in document.get("sources", [])
                if source["name"] in ("control", "addresses", "outcome")
                for table in source["tables"]
            ]
            for entry in entries:
                columns = {
                    column["name"].replace(EACH_REGIME, f"{regime}_"): column.get("description", "")
                    for column in entry.get("columns", [])
                    for regime in known_regimes()
                }
                declared = Declared(entry["name"], entry.get("description", ""), columns, path.name)
                found.setdefault(declared.name, []).append(declared)
    return found


def model_names() -> list[str]:
    """Every model and seed by its file."""
    models = [path.stem for path in (PROJECT_DIR / "models").rglob("*.sql")]
    return sorted(models + [path.stem for path in (PROJECT_DIR / "seeds").glob("*.csv")])
