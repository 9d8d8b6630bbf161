"""Converts a source's values to the contract's types, in the engine's SQL: exactly, or with an error that names the row.

Belongs here: which kinds of value become which contract types, and the expressions. Does not: how a source sends them (`sources`).
"""

from __future__ import annotations

import re
from typing import Literal

from glassbook.errors import InputError
from glassbook.sql_text import quoted
from ingestion.contract import Column
from ingestion.mapping import ColumnMapping
from ingestion.mapping.constants import DATE, DIGITS, OFFSET, SCALES, TIME, ZONED, as_text, unlike

Kind = Literal["integer", "decimal", "numeral", "float", "text", "date", "timestamp", "timestamptz", "bool", "other"]
"""The kind of a source's values, whatever it calls their type; a numeral is an exact number written as text."""

MARK = "glassbook: "
"""The prefix of every error about a value, by which a source finds it in the engine's message."""

FITTING: dict[str, tuple[Kind, ...]] = {
    "id": ("integer", "decimal", "numeral", "text"),
    "text": ("text", "integer", "decimal", "numeral", "date", "timestamp", "timestamptz", "bool"),
    "money": ("integer", "decimal", "numeral", "text"),
    "rate": ("integer", "decimal", "numeral", "text"),
    "date": ("date", "timestamp", "timestamptz", "text", "integer"),
    "time": ("timestamp", "timestamptz", "date", "text", "integer"),
    "bool": ("bool", "integer", "text"),
}
TYPED: tuple[Kind, ...] = ("integer", "date", "timestamp", "timestamptz")
"""Kinds that the engine has a type of its own for; exact numbers of any size and texts travel as text."""
_SHIFTS = {None: 0, "cents": 2, "percent": 2, "permille": 3, "basis_points": 4, "days": 0}
_DAYS_A_MONTH = 30
_ALWAYS, _IF_ANY = "true", "it is not null"
"""When an expression holds a value exactly: always; where it has one for what is not null."""


def fits(column: Column, kind: Kind, rule: ColumnMapping) -> bool:
    """Whether values of a kind can be values of the column under the rule."""
    if rule.values is not None and kind != "float":
        return True
    if kind not in FITTING[column.type]:
        return False
    # A day or a number is an instant or a date only where the mapping says how.
    if column.type == "time" and kind == "date":
        return rule.timezone is not None
    if column.type == "date" and kind == "timestamptz":
        return rule.timezone is not None
    return not (column.type in ("date", "time") and kind == "integer") or rule.format is not None


def shift(rule: ColumnMapping) -> int:
    """How many places the decimal point of a number moves to the left to give the contract's unit."""
    return _SHIFTS[rule.unit]


def literal(column: Column, value: str | int | bool) -> str:
    """A constant of a mapping as the column's type; an instant without an offset is in UTC, as in the contract.

    Raises InputError for a day or an instant that does not exist, and for a number that the type holds only rounded: the engine's cast
    would ignore an offset, and round.
    """
    text = as_text(value)
    expected = unlike(column, value)
    if expected is not None:
        raise InputError(
            found=f"{text!r} for {column.name}",
            where="mapping",
            expected=expected,
            remedy="Correct constant, stand_in or if_null of the column.",
        )
    if column.type != "time":
        return f"cast({quoted(text)} as {column.duckdb_type})"
    if re.fullmatch(ZONED, text):
        return f"timezone('UTC', cast({quoted(text)} as timestamptz))"
    return f"cast({quoted(text)} as timestamp)"


def number_read(column: Column, kind: Kind, rule: ColumnMapping) -> str | None:
    """The helper column that `converted` needs beside the source's value: a text read as the contract's number; None if it needs none.

    The text is checked by writing the number again. The engine's branches share no work: without this column each would read the text.
    """
    name, kind = _told(column, kind, rule)
    if column.type not in SCALES or kind not in ("numeral", "text") or shift(rule) or rule.unit == "days":
        return None
    return f'try_cast({name} as {column.duckdb_type}) as "{column.name} number"'


def converted(column: Column, kind: Kind, rule: ColumnMapping, zone: str, key: str | None) -> str:
    """An expression that gives the contract's value from the source's value, which has the column's name, and from `number_read`.

    A value that the contract's type cannot hold without rounding raises an error with value, column and `key` (an expression); without a
    key it gives null, also where `if_null` would fill in a value.
    """
    name, kind = _told(column, kind, rule)
    zone = rule.timezone or zone
    if column.type in SCALES:
        value, held = _number(column, kind, rule, name)
    elif column.type == "text":
        value, held = f"cast({name} as varchar)", _ALWAYS
    elif column.type == "bool":
        value, held = _bool(kind, name)
    elif column.type == "date":
        value, held = _date(kind, rule, name, zone)
    else:
        value, held = _instant(kind, rule, name, zone)
    if held != _ALWAYS:
        value = value if held == _IF_ANY else f"case when {held} then {value} end"
        if key is not None:
            value = f"coalesce({value}, case when {name} is not null then {_failed(name, column.name, key)} end)"
    if rule.if_null is not None and key is not None:
        value = f"coalesce({value}, {literal(column, rule.if_null)})"
    return f'{value} as "{column.name}"'


def whole_read(column: str, kind: Kind, *, is_wide: bool) -> str | None:
    """The helper column that `typed` needs beside a value that a source sends as text; `is_wide`: integers may exceed 64 bits."""
    return f'try_cast("{column}" as {"hugeint" if is_wide else "bigint"}) as "{column} whole"' if kind == "integer" else None


def typed(column: str, kind: Kind, rule: ColumnMapping, key: str | None) -> str:
    """An expression that gives a value of its kind from a value that a source sends as text, and from `whole_read`.

    Raises, in the engine, an error with value, column and `key` for a text that is no such value; without a key it gives null. Kinds that
    are not in TYPED stay texts.
    """
    name, whole = f'"{column}"', f'"{column} whole"'
    value: str = {
        # The engine's cast alone would round 1.6, and read 1e3.
        "integer": f"case when {whole}::varchar = {name} or regexp_full_match({name}, '-?\\d+') then {whole} end",
        "date": f"try_cast({name} as date)",
        "timestamp": f"try_cast({name} as timestamp)",
        "timestamptz": f"timezone('UTC', try_cast({name} as timestamp))",
    }[kind]
    if key is None:
        return f'{value} as "{column}"'
    return f'coalesce({value}, case when {_means_nothing(name, kind, rule)} then null else {_failed(name, column, key)} end) as "{column}"'


def came(column: str, kind: Kind, rule: ColumnMapping, *, is_text: bool) -> str:
    """An expression that gives what a source sends as text, or null where it means null; `is_text`: it is sent as text."""
    name = f'"{column}"'
    nothing = _means_nothing(name, kind, rule) if is_text and kind in TYPED else f"{name} is null"
    return f'case when not ({nothing}) then {name}::varchar end as "{column} came"'


def _means_nothing(name: str, kind: Kind, rule: ColumnMapping) -> str:
    if rule.zero_dates == "null" and kind != "integer":
        return f"{name} is null or left({name}, 10) = '0000-00-00'"
    return f"{name} is null"


def _failed(value: str, column: str, key: str) -> str:
    """An error with value, column and key as JSON, so that no character of a value can be mistaken for a part of the message."""
    return f"error('{MARK}' || to_json(struct_pack(value := {value}::varchar, col := '{column}', key := {key}))::varchar)"


def _told(column: Column, kind: Kind, rule: ColumnMapping) -> tuple[str, Kind]:
    """The source's value, translated where the mapping says so, and its kind after that."""
    name = f'"{column.name}"'
    return (name, kind) if rule.values is None else (_translated(name, rule.values), "text")


def _translated(name: str, values: dict[str, str | bool | int]) -> str:
    cases = " ".join(f"when {quoted(old)} then {quoted(str(new).lower() if isinstance(new, bool) else new)}" for old, new in values.items())
    return f"(case cast({name} as varchar) {cases} else cast({name} as varchar) end)"


def _number(column: Column, kind: Kind, rule: ColumnMapping, name: str) -> tuple[str, str]:
    target, scale, moved = column.duckdb_type, SCALES[column.type], shift(rule)
    if rule.unit == "days":
        days = f"try_cast({name} as bigint)"
        return f"cast(({days} + {_DAYS_A_MONTH - 1}) // {_DAYS_A_MONTH} as {target})", f"{days}::varchar = {name}::varchar and {days} >= 0"
    cast = f"try_cast({name} as {target})"
    if kind == "integer" and not moved:
        return cast, _IF_ANY
    if kind in ("integer", "decimal"):
        # Exact: a product of decimals has the decimals of both, and only a cast that changes nothing is accepted.
        exact = f"cast({name} as decimal(20, 0))" if kind == "integer" else name
        wide = f"{exact} * {_tenth(moved)}" if moved else exact
        cast = f"try_cast({wide} as {target})"
        return cast, f"{cast} = {wide}"
    decimals = max(scale - moved, 0)
    fraction = rf"(\.\d{{1,{decimals}}}0*)?" if decimals else r"(\.0+)?"
    # The point moves to the left: as many digits more may stand before it. Zeros before the number (zerofill) count for nothing.
    pattern = rf"-?0*\d{{1,{DIGITS[column.type] + moved}}}{fraction}"
    if moved:
        wide = f"try_cast({name} as decimal(30, {decimals})) * {_tenth(moved)}"
        value = f"try_cast({wide} as {target})"
        # Where the point moves further than the type has places, a whole number too may have to be rounded.
        exact = f" and {value} = {wide}" if moved > scale else ""
        return value, f"regexp_full_match({name}, '{pattern}'){exact}"
    # A text written as the contract would write it needs no check of its digits.
    read = f'"{column.name} number"'
    return read, f"({read}::varchar = {name} or regexp_full_match({name}, '{pattern}'))"


def _tenth(moved: int) -> str:
    return f"cast('{'0.' + '0' * (moved - 1) + '1'}' as decimal({moved + 1}, {moved}))"


def _bool(kind: Kind, name: str) -> tuple[str, str]:
    if kind == "bool":
        return name, _ALWAYS
    if kind == "integer":
        return f"{name} = 1", f"{name} in (0, 1)"
    return f"lower({name}) in ('true', 't', '1')", f"lower({name}) in ('true', 't', '1', 'false', 'f', '0')"


def _parsed(kind: Kind, rule: ColumnMapping, name: str) -> str:
    text = f"{name}::varchar"
    if kind == "integer" and rule.format in ("%y%m%d", "%Y%m%d"):
        # A number has lost its leading zeros.
        text = f"lpad({text}, {6 if rule.format == '%y%m%d' else 8}, '0')"
    parsed = f"try_strptime({text}, {quoted(rule.format)})"
    if not _tells_zone(rule.format or ""):
        return parsed
    return f"case when regexp_full_match({text}, {quoted(_pattern_of(rule.format or ''))}) then {parsed} end"


def _pattern_of(form: str) -> str:
    """A pattern of the texts that a format reads, with real offsets only."""
    pattern = ""
    for letter, plain in re.findall(r"%-?(.)|(.)", form, re.DOTALL):
        if plain:
            pattern += r"\s*" if plain.isspace() else re.escape(plain)
        elif letter == "z":
            pattern += f"\\s*{OFFSET}"
        else:
            pattern += re.escape("%") if letter == "%" else r"\s*\d+" if letter in "dmyYHIMSfgnjuUWVGw" else ".+?"
    return pattern + r"\s*"


def _tells_zone(form: str) -> bool:
    """Whether a text of the format is an instant by itself, whatever zone the mapping names."""
    return "%z" in form.replace("%%", "")


def _date(kind: Kind, rule: ColumnMapping, name: str, zone: str) -> tuple[str, str]:
    if kind == "date":
        return name, _ALWAYS
    if kind == "timestamptz":
        return f"cast(timezone({quoted(zone)}, {name}) as date)", _ALWAYS
    if kind == "timestamp":
        return f"cast({name} as date)", f"{name} = cast({name} as date)"
    if rule.format:
        parsed = _parsed(kind, rule, name)
        day = f"timezone({quoted(zone)}, {parsed})" if _tells_zone(rule.format) else parsed
        return f"cast({day} as date)", _IF_ANY
    midnight = rf"{DATE}([T ]00:00(:00(\.0{{1,6}})?)?)?"
    return f"try_cast({name} as date)", f"regexp_full_match({name}, '{midnight}')"


def _instant(kind: Kind, rule: ColumnMapping, name: str, zone: str) -> tuple[str, str]:
    if kind == "timestamptz":
        return f"timezone('UTC', {name})", _ALWAYS
    if kind in ("timestamp", "date"):
        return _utc(f"cast({name} as timestamp)", zone), _ALWAYS
    if rule.format:
        parsed = _parsed(kind, rule, name)
        return f"timezone('UTC', {parsed})" if _tells_zone(rule.format) else _utc(parsed, zone), _IF_ANY
    zoned = f"regexp_full_match({name}, '{ZONED}')"
    value = (
        f"case when {zoned} then timezone('UTC', try_cast({name} as timestamptz)) else {_utc(f'try_cast({name} as timestamp)', zone)} end"
    )
    return value, f"({zoned} or regexp_full_match({name}, '{TIME}'))"


def _utc(naive: str, zone: str) -> str:
    return naive if zone == "UTC" else f"timezone('UTC', timezone({quoted(zone)}, {naive}))"
