"""Finds in a model's SQL where amounts of money are added up that are, or are made of, columns of given names.

Belongs here: reading SQL. Does not: which model may.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sqlglot import exp, parse_one

# Aggregates whose result is an amount out of many; of min, max and counts it is one of them, or none.
_ADDING = (exp.Sum, exp.Avg, exp.Median)
_ADDING_FUNCTIONS = {"fsum", "kahan_sum", "sumkahan", "list_sum", "list_aggregate", "mean", "sum_no_overflow"}
# Below these nodes a value is compared or counted, and no longer an amount.
_JUDGED = (exp.Predicate, exp.Count, exp.Not, exp.And, exp.Or)


def adds_up(sql: str, amounts: re.Pattern[str]) -> list[str]:
    """The aggregates of `sql` over columns whose name `amounts` matches whole, or over what the SQL itself made of such columns.

    A name stands for whatever any part of the SQL calls so: one that means two things counts as either.
    """
    tree = parse_one(sql, dialect="duckdb")
    made: set[str] = set()
    named = list(_named(tree))
    while found := {name for name, value in named if name not in made and _is_amount(value, amounts, made)}:
        made |= found
    return [
        node.sql(dialect="duckdb") for node in tree.walk() if _adds(node) and any(_is_amount(a, amounts, made) for a in _arguments(node))
    ]


def _named(tree: exp.Expression) -> Iterator[tuple[str, exp.Expression]]:
    """Every name that the SQL gives, with what it gives it to."""
    for alias in tree.find_all(exp.Alias):
        yield alias.alias.lower(), alias.this
    for field in tree.find_all(exp.PropertyEQ):
        yield field.this.name.lower(), field.expression
    for whole in tree.find_all(exp.SetOperation, exp.CTE, exp.Subquery):
        # Columns of later parts go by the names of the first, and those of a list of names by these.
        first, *_ = selects = list(_selects(whole.this if isinstance(whole, exp.CTE | exp.Subquery) else whole)) or [None]
        if first is None:
            continue
        given = [column.name for column in (whole.args["alias"].columns if whole.args.get("alias") else ())]
        names = given or [column.alias_or_name for column in first.selects]
        for select in selects:
            yield from ((name.lower(), value) for name, value in zip(names, select.selects, strict=False))


def _selects(node: exp.Expression) -> Iterator[exp.Select]:
    if isinstance(node, exp.Select):
        yield node
    elif isinstance(node, exp.SetOperation):
        yield from _selects(node.this)
        yield from _selects(node.expression)
    elif isinstance(node, exp.Subquery):
        yield from _selects(node.this)


def _adds(node: exp.Expression) -> bool:
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower() in _ADDING_FUNCTIONS
    return isinstance(node, _ADDING) or node.key.lower() in _ADDING_FUNCTIONS


def _arguments(node: exp.Expression) -> Iterable[exp.Expression]:
    return node.expressions if isinstance(node, exp.Anonymous) else node.iter_expressions()


def _is_amount(node: exp.Expression, amounts: re.Pattern[str], made: set[str]) -> bool:
    """Whether an expression gives one of these amounts."""
    if isinstance(node, _JUDGED):
        return False
    if isinstance(node, exp.Column):
        return amounts.fullmatch(node.name.lower()) is not None or node.name.lower() in made
    if isinstance(node, exp.Case):
        results = [branch.args["true"] for branch in node.args["ifs"]] + [node.args.get("default")]
        return any(_is_amount(result, amounts, made) for result in results if result is not None)
    if isinstance(node, exp.If):
        return any(_is_amount(node.args[part], amounts, made) for part in ("true", "false") if node.args.get(part) is not None)
    return any(_is_amount(child, amounts, made) for child in node.iter_expressions())
