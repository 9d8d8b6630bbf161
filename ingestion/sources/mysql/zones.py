"""SQL of a mapping that would mean another instant than its author means, because MySQL gives a `timestamp` as the session's local time.

Belongs here: finding and refusing it. Does not: which zone the session has (`offsets`). Imports a parser, which only such SQL needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sqlglot import exp

from glassbook.errors import InputError
from ingestion.mapping import TableMapping
from ingestion.sources.mysql import ENGINE
from ingestion.sources.mysql.offsets import steady_offset
from ingestion.sources.receiving import Taken
from ingestion.sources.session_zones import written


@dataclass(frozen=True)
class Session:
    """The offset of a session, and by table, in lower case, the names of its columns of type `timestamp`."""

    offset: str
    instants: Mapping[str, AbstractSet[str]]


def require_same_instants(session: Session, mapping: TableMapping, taken: Sequence[Taken], is_local: AbstractSet[str], where: str) -> None:
    """Raises InputError for SQL of a mapping that takes a `timestamp` for local time of another zone than that of the session.

    `is_local`: names of the columns of which the source gives no instant, but a local time, a day or a text.
    """
    for one in taken:
        name, zone = one.column.name, one.rule.timezone or mapping.timezone
        if one.column.type not in ("date", "time"):
            continue
        is_meant = name not in is_local or steady_offset(zone) == session.offset
        for root, expression in written(mapping, one, ENGINE.dialect):
            tables = {_plain(mapping.relation or ""), *(table.name.lower() for table in root.find_all(exp.Table))}
            instants = set[str]().union(*(session.instants.get(table, set()) for table in tables))
            for column, said in _instants_in(expression, instants):
                if is_meant if said is None else session.offset in (said, steady_offset(said)):
                    continue
                raise _refused(session, f"{where}, {name} of the mapping", column, zone)


def _plain(relation: str) -> str:
    return relation.rpartition(".")[2].lower()


def _instants_in(expression: exp.Expr, instants: AbstractSet[str]) -> Iterator[tuple[str, str | None]]:
    """The columns of type `timestamp` that are used as local time, each with the zone that `convert_tz` is told to take it for, if any."""
    for column in expression.find_all(exp.Column):
        if column.name.lower() not in instants:
            continue
        node: exp.Expr = column
        while node is not expression and node.parent is not None:
            node = node.parent
            if isinstance(node, exp.Is) or (isinstance(node, exp.Anonymous) and node.name.lower() == "unix_timestamp"):
                break  # the same in every zone
            if isinstance(node, exp.ConvertTimezone):
                source = node.args.get("source_tz")
                said = source.name if isinstance(source, exp.Literal) else "an expression"
                yield column.name, said
                break
        else:
            yield column.name, None


def _refused(session: Session, where: str, column: str, zone: str) -> InputError:
    return InputError(
        found=f"SQL that uses {column}, a timestamp, as local time; it would be that of {session.offset}, the zone of the session",
        where=where,
        expected=f"local time of {zone}, which the mapping says, or an instant",
        remedy=f"Write convert_tz({column}, '{session.offset}', '…') with the zone or offset that is meant (a name needs the server's "
        f"tables of zones; without them it gives null), or say timezone: UTC of the column and convert its other parts to UTC.",
    )
