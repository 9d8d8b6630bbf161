"""SQL of a mapping that would mean another instant than its author says, because a session makes instants of local times, and the reverse.

Belongs here: finding and refusing it, for engines whose sessions have the mapping's zone by name. Does not: giving a session its zone
(the engines' folders), MySQL's sessions, which have an offset (`mysql.zones`). Imports a parser, which only such SQL needs.

PostgreSQL and DuckDB read a time without a zone as the session's wherever an expression needs an instant, as
`coalesce(a_timestamptz, a_timestamp)` does, and a cast of an instant gives the session's local time. A session has one zone. So a column
for which the mapping says another one must name it in its SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import sqlglot
from sqlglot import exp

from glassbook.errors import InputError
from ingestion.mapping import TableMapping
from ingestion.mapping.constants import ZONED
from ingestion.sources.declared import SourceColumn
from ingestion.sources.receiving import Taken
from ingestion.sources.session import DatabaseSession

_SAME_IN_EVERY_ZONE = (exp.AtTimeZone, exp.Is, exp.TimeToUnix)
_SAID_IN_FULL = {"timezone", "epoch", "epoch_us", "epoch_ms"}


def require_named_zones(
    session: DatabaseSession, mapping: TableMapping, taken: Sequence[Taken], kinds: Mapping[str, SourceColumn], where: str
) -> None:
    """Raises InputError for SQL that gives a column of `taken`, each of another zone than the session's, and in which that zone counts."""
    of_tables: dict[str, list[SourceColumn]] = {}
    for relation in session.relations():
        of_tables.setdefault(_plain(relation.name), []).extend(relation.columns)
    for one in taken:
        for root, expression in written(mapping, one, session.dialect):
            read = {_plain(mapping.relation or ""), *(table.name.lower() for table in root.find_all(exp.Table))}
            columns = [column for table in read for column in of_tables.get(table, [])]
            is_instant = kinds[one.column.name].kind == "timestamptz"
            used = _used(expression, columns, is_instant=is_instant)
            if used is not None:
                raise _refused(f"{where}, {one.column.name} of the mapping", used, session.timezone, one.rule.timezone or "", is_instant)


def _plain(relation: str) -> str:
    return relation.rpartition(".")[2].lower()


def written(mapping: TableMapping, one: Taken, dialect: str) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    """The SQL in the mapping that gives a column, and the whole that it is part of: its own, or what the query calls by that name."""
    if one.rule.sql is not None:
        root = sqlglot.parse_one(f"select (\n{one.rule.sql}\n)", read=dialect)
        yield root, root
    elif mapping.query is not None and one.rule.source is not None:
        root = sqlglot.parse_one(mapping.query, read=dialect)
        for select in root.find_all(exp.Select):
            for given in select.expressions:
                if given.alias_or_name.lower() == one.rule.source.lower() and not isinstance(given.unalias(), exp.Column):
                    yield root, given


def _used(expression: exp.Expr, columns: Sequence[SourceColumn], *, is_instant: bool) -> str | None:
    """The first column or text of an expression that the session turns from local time into an instant, or the reverse."""
    turned = {c.name.lower() for c in columns if (c.kind in ("timestamp", "date") if is_instant else c.kind == "timestamptz")}
    instants = {c.name.lower() for c in columns if c.kind == "timestamptz"}
    for node in expression.walk():
        if isinstance(node, exp.Column) and node.name.lower() in turned and not _names_its_zone(node, expression):
            return node.sql()
        if is_instant and _reads_an_instant(node) and not _names_its_zone(node, expression):
            text = node.this
            is_said = isinstance(text, exp.Literal) and re.fullmatch(ZONED, text.name)
            if (
                not is_said
                and not (isinstance(text, exp.Column) and text.name.lower() in instants)
                and not isinstance(text, exp.AtTimeZone)
            ):
                return str(text.sql())
    return None


def _reads_an_instant(node: exp.Expr) -> bool:
    """Whether it makes an instant of a value that may have no zone."""
    return isinstance(node, exp.StrToTime) or (isinstance(node, exp.Cast) and node.to.this == exp.DType.TIMESTAMPTZ)


def _names_its_zone(node: exp.Expr, expression: exp.Expr) -> bool:
    while node is not expression and node.parent is not None:
        node = node.parent
        if isinstance(node, _SAME_IN_EVERY_ZONE) or (isinstance(node, exp.Anonymous) and node.name.lower() in _SAID_IN_FULL):
            return True
        if isinstance(node, exp.Extract) and node.name.lower() == "epoch":
            return True
    return False


def _refused(where: str, used: str, session: str, said: str, is_instant: bool) -> InputError:
    return InputError(
        found=f"SQL that takes {used} {'for' if is_instant else 'as'} local time of {session}, the zone of the session",
        where=where,
        expected=f"local time of {said}, which the mapping says of the column",
        remedy=f"Write ({used} at time zone '{said}') with the zone that is meant, or leave the column's timezone out if it is {session}.",
    )
