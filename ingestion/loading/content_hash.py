"""The hash of a row's content, which stays the same for years; and how rows with an older, ambiguous hash are compared.

Belongs here: the text of a row and its hash, as expressions of the engine. Does not: what is compared (`judging`, `superseding`).

The text of a row is its values in the contract's order, separated by U+001F. A null is empty; a value is `=` and its text; a text that
contains U+001F is `#`, its length in bytes, `:` and the text. This can be parsed in only one way, so rows of different content have
different texts. Hash version 1 wrote `=` before every text: rows without U+001F have the same hash in both versions; for the few others the
hash is computed again when such a row arrives.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingestion.contract import Column, Table
from ingestion.contract.form_rules import VALUE_NOT_READABLE

HASH_VERSION = 2
"""The version of its hashes that an entry of the load log records; 1 in entries older than that field."""

_JOINT = "chr(31)"


def hash_sql(table: Table, row: str = "") -> str:
    """A stable 64-bit hash of the content of a row; `row` is the prefix of its columns' names, such as `held.`."""
    return number_of(text_sql(table.columns, row))


def text_sql(columns: Sequence[Column], row: str = "") -> str:
    """The text of these columns of a row; different values have different texts."""
    parts = []
    for number, column in enumerate(columns):
        mark = _JOINT if number else "''"
        value = f'{row}"{column.name}"'
        if column.type == "text":
            # For all but a few rows the two branches cost one comparison and one concatenation.
            told = f"case when contains({value}, {_JOINT}) then '#' || strlen({value}) || ':' || {value} else '=' || {value} end"
            parts.append(f"coalesce({mark} || {told}, {mark})")
        elif column.nullable:
            parts.append(f"coalesce({mark} || '=' || cast({value} as varchar), {mark})")
        else:
            # A required number or instant needs no test for null: a missing one cannot be mistaken for an empty one.
            parts += [f"{mark} || '='", f"cast({value} as varchar)"]
    return f"concat({', '.join(parts)})"


def unreadable_hash_sql(table: Table) -> str:
    """The hash of a row; values that could not be read, which are in `_unreadable`, are part of its content."""
    told = number_of(f"{text_sql(table.columns)} || '!' || _unreadable")
    return f"case when _unreadable is null then {hash_sql(table)} else {told} end"


def number_of(text: str) -> str:
    """64 bits of the MD5 of a text (an SQL expression). `md5_number_lower` gives the same through two texts of bits, but takes three times
    as long."""
    return f"cast(md5_number({text}) >> 64 as ubigint)"


def holds_joint_sql(table: Table) -> str:
    """A condition on a row: one of its texts contains the separator, so that its version 1 hash could equal that of another row."""
    texts = [f'coalesce(contains("{column.name}", {_JOINT}), false)' for column in table.columns if column.type == "text"]
    return f"({' or '.join(texts) or 'false'})"


def hash_now_sql(table: Table) -> str:
    """The hash of a row of the lake as it would be written now, whatever the version of its `_row_hash`."""
    return f"case when {holds_joint_sql(table)} then {hash_sql(table)} else _row_hash end"


def held_hash_now_sql(table: Table) -> str:
    """The same for a row in quarantine, whose values are the struct `held` and the JSON `row_json`."""
    # The separator as the engine writes it in JSON. A value that could not be read has no type, and is hashed in another way.
    is_odd = f"contains(row_json, '\\u001F') and reason_code <> '{VALUE_NOT_READABLE.reason}'"
    return f"case when {is_odd} then {hash_sql(table, 'held.')} else _row_hash end"
