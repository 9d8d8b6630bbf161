"""Only glassbook/sql_paths.py writes a path into a statement, so that no file is read in place of another."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("glassbook", "ingestion", "simulator", "warehouse", "reports", "dashboards", "orchestration", "benchmarks")
# Functions of the engine that read files, and statements that open or write one, up to the path.
READS = re.compile(r"\b(?:read_(?:parquet|csv|csv_auto|json|text|blob)|parquet_\w+|sniff_csv|glob)\s*\(\s*\[?$", re.IGNORECASE)
NAMES = re.compile(r"(?:\battach\s+(?:if\s+not\s+exists\s+)?|\)\s*to\s+)'?$", re.IGNORECASE)
FUNCTIONS = {"file_read", "files_read", "parquet_sql", "file_written", "database_attached"}


def _is_ours(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS


def by_hand(tree: ast.AST) -> list[int]:
    """Lines at which a statement takes a path that is not from a call of `sql_paths`."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        before = ""
        for part in node.values:
            if isinstance(part, ast.Constant):
                before += str(part.value)
            elif isinstance(part, ast.FormattedValue):
                if (READS.search(before.rstrip("'")) or NAMES.search(before)) and not _is_ours(part.value):
                    found.append(node.lineno)
                before += "x"
    return found


@pytest.mark.parametrize(
    "text",
    [
        'f"select * from read_parquet({path})"',
        "f\"select * from read_csv('{path}', header = true)\"",
        'f"from parquet_metadata([{paths}])"',
        "f\"attach '{path}' as other\"",
        'f"copy (select 1) to {quoted(path)}"',
    ],
)
def test_a_path_put_in_by_hand_is_seen(text: str) -> None:
    assert by_hand(ast.parse(text))


def test_what_the_functions_made_is_not() -> None:
    text = 'f"copy (select 1 from read_csv({file_read(path)}, sep = {sep})) to {file_written(path)} (format {form})"'
    assert by_hand(ast.parse(text)) == []


def test_no_statement_has_a_path_put_in_by_hand() -> None:
    found = {}
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        lines = by_hand(ast.parse(text))
        # Names of folders above the lake would become columns: `parquet_sql` says that they do not.
        if lines or ("read_parquet(" in text and path != ROOT / "glassbook/sql_paths.py"):
            found[str(path.relative_to(ROOT))] = lines
    assert found == {}
