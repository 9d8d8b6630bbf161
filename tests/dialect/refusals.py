"""What the models may not contain, because Spark lacks it or reads it differently.

Each refusal says what to write instead; tests/structure/test_second_engine.py shows that each is found. Columns are judged by their names
(docs/naming.md), since there are no types without data.

Belongs here: what is refused for its form. Does not: words (`words`), how a statement is read (`translation`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from tests.dialect.kinds import counts_in_fractions, is_day
from tests.dialect.words import FUNCTIONS, RESERVED


@dataclass(frozen=True)
class Refusal:
    """One thing that is refused: `says` why, and what to write."""

    name: str
    finds: Callable[[exp.Expression], bool]
    says: str

    def reason(self, node: exp.Expression) -> str:
        """Why this node is refused, and what to write instead."""
        return FUNCTIONS[node.name.lower()] if isinstance(node, exp.Anonymous) else self.says


_NUMBERS = {exp.DType.INT, exp.DType.BIGINT, exp.DType.DECIMAL}
TYPES = _NUMBERS | {exp.DType.DATE, exp.DType.TEXT, exp.DType.VARCHAR, exp.DType.BOOLEAN, exp.DType.TIMESTAMP}
_WHOLE_TYPES = {exp.DType.INT, exp.DType.BIGINT}
_REGULAR = (exp.RegexpLike, exp.RegexpExtract, exp.RegexpExtractAll, exp.RegexpReplace)


def _has_foreign_type(node: exp.Expression) -> bool:
    return isinstance(node, exp.DataType) and node.this not in TYPES


def _divides_inexactly(node: exp.Expression) -> bool:
    """A division of any type, except of x - x % y by y."""
    if not isinstance(node, exp.Div):
        return False
    left = node.this.unnest()
    if not isinstance(left, exp.Sub) or not isinstance(left.expression, exp.Mod):
        return True
    over = left.expression
    return over.this != left.this or _without_cast(over.expression) != _without_cast(node.expression)


def _without_cast(node: exp.Expression) -> exp.Expression:
    inner = node.unnest()
    return inner.this.unnest() if isinstance(inner, exp.Cast) else inner


def _cuts_fraction(node: exp.Expression) -> bool:
    return isinstance(node, exp.Cast) and node.to.this in _WHOLE_TYPES and counts_in_fractions(node.this)


def _may_take_null(node: exp.Expression) -> bool:
    """arg_max and arg_min of what may be null, unless a struct or a filter says what is meant."""
    if not isinstance(node, exp.ArgMax | exp.ArgMin) or isinstance(node.this, exp.Struct):
        return False
    around = node.parent
    if not isinstance(around, exp.Filter):
        return True
    condition = around.expression.this
    wanted = exp.Not(this=exp.Is(this=node.this.copy(), expression=exp.Null()))
    return wanted not in list(condition.flatten() if isinstance(condition, exp.And) else [condition])


def _reads_end_of_line(node: exp.Expression) -> bool:
    pattern = node.expression if isinstance(node, _REGULAR) else None
    return isinstance(pattern, exp.Literal) and "$" in _without_classes(pattern.name)


def _without_classes(pattern: str) -> str:
    """A regular expression without its [classes] and \\escapes, in which a $ is a normal character."""
    kept, in_class, escaped = [], False, False
    for sign in pattern:
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        else:
            kept.append(sign)
    return "".join(kept)


def _is_row(node: exp.Expression) -> bool:
    """A whole row of a relation as one value, by the relation's name."""
    select = node.find_ancestor(exp.Select) if isinstance(node, exp.Column) and not node.table else None
    if select is None or isinstance(node.this, exp.Star):
        return False
    sources = [select.args.get("from_"), *select.args.get("joins", [])]
    return node.name in {source.this.alias_or_name for source in sources if source is not None}


def _is_nested_generator(node: exp.Expression) -> bool:
    return isinstance(node, exp.Explode) and not (
        isinstance(node.parent, exp.Select) or (isinstance(node.parent, exp.Alias) and isinstance(node.parent.parent, exp.Select))
    )


def _has_framed_neighbour(node: exp.Expression) -> bool:
    if not isinstance(node, exp.Window) or not isinstance(node.this, exp.Lag | exp.Lead):
        return False
    named = {w.name: w for select in [node.find_ancestor(exp.Select)] if select for w in select.args.get("windows") or []}
    return any(window is not None and window.args.get("spec") for window in (node, named.get(node.alias)))


def _is(*kinds: type[exp.Expression]) -> Callable[[exp.Expression], bool]:
    return lambda node: isinstance(node, kinds)


def _has(kind: type[exp.Expression], argument: str) -> Callable[[exp.Expression], bool]:
    return lambda node: isinstance(node, kind) and bool(node.args.get(argument))


REFUSALS = (
    Refusal("foreign type", _has_foreign_type, "Spark lacks this type, or floats. For whole numbers use as_whole() of macros/exact.sql"),
    Refusal("integer division", _is(exp.IntDiv), "Spark's knows 64 bits alone. Use divided() or rounded_quotient() of macros/exact.sql"),
    Refusal("division", _divides_inexactly, "DuckDB gives a double, Spark cuts digits. Use rounded_quotient() of macros/exact.sql"),
    Refusal("power", _is(exp.Pow), "it is a double. Use ten_to() or ten_to_the() of macros/exact.sql"),
    Refusal("sign", _is(exp.Sign), "Spark's is a double. Write a case"),
    Refusal("average", _is(exp.Avg), "DuckDB gives a double, Spark four more digits. Divide sum by count with rounded_quotient()"),
    Refusal("median", _is(exp.Median), "Spark's is a double. Use doubled_medians() of macros/lists.sql"),
    Refusal("fraction cast to whole", _cuts_fraction, "DuckDB rounds and Spark cuts off. Round it first"),
    Refusal(
        "days apart",
        lambda n: isinstance(n, exp.Sub) and is_day(n.this) and is_day(n.expression),
        "Spark gives an interval. Write date_diff('day', earlier, later)",
    ),
    Refusal(
        "interval of a column",
        lambda n: isinstance(n, exp.Interval) and not isinstance(n.this, exp.Literal),
        "Spark knows intervals of constants alone. Write n * interval 1 day",
    ),
    Refusal(
        "latest of what may be null",
        _may_take_null,
        "DuckDB passes over nulls, Spark does not. Write filter (value is not null), a struct around it, or in_force()",
    ),
    Refusal(
        "several greatest",
        lambda n: isinstance(n, exp.Max | exp.Min) and bool(n.args.get("count") or n.expressions),
        "Spark lacks it. Use second_least() of macros/lists.sql, or order by and limit in a subquery",
    ),
    Refusal(
        "asof join",
        lambda n: isinstance(n, exp.Join) and n.method.upper() in ("ASOF", "POSITIONAL"),
        "Spark lacks it. Give rows an end by with_end() of macros/lists.sql and join on the range",
    ),
    Refusal("rows from a list", _is(exp.Unnest), "Spark has it in a select alone. Write select unnest(…) in a subquery"),
    Refusal("unnest within an expression", _is_nested_generator, "Spark makes rows of a whole column alone. Cast it outside a subquery"),
    Refusal("recursive unnest", lambda n: isinstance(n, exp.Explode) and bool(n.expressions), "Use row_each() of macros/lists.sql"),
    Refusal(
        "series",
        _is(exp.GenerateSeries, exp.GenerateDateArray, exp.GenerateTimestampArray),
        "Spark's refuses an end before its beginning. Use days_from() of macros/instants.sql",
    ),
    Refusal("union by name", _has(exp.SetOperation, "by_name"), "Spark lacks it. Name the columns in one order"),
    Refusal(
        "replaced column",
        lambda n: isinstance(n, exp.Star) and bool(n.args.get("replace") or n.args.get("rename")),
        "Spark lacks it. Name the columns",
    ),
    Refusal(
        "materialized",
        lambda n: isinstance(n, exp.CTE) and n.args.get("materialized") is not None,
        "Spark has no word for it. Use found_once() of macros/lists.sql",
    ),
    Refusal("trim", _is(exp.Trim), "Spark's takes off the space of ASCII alone. Use trimmed() of macros/texts.sql"),
    Refusal("error as null", _is(exp.Try, exp.TryCast), "Spark lacks it. Use decoded() of macros/texts.sql, or test the value first"),
    Refusal(
        "flags of a regular expression",
        lambda n: isinstance(n, exp.RegexpExtract | exp.RegexpLike) and bool(n.args.get("parameters") or n.args.get("flag")),
        "Spark has none. Write (?i) at its beginning",
    ),
    Refusal(
        "one replacement",
        lambda n: isinstance(n, exp.RegexpReplace) and getattr(n.args.get("modifiers"), "name", "") != "g",
        "DuckDB replaces the first alone, Spark all. Write the flag 'g'",
    ),
    Refusal("end of line", _reads_end_of_line, "Spark's $ fits before a last line feed too. Write \\z"),
    Refusal("full match", _is(exp.RegexpFullMatch), FUNCTIONS["regexp_full_match"]),
    Refusal("row as a value", _is_row, "Spark has no value for a row of a relation. Write a struct of the columns"),
    Refusal(
        "rows compared",
        lambda n: isinstance(n, exp.EQ | exp.NEQ | exp.NullSafeEQ | exp.NullSafeNEQ) and isinstance(n.this, exp.Tuple),
        "Spark does so only where types are alike to the digit. Use differ() of macros/lists.sql, or compare column by column",
    ),
    Refusal(
        "row as a text",
        lambda n: isinstance(n, exp.DPipe) and bool({type(n.this), type(n.expression)} & {exp.Tuple, exp.Struct}),
        "Spark writes it otherwise. Put the columns together",
    ),
    Refusal("neighbour in a frame", _has_framed_neighbour, "Spark refuses a frame for lag and lead. Use a window without one"),
    Refusal("distinct on", _has(exp.Distinct, "on"), "which row stays is not said. Use row_number()"),
    Refusal("function of DuckDB", lambda n: isinstance(n, exp.Anonymous) and n.name.lower() in FUNCTIONS, "see FUNCTIONS"),
    Refusal(
        "reserved word as a name",
        lambda n: isinstance(n, exp.Identifier) and n.name.lower() in RESERVED,
        "Spark reserves this word. Take another name",
    ),
)
