"""Every text of the code that names a command of ours, and the commands that it names. For tests.

Belongs here: reading the code. Does not: what is expected of it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("glassbook", "ingestion", "simulator", "warehouse", "reports", "orchestration", "dashboards")
_NAMED = re.compile(r"`glassbook ([^`]+)`")


@dataclass(frozen=True)
class Spoken:
    """A text of the code; {} stands for inserted values."""

    place: str
    text: str

    @property
    def commands(self) -> list[list[str]]:
        """The commands that it names in backticks, as their words."""
        return named_in(self.text)


def named_in(text: str) -> list[list[str]]:
    """The commands that a text names in backticks, as their words."""
    return [found.split() for found in _NAMED.findall(text)]


@cache
def spoken() -> tuple[Spoken, ...]:
    """Every text that names a command, except documentation and examples of calls."""
    return tuple(found for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")) for found in _of(path))


def _of(path: Path) -> Iterator[Spoken]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and node.body and isinstance(node.body[0], ast.Expr):
            skipped.add(id(node.body[0].value))
        elif isinstance(node, ast.JoinedStr):
            skipped |= {id(value) for value in node.values}
    for node in ast.walk(tree):
        text = None if id(node) in skipped else _text(node)
        if text is not None and _NAMED.search(text):
            yield Spoken(f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", text)


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(value.value) if isinstance(value, ast.Constant) else "{}" for value in node.values)
    return None
