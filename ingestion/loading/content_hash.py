"""The hash by which a row's content is compared for years, and what rows written before it was unambiguous are compared by.

Belongs here: the text of a row and its hash, as expressions of the engine. Does not: what is compared (`judging`, `superseding`).

The text of a row is its values in the contract's order, each behind U+001F but the first: nothing for null, `=` and the value's text, or,
of a text that holds a U+001F itself, `#`, its length in bytes, `:` and the text. It can be taken apart again in one way only, so that two
rows of different content have different texts. Hash version 1 wrote `=` in front of every text: rows without a U+001F have the same hash in
both versions, and of the few with one the hash is computed again when one such row arrives.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingestion.contract import Column, Table
from ingestion.contract.form_rules import VALUE_NOT_READABLE

HASH_VERSION = 2
"""What an entry of the load log says of the hashes that it wrote; 1 in entries older than that field."""

_JOINT = "chr(31)"


def hash_sql(table: Table, row: str = "") -> str:
    """A stable 64-bit hash of the content of a row; `row` is what stands in front of its columns' names, such as `held.`."""
    return number_of(text_sql(table.columns, row))


def text_sql(columns: Sequence[Column], row: str = "") -> str:
    """The text of these columns of a row, which no other values have."""
    parts = []
    for number, column in enumerate(columns):
        mark = _JOINT if number else "''"
        value = f'{row}"{column.name}"'
        if column.type == "text":
            # The two branches are one comparison and one concatenation for all rows but the odd ones.
            told = f"case when contains({value}, {_JOINT}) then '#' || strlen({value}) || ':' || {value} else '=' || {value} end"
            parts.append(f"coalesce({mark} || {told}, {mark})")
        elif column.nullable:
            parts.append(f"coalesce({mark} || '=' || cast({value} as varchar), {mark})")
        else:
            # Where a number or an instant must be, it is not asked whether it is: one that is missing cannot be taken for an empty one.
            parts += [f"{mark} || '='", f"cast({value} as varchar)"]
    return f"concat({', '.join(parts)})"


def unreadable_hash_sql(table: Table) -> str:
    """The hash of a row of which `_unreadable` tells values that could not be read: they are its content too."""
    told = number_of(f"{text_sql(table.columns)} || '!' || _unreadable")
    return f"case when _unreadable is null then {hash_sql(table)} else {told} end"


def number_of(text: str) -> str:
    """64 bits of the MD5 of a text, an expression: what `md5_number_lower` gives by way of two texts of bits, in three times as long."""
    return f"cast(md5_number({text}) >> 64 as ubigint)"


def holds_joint_sql(table: Table) -> str:
    """A condition on a row: a text of it holds the sign between values, so that its hash of version 1 could be another row's too."""
    texts = [f'coalesce(contains("{column.name}", {_JOINT}), false)' for column in table.columns if column.type == "text"]
    return f"({' or '.join(texts) or 'false'})"


def hash_now_sql(table: Table) -> str:
    """The hash of a row of the lake as it would be written now, whatever version its `_row_hash` is of."""
    return f"case when {holds_joint_sql(table)} then {hash_sql(table)} else _row_hash end"


def held_hash_now_sql(table: Table) -> str:
    """The same of a row in quarantine that has its values as the struct `held` beside the JSON `row_json`."""
    # As the engine writes the sign in JSON; the text of a value that could not be read is of no type, and hashed otherwise.
    is_odd = f"contains(row_json, '\\u001F') and reason_code <> '{VALUE_NOT_READABLE.reason}'"
    return f"case when {is_odd} then {hash_sql(table, 'held.')} else _row_hash end"
