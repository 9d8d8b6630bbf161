"""Statements from DuckDB's dialect to Spark's, by sqlglot, and what is wrong with them.

Belongs here: translating, and describing a finding. Does not: what is refused (`refusals`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError, UnsupportedError

from tests.dialect.compiling import Statement
from tests.dialect.refusals import REFUSALS
from tests.dialect.words import KNOWN, known_functions

WRITTEN, TRANSLATED = "duckdb", "spark"

_UNKNOWN = "nobody has looked at what becomes of this on Spark. Read it, run it, then add it to KNOWN or to REFUSALS of tests/dialect"
_UNKNOWN_FUNCTION = "Spark is not known to have this function with this meaning. Write it otherwise, or in a macro with adapter.dispatch"


@dataclass(frozen=True)
class Finding:
    """What in a statement Spark lacks or reads differently, and what to write."""

    statement: Statement
    line: int
    rule: str
    found: str
    says: str

    def __str__(self) -> str:
        text = self.statement.sql.splitlines()[self.line - 1].strip() if self.line else ""
        where = f"dbt_project/{self.statement.path} ({self.statement.name}, {self.statement.branch})"
        return f"{where}, line {self.line or '?'} of what dbt compiled\n    {text}\n    found {self.rule}: {self.found}\n    {self.says}"


def findings(statement: Statement, functions: frozenset[str]) -> Iterator[Finding]:
    """All that is wrong with a statement; `functions` are those of the project and of a build's preparation, in lower case."""
    try:
        trees = [tree for tree in sqlglot.parse(statement.sql, read=WRITTEN) if tree is not None]
    except SqlglotError as error:
        yield Finding(statement, 0, "SQL that sqlglot cannot read", "", str(error))
        return
    for tree in trees:
        refused = list(_refused(statement, tree, functions))
        yield from refused
        if not refused:
            yield from _untranslated(statement, tree)


def translated(tree: exp.Expression) -> str:
    """The statement in Spark's dialect. Raises UnsupportedError if sqlglot knows that Spark lacks something."""
    return tree.sql(dialect=TRANSLATED, unsupported_level=sqlglot.ErrorLevel.RAISE)


def _refused(statement: Statement, tree: exp.Expression, functions: frozenset[str]) -> Iterator[Finding]:
    for node in tree.walk():
        if isinstance(node, exp.Command):
            yield Finding(statement, _line(node), "unread statement", node.sql(WRITTEN), "sqlglot would hand it on as it is")
            return
        refusal = next((r for r in REFUSALS if r.finds(node)), None)
        if refusal:
            yield Finding(statement, _line(node), refusal.name, node.sql(WRITTEN)[:120], refusal.reason(node))
        elif isinstance(node, exp.Anonymous):
            if node.name.lower() not in functions | known_functions():
                yield Finding(statement, _line(node), "unknown function", f"{node.name}()", _UNKNOWN_FUNCTION)
        elif type(node).__name__ not in KNOWN:
            yield Finding(statement, _line(node), f"unknown {type(node).__name__}", node.sql(WRITTEN)[:120], _UNKNOWN)


def _untranslated(statement: Statement, tree: exp.Expression) -> Iterator[Finding]:
    try:
        again = sqlglot.parse_one(translated(tree), read=TRANSLATED)
    except UnsupportedError as error:
        yield Finding(statement, 0, "what sqlglot cannot translate", "", str(error))
    except SqlglotError as error:
        yield Finding(statement, 0, "a translation that is no SQL of Spark", "", str(error))
    else:
        if again.find(exp.Command):
            yield Finding(statement, 0, "a translation that sqlglot does not read", again.sql(TRANSLATED)[:120], "it is handed on as it is")


def _line(node: exp.Expression) -> int:
    """Line of a node in its statement: its own, that of a child, or that of a parent; 0 if none is known."""
    for candidate in node.walk():
        if "line" in candidate.meta:
            return int(candidate.meta["line"])
    parent = node.parent
    return _line(parent) if parent else 0
