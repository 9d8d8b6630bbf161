"""What a database sent, in the contract's columns: one statement of the engine, in steps that read a value once and then check it.

Belongs here: the order of those steps. Does not: what is asked of the database (`database`), the expressions
(`ingestion.mapping.conversion`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ingestion.contract import Column, Table
from ingestion.mapping import ColumnMapping, TableMapping
from ingestion.mapping.conversion import TYPED, came, converted, literal, number_read, typed, whole_read
from ingestion.sources.declared import SourceColumn

_WIDE = ("bigint unsigned", "HUGEINT", "UHUGEINT")


@dataclass(frozen=True)
class Taken:
    """A contract column that the source has a value for, and the SQL that gives it there."""

    column: Column
    rule: ColumnMapping
    expression: str


@dataclass(frozen=True)
class Arriving:
    """The relation `reader`, which holds the columns `sent` under the contract's names.

    `texts`: names of those whose values come as text, whatever they are. `taken`: what each is of the contract.
    """

    reader: str
    sent: Mapping[str, SourceColumn]
    texts: AbstractSet[str]
    taken: Mapping[str, Taken]


def received(
    arriving: Arriving, table: Table, wanted: Sequence[Column], mapping: TableMapping | None, *, tells_unreadable: bool = False
) -> str:
    """A query over what arrives that gives the `wanted` columns in the contract's types.

    A value that cannot be read ends the query with an error. With `tells_unreadable` it is null instead, and `_unreadable` has such values
    of the row as JSON: their texts by column.
    """
    reader, sent, texts, taken = arriving.reader, arriving.sent, arriving.texts, arriving.taken
    zone = mapping.timezone if mapping else "UTC"
    keys = " || ', ' || ".join(f"'{name} ' || coalesce(\"{name}\"::varchar, 'null')" for name in table.key if name in taken)
    key = None if tells_unreadable else keys or "'a row'"
    if tells_unreadable:
        raw = [came(c.name, sent[c.name].kind, taken[c.name].rule, is_text=c.name in texts) for c in wanted if c.name in taken]
        reader = _with(reader, raw)
    unread = [found for found in sent.values() if found.name in texts and found.kind in TYPED]
    relation = _with(reader, [whole_read(found.name, found.kind, is_wide=found.type in _WIDE) for found in unread])
    if unread:
        read = ", ".join(typed(found.name, found.kind, taken[found.name].rule, key) for found in unread)
        relation = f"(select * replace ({read}) from {relation})"
    known = [(column, taken[column.name]) for column in wanted if column.name in taken]
    relation = _with(relation, [number_read(column, sent[column.name].kind, found.rule) for column, found in known])
    columns = [
        converted(column, sent[column.name].kind, taken[column.name].rule, zone, key) if column.name in taken else _given(column, mapping)
        for column in wanted
    ]
    if tells_unreadable:
        kept = ", ".join(f'"{column.name} came"' for column, _ in known)
        return _told(wanted, known, f"(select {', '.join([*columns, kept])} from {relation})")
    return f"select {', '.join(columns)} from {relation}"


def _told(wanted: Sequence[Column], known: Sequence[tuple[Column, Taken]], relation: str) -> str:
    """The rows of `relation`, which has each value as text and as read, with the texts that could not be read."""
    pairs = [
        f'case when "{c.name} came" is not null and "{c.name}" is null then \',"{c.name}":\' || to_json("{c.name} came")::varchar end'
        for c, _ in known
    ]
    rules = {c.name: found.rule for c, found in known}
    columns = [
        f'"{c.name}"'
        if (rule := rules.get(c.name)) is None or rule.if_null is None
        else f'coalesce("{c.name}", {literal(c, rule.if_null)}) as "{c.name}"'
        for c in wanted
    ]
    told = f"nullif(concat({', '.join(pairs)}), '')"
    return f"select {', '.join(columns)}, '{{' || substr({told}, 2) || '}}' as _unreadable from {relation}"


def _with(relation: str, further: Sequence[str | None]) -> str:
    """The relation with further columns; None adds no column."""
    columns = ", ".join(column for column in further if column)
    return f"(select *, {columns} from {relation})" if columns else relation


def _given(column: Column, mapping: TableMapping | None) -> str:
    """A column that the mapping gives a constant, or null."""
    rule = mapping.columns.get(column.name) if mapping else None
    value = None if rule is None else rule.fixed if rule.fixed is not None else rule.if_null
    known = literal(column, value) if value is not None else f"cast(null as {column.duckdb_type})"
    return f'{known} as "{column.name}"'
