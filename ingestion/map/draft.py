"""A draft of a mapping, from what a database declares: names, types, keys and foreign keys.

Belongs here: which table and column resembles which of the contract's, and the YAML with what a person must still do. Does not: reading one
(`ingestion.mapping`) or saying what it covers (`check`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache
from importlib import resources

import yaml

from ingestion.contract import Column, Table, load_contract
from ingestion.mapping.conversion import FITTING, Kind
from ingestion.sources.database import DatabaseSource
from ingestion.sources.declared import Relation, SourceColumn

_LIKELY_TABLE = 0.5
_LIKELY_COLUMN = 0.62
_CERTAIN = 0.9
_MOST_VALUES = 30
_NUMBERS: tuple[Kind, ...] = ("integer", "decimal", "numeral")


@dataclass(frozen=True)
class ColumnDraft:
    """A column that resembles a contract column; `remarks` say what a person must look at."""

    source: str
    score: float
    remarks: tuple[str, ...] = ()


@dataclass
class TableDraft:
    """A table that resembles a contract table, or none."""

    table: Table
    relation: Relation | None = None
    columns: dict[str, ColumnDraft] = field(default_factory=dict)


def draft(source: DatabaseSource) -> list[TableDraft]:
    """One draft per contract table, in the contract's order; each table of the source is taken once."""
    relations = source.relations()
    contract = load_contract().tables
    scored = sorted(
        ((_table_score(table, relation), name, relation) for name, table in contract.items() for relation in relations),
        key=lambda found: (-found[0], found[1], found[2].name),
    )
    drafts = {name: TableDraft(table) for name, table in contract.items()}
    taken: set[str] = set()
    for score, name, relation in scored:
        if score >= _LIKELY_TABLE and drafts[name].relation is None and relation.name not in taken:
            drafts[name].relation = relation
            taken.add(relation.name)
    referred = {found.relation.name: name for name, found in drafts.items() if found.relation is not None}
    for found in drafts.values():
        if found.relation is not None:
            found.columns = _columns(found.table, found.relation, referred)
            _remark_values(source, found)
    return list(drafts.values())


def draft_text(drafts: list[TableDraft], where: str, schema: str) -> str:
    """The draft as a mapping file whose comments say what is left to do; `schema` is the path of its JSON Schema."""
    lines = [
        f"# yaml-language-server: $schema={schema}",
        f"# Drafted from {where} by names, types and keys. Look at every line: a name that fits may mean something else.",
        "# What a comment calls missing is null until it is mapped; `glassbook map check` says what that costs.",
        "version: 1",
        "timezone: UTC  # of instants that the source keeps without a zone; such as Europe/Prague where they are local time",
        "tables:",
    ]
    for found in drafts:
        lines += _table_lines(found) if found.relation is not None else _absent_lines(found.table)
    unused = _unused(drafts)
    return "\n".join(lines + unused) + "\n"


def _absent_lines(table: Table) -> list[str]:
    word = "REQUIRED: no disclosure can be made without it" if table.required else "not supplied"
    return [f"  # {table.name}: {word}. {table.description}"]


def _table_lines(found: TableDraft) -> list[str]:
    assert found.relation is not None
    lines = [f"  {found.table.name}:", f"    from: {_text(found.relation.name)}", "    columns:"]
    for column in found.table.columns:
        drafted = found.columns.get(column.name)
        if drafted is None:
            need = "null" if column.nullable else "REQUIRED"
            values = f" One of {', '.join(column.values)}." if column.values else ""
            lines.append(f"      # {column.name}: missing, {need}. {column.type}: {column.description}{values}")
            continue
        remarks = ([] if drafted.score >= _CERTAIN else ["is it this one?"]) + list(drafted.remarks)
        lines.append(f"      {column.name}: {_text(drafted.source)}" + (f"  # {'; '.join(remarks)}" if remarks else ""))
    used = {drafted.source for drafted in found.columns.values()}
    left = [column.name for column in found.relation.columns if column.name not in used]
    return lines + ([f"      # not used: {', '.join(map(_text, left))}"] if left else [])


def _unused(drafts: list[TableDraft]) -> list[str]:
    return ["# Tables that nothing was drafted from can be joined in: `query:` takes a SELECT instead of `from:`."] if drafts else []


def _text(name: str) -> str:
    """The name as a value of a mapping that reads back as it is, on one line and also in a comment."""
    style = None if name.isprintable() else '"'
    # Within braces commas and brackets must be quoted too.
    dumped: str = yaml.safe_dump([name], allow_unicode=True, width=float("inf"), default_style=style, default_flow_style=True)
    return dumped.strip()[1:-1]


def _code(value: str) -> str:
    """The same of a code, as a key of `values`, where plain numbers need no quotes."""
    return value if re.fullmatch(r"0|-?[1-9][0-9]*", value) else _text(value)


def _remark_values(source: DatabaseSource, found: TableDraft) -> None:
    assert found.relation is not None
    for column in found.table.columns:
        drafted = found.columns.get(column.name)
        if drafted is None or column.values is None:
            continue
        held = source.values_of(found.table, found.relation.name, drafted.source, _MOST_VALUES + 1)
        strange = [value for value in held if value not in column.values]
        if len(held) > _MOST_VALUES:
            remark = f"more than {_MOST_VALUES} values, so hardly a code"
        elif strange:
            remark = f"translate with values: {', '.join(map(_code, strange))} → {', '.join(column.values)}"
        else:
            continue
        found.columns[column.name] = ColumnDraft(drafted.source, drafted.score, (*drafted.remarks, remark))


def _table_score(table: Table, relation: Relation) -> float:
    name = _likeness(table.name, relation.name.rsplit(".", 1)[-1])
    needed = [column for column in table.columns if not column.nullable]
    matched = _columns(table, relation, {})
    share = sum(1 for column in needed if column.name in matched) / len(needed)
    return 0.6 * name + 0.4 * share if name >= 0.5 else 0.0


def _columns(table: Table, relation: Relation, referred: dict[str, str]) -> dict[str, ColumnDraft]:
    scored = sorted(
        ((_column_score(table, column, relation, own, referred), column, own) for column in table.columns for own in relation.columns),
        key=lambda found: (-found[0], found[1].name, found[2].name),
    )
    drafted: dict[str, ColumnDraft] = {}
    taken: set[str] = set()
    for score, column, own in scored:
        if score >= _LIKELY_COLUMN and column.name not in drafted and own.name not in taken:
            drafted[column.name] = ColumnDraft(own.name, score, _remarks(column, own))
            taken.add(own.name)
    return {column.name: drafted[column.name] for column in table.columns if column.name in drafted}


def _column_score(table: Table, column: Column, relation: Relation, own: SourceColumn, referred: dict[str, str]) -> float:
    if own.kind not in FITTING[column.type] and not (column.values and own.kind in _NUMBERS):
        return 0.0
    target = next((referred.get(other) for name, other, _ in relation.foreign_keys if name == own.name), None)
    if target is not None and column.type == "id":
        meant = load_contract().tables[target].key[0]
        if column.name == meant:
            return 1.0
        # A borrower, an inviter: another word for a key of the same table.
        if meant == "user_id" and column.name.endswith("er_id"):
            return max(0.7, _likeness(column.name, own.name))
        return 0.0
    if len(table.key) == 1 and column.name == table.key[0] and relation.key == (own.name,):
        return 1.0
    return _likeness(column.name, own.name)


def _remarks(column: Column, own: SourceColumn) -> tuple[str, ...]:
    remarks = []
    if column.type == "time" and own.kind == "timestamp":
        remarks.append("has no zone: is it UTC? else timezone: …")
    if column.type == "time" and own.kind == "date":
        remarks.append("a day only: needs timezone: …")
    if column.type in ("date", "time") and own.kind == "integer":
        remarks.append("needs format: …")
    if column.type in ("date", "time") and own.kind == "text":
        remarks.append("2019-12-31 23:59:59 is read as it is: else format: …")
    if column.type == "money" and own.kind == "integer":
        remarks.append("whole numbers: unit: cents?")
    if column.type == "rate" and own.kind in _NUMBERS:
        remarks.append("0.12 must mean 12 %: else unit: percent")
    return tuple(remarks)


@cache
def _likeness(wanted: str, found: str) -> float:
    """From 0 (nothing alike) to 1 (the same name) for a name of the contract and one of a source."""
    if wanted == found.lower():
        return 1.0
    left, right = _words(wanted), _words(found)
    if not left or not right:
        return 0.0
    if left == right:
        return 0.95
    covered = sum(max((_same(word, other) for other in right), default=0.0) for word in left) / len(left)
    other_way = sum(max((_same(word, other) for word in left), default=0.0) for other in right) / len(right)
    return 0.65 * covered + 0.25 * other_way


@cache
def _same(word: str, other: str) -> float:
    if word == other:
        return 1.0
    synonyms = _synonyms().get(word, ())
    if other in synonyms or any(not name.isascii() and name in other for name in synonyms):
        return 0.9
    ratio = SequenceMatcher(None, word, other).ratio()
    return ratio if ratio >= 0.8 else 0.0


@cache
def _synonyms() -> dict[str, tuple[str, ...]]:
    text = (resources.files(__package__) / "source_names.yml").read_text(encoding="utf-8")
    return {word: tuple(names) for word, names in yaml.safe_load(text)["words"].items()}


@cache
def _words(name: str) -> tuple[str, ...]:
    """Parts of a name in lower case and the singular, without prefixes that mean no more than "table"."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+", name)
    words = [part.lower() for part in parts]
    words = [
        word for word in words if word not in ("t", "tb", "tbl", "tab", "table", "v", "view", "dim", "fact", "p2p", "sys", "biz")
    ] or words
    return tuple(word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s") if not word.endswith("ss") else word for word in words)
