"""JSON of others: what is none, or has no end, is a ValueError wherever it is read."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from glassbook.json_text import parse_json, parse_strict_json

ROOT = Path(__file__).parents[2]
# Texts of our own making, of this process or of a row that the lake's hash covers.
OWN = {"glassbook/json_text.py", "reports/filing/make/filing.py", "ingestion/quarantine/pages.py", "orchestration/sensors/deadlines.py"}


@pytest.mark.parametrize("content", ["[" * 200_000, b'{"a":' * 200_000, "{", b"\xff", ""])
def test_it_ends_in_one_way(content: str | bytes) -> None:
    with pytest.raises(ValueError):
        parse_json(content)


@pytest.mark.parametrize("content", [b'{"a": 1, "a": 2}', b"[NaN]", b"1" * 101, b"[" * 101 + b"]" * 101, '{"a": 1}'.encode("utf-16")])
def test_strictly_what_readers_read_otherwise_is_none(content: bytes) -> None:
    with pytest.raises(ValueError):
        parse_strict_json(content)
    assert parse_strict_json(b'{"a": [1, -2.5, null]}') == {"a": [1, -2.5, None]}


def test_files_are_read_by_no_other_way() -> None:
    found = set()
    for package in ("glassbook", "ingestion", "simulator", "warehouse", "reports", "orchestration", "dashboards"):
        for path in (ROOT / package).rglob("*.py"):
            calls = (node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
            if any(isinstance(call, ast.Attribute) and ast.unparse(call) in ("json.loads", "json.load") for call in calls):
                found.add(path.relative_to(ROOT).as_posix())
    assert {name for name in found if "stand_alone" not in name} == OWN
