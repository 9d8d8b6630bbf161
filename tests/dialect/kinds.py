"""What kind of value an expression has, by the names of its columns (docs/naming.md) and its functions; unknown if they do not indicate it.

Belongs here: days, and numbers with a fraction. Does not: what follows from it (`refusals`).
"""

from __future__ import annotations

from sqlglot import exp

# These have the kind of their argument.
_SAME = (exp.Max, exp.Min, exp.Greatest, exp.Least, exp.Coalesce, exp.Paren, exp.AnyValue, exp.Lag, exp.Lead, exp.ArgMax, exp.ArgMin,
         exp.Neg, exp.Abs, exp.Sum, exp.Filter, exp.Window)  # fmt: skip
_FRACTIONS = ("_amount", "_rate", "_share", "amount", "price", "rate")
_DAYS = {"latest_business_date", "business_date"}


def is_day(node: exp.Expression) -> bool:
    """Whether it is surely a calendar day."""
    if isinstance(node, exp.Column):
        return node.name.endswith("_on") or node.name in ("valid_from", "valid_to")
    if isinstance(node, exp.Cast):
        return node.to.this == exp.DType.DATE
    if isinstance(node, exp.Anonymous):
        return node.name.lower() in _DAYS
    return isinstance(node, exp.LastDay) or (isinstance(node, _SAME) and any(map(is_day, _given(node))))


def counts_in_fractions(node: exp.Expression) -> bool:
    """Whether it surely is a number that can have digits after the point."""
    if isinstance(node, exp.Column):
        return node.name.endswith(_FRACTIONS)
    if isinstance(node, exp.Cast):
        return node.to.this == exp.DType.DECIMAL and len(node.to.expressions) == 2 and node.to.expressions[1].name != "0"
    if isinstance(node, exp.Literal):
        return not node.is_string and "." in node.name
    if isinstance(node, exp.Mul):
        # Cents of money: amount * 100 and more.
        scaled = any(side.is_int and side.name.endswith("00") for side in (node.this, node.expression))
        return not scaled and any(map(counts_in_fractions, (node.this, node.expression)))
    if isinstance(node, exp.Add | exp.Sub):
        return any(map(counts_in_fractions, (node.this, node.expression)))
    return isinstance(node, _SAME) and any(map(counts_in_fractions, _given(node)))


def _given(node: exp.Expression) -> list[exp.Expression]:
    return [node.this, *node.expressions] if isinstance(node, exp.Greatest | exp.Least | exp.Coalesce) else [node.this]
