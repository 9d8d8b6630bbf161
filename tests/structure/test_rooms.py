"""Everything is where its name says: a command is in the module of its name; and functions are short enough to read at a glance."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.metadata import entry_points
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PACKAGES = ("glassbook", "ingestion", "simulator", "warehouse", "reports", "dashboards", "orchestration", "benchmarks")
MOST_LINES, MOST_PARAMETERS = 60, 7


def test_the_module_of_a_command_is_named_as_the_command() -> None:
    commands = entry_points(group="glassbook.commands")
    assert len(commands) > 20
    for command in commands:
        package, *rest = command.module.split(".")
        assert package in PACKAGES and rest == ["commands", command.name.replace("-", "_")], command


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def parameter_count(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return len(given) - (given[:1] in (["self"], ["cls"]))


def test_a_function_is_short_and_takes_few_parameters() -> None:
    found = dict(functions())
    assert len(found) > 1000
    long = [f"{name}: {lines} lines" for name, node in found.items() if (lines := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES]
    wide = [f"{name}: {count} parameters" for name, node in found.items() if (count := parameter_count(node)) > MOST_PARAMETERS]
    assert not long + wide, "\n".join(long + wide)


def room(module: str) -> str:
    """The folder or module below a package that a module is in; rooms of filings, and regimes, are one level deeper."""
    parts = module.split(".")
    return ".".join(parts[: 3 if parts[1:2] in (["filing"], ["regimes"]) else 2])


def test_rooms_that_import_each_other_stand_in_no_ring() -> None:
    """This includes imports inside functions and those only for types: to read one room, you need none of the rooms above it."""
    graph = grimp.build_graph(*PACKAGES[:-1], exclude_type_checking_imports=False, cache_dir=None)
    below: dict[str, set[str]] = {}
    for module in graph.modules:
        below.setdefault(room(module), set()).update(map(room, graph.find_modules_directly_imported_by(module)))
    sorter = TopologicalSorter({here: others - {here} for here, others in below.items()})
    order = list(sorter.static_order())  # raises CycleError, which names the cycle
    assert order.index("reports.present") < order.index("reports.filing.make") < order.index("reports.site")


def test_one_name_is_one_class() -> None:
    """A public class has a name that no other public class of the project has: one word is one thing.

    A regime's own form of a thing has the name of the thing.
    """
    places: dict[str, list[str]] = {}
    for package in PACKAGES:
        for path in sorted(path for path in (ROOT / package).rglob("*.py") if "regimes" not in path.parts):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert len(places) > 200
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


MOST_SQL_LINES = 6


def test_sql_of_more_than_a_few_lines_is_a_file() -> None:
    """Read by `glassbook.sql_text.sql_of`; a docstring that speaks of SQL is none."""
    seen, found = 0, []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            bodies = [node.body for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
            docstrings = {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}
            for node in ast.walk(tree):
                if not isinstance(node, ast.Constant | ast.JoinedStr) or id(node) in docstrings:
                    continue
                parts = node.values if isinstance(node, ast.JoinedStr) else [node]
                text = " ".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
                if re.search(r"(?i)\b(select|insert into|create (table|or))\b", text):
                    seen += 1
                    if (node.end_lineno or 0) - node.lineno >= MOST_SQL_LINES:
                        found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert seen > 50 and sorted(set(found)) == []
