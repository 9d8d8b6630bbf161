"""The JSON Schema of a profile for editors, made from its records; `python -m glassbook.profile.schema` writes each regime's file again."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from glassbook import regimes
from glassbook.profile.formats import SCHEMA, profile_type


def schema_path(regime: str) -> Path:
    """The file of a regime's schema."""
    return Path(str(resources.files(regimes.folder_of(regime)))) / SCHEMA


def schema_text(regime: str) -> str:
    """The schema as the file holds it."""
    schema = profile_type(regime).model_json_schema()
    schema |= {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Glassbook platform profile"}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    for name in regimes.known_regimes():
        schema_path(name).write_text(schema_text(name), encoding="utf-8")
