"""The JSON Schema of a mapping for editors, made from its records and the contract; written by `python -m ingestion.mapping.schema`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ingestion.contract import load_contract
from ingestion.mapping import Mapping

PATH = Path(__file__).with_name("mapping.schema.json")


def schema_text() -> str:
    """The schema as the file holds it: tables and columns by the contract's names, each with its description."""
    schema: dict[str, Any] = Mapping.model_json_schema(by_alias=True)
    column = {"anyOf": [{"type": "string", "description": "Column of the table or query."}, {"$ref": "#/$defs/ColumnMapping"}]}
    table = schema["$defs"].pop("TableMapping")
    schema["properties"]["tables"] = {
        "type": "object",
        "description": schema["properties"]["tables"]["description"],
        "additionalProperties": False,
        "properties": {
            name: table
            | {
                "description": found.description,
                "properties": {key: value for key, value in table["properties"].items() if key not in ("columns", "timezone")}
                | {
                    "columns": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {
                            c.name: column
                            | {"description": f"{c.type}: {c.description}" + (f" One of {', '.join(c.values)}." if c.values else "")}
                            for c in found.columns
                        },
                    }
                },
            }
            for name, found in load_contract().tables.items()
        },
    }
    schema |= {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Glassbook mapping"}
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(schema_text(), encoding="utf-8")
