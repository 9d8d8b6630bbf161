"""The JSON Schema of a profile for editors, made from its records; `python -m glassbook.profile.schema` writes the file anew."""

from __future__ import annotations

import json
from pathlib import Path

from glassbook.profile.records import Profile

PATH = Path(__file__).with_name("profile.schema.json")


def schema_text() -> str:
    """The schema as the file holds it."""
    schema = Profile.model_json_schema()
    schema |= {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Glassbook platform profile"}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(schema_text(), encoding="utf-8")
