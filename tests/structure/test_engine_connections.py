"""Only glassbook/engine.py opens DuckDB, so that all connections compute in the same way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("glassbook", "ingestion", "simulator", "warehouse", "reports", "dashboards", "orchestration", "benchmarks")
# Functions of the module that open a database, or use the module's default one.
OPENS = {
    *("connect", "default_connection", "cursor", "sql", "query", "execute", "executemany", "from_query", "table", "values"),
    *("read_csv", "read_json", "read_parquet", "from_arrow", "from_csv_auto", "from_df", "from_parquet"),
}


def _opens(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="duckdb"), attr=name):
            return name in OPENS
        case ast.ImportFrom(module="duckdb", names=names):
            return any(name.name in OPENS for name in names)
        case ast.Import(names=names):
            return any(name.name == "duckdb" and name.asname for name in names)
    return False


def opened(tree: ast.AST) -> list[int]:
    """Lines at which a module opens the engine, or hides this behind another name."""
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.expr | ast.stmt) and _opens(node)]


@pytest.mark.parametrize(
    "text",
    ["import duckdb\nduckdb.connect('a')", "from duckdb import connect", "import duckdb\nduckdb.sql('from a')", "import duckdb as engine"],
)
def test_what_opens_the_engine_is_seen(text: str) -> None:
    assert opened(ast.parse(text))


def test_what_works_on_a_connection_does_not_count() -> None:
    assert opened(ast.parse("import duckdb\nraised = duckdb.Error\nconnection.execute('from a')")) == []


def test_one_module_opens_the_engine() -> None:
    found = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if opened(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == {"glassbook/engine.py"}
