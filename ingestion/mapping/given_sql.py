"""SQL that a person writes in a mapping: parsed before any source sees it, and refused unless it only reads.

Belongs here: what such SQL may contain, and messages that name what was found. Does not: the session it runs in, which cannot write either
(`sources`), nor where it stands in a table's SELECT (`sources.database`).

Functions are allowed by name: those of SQL itself, as sqlglot knows them, and those listed here. A list of forbidden ones would be
incomplete with the next version of a server or the next extension. Every source can offer what is refused here as a view. A text may end
with a comment, so code that puts it in brackets must end its line first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from glassbook.errors import InputError
from ingestion.mapping import Mapping, TableMapping

_BEGINNINGS = {TokenType.SELECT, TokenType.WITH, TokenType.L_PAREN, TokenType.FROM}
# Between two tokens: spaces, and comments that every server ends where sqlglot does. MySQL runs /*! … */, so it is no comment here.
_BETWEEN = re.compile(r"(?:[ \t\r\n]|--(?:[ \t][^\r\n]*)?(?:\r?\n|\Z))*")
# Whether such a quote ends the text depends on settings of the server.
_ESCAPED = re.compile(r"""\\['"`]""")
# A name in DuckDB's `from` that is a file's, not a table's.
_FILE = re.compile(r"[/\\:*?]|\.\w+$")

_REFUSED: dict[type[exp.Expr], str] = {
    exp.DML: "a statement that changes data",
    exp.DDL: "a statement that changes tables",
    exp.Command: "a command of the server",
    exp.Into: "`into`, which writes",
    exp.Lock: "a lock of rows (`for update`, `for share`)",
    exp.Hint: "a hint, which can change settings",
    exp.Operator: "an operator of a schema",
    exp.Parameter: "a variable or a parameter",
    exp.SessionParameter: "a variable of the server",
    exp.Placeholder: "a parameter",
}
_LEFT_OUT = (
    *("ReadCSV", "ReadParquet", "ToFile", "NextValueFor", "NetFunc", "Secret", "DynamicIdentifier", "Predict", "VectorSearch"),
    *("AIAgg", "AIClassify", "AIEmbed", "AIForecast", "AIGenerate", "AISimilarity", "AISummarizeAgg", "MLForecast", "MLTranslate"),
    *("GenerateBool", "GenerateDouble", "GenerateEmbedding", "GenerateInt", "GenerateTable", "GenerateText", "FeaturesAtTime"),
)
# Functions that sqlglot knows and that reach outside of the query.
_REACHING = tuple(getattr(exp, name) for name in _LEFT_OUT if hasattr(exp, name))
# Functions of one value or more that sqlglot has no class for; each exists in at least one of the four dialects.
_NAMES = """
adddate addtime age bar bin bin_to_uuid bit_count cardinality century clock_timestamp conv convert_from convert_to crc32 date date_part
date_sub datepart daterange datesub datetime decade epoch_us every field find_in_set hstore inet6_ntoa inet_aton inet_ntoa int4range
isempty isfinite json_array json_array_elements json_array_length json_build_object json_each json_each_text json_unquote json_valid
json_value jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_object jsonb_each jsonb_each_text
jsonb_extract_path jsonb_extract_path_text jsonb_object_keys jsonb_path_query jsonb_strip_nulls jsonb_typeof julianday likely
list_aggregate list_extract lower_inc make_date make_timestamptz makedate md5_number microsecond mid min_scale nfc_normalize now
num_nonnulls num_nulls numrange oct octet_length ord period_add period_diff prefix printf quote quote_ident quote_literal quote_nullable
regexp_match regexp_matches regexp_split_to_array regexp_split_to_table round_even row_to_json scale sec_to_time set_masklen
statement_timestamp strcmp strip_accents strlen subdate subtime suffix sysdate text time time_to_sec timediff timezone to_hours to_json
to_jsonb to_months to_seconds total transaction_timestamp trim_scale try_strptime tsrange tstzrange unaccent unix_timestamp unixepoch
unlikely upper_inc uuid_to_bin weekday xpath yearweek
"""
_HARMLESS = frozenset(_NAMES.split())


# What makes one value of several rows, or several rows of one, as sqlglot knows it; and what it has no class for.
_OVER_ROWS = (exp.AggFunc, exp.Window, exp.WithinGroup, exp.Explode)
_AGGREGATES = frozenset(("every", "total"))


def require_reading(mapping: TableMapping, dialect: str, where: str) -> None:
    """Raises InputError unless all SQL in the mapping of a table only reads, in the dialect of the source."""
    for place, text, is_query in _given(mapping):
        require_reading_sql(text, dialect, f"{where}, {place} of the mapping", is_query=is_query)


def require_reading_sql(text: str, dialect: str, where: str, *, is_query: bool = False) -> None:
    """The same for one text: a whole query, or an expression."""
    found = _found(text, dialect, is_query)
    if found is not None:
        raise InputError(
            found=found,
            where=where,
            expected="one SELECT" if is_query else "an expression",
            remedy="Only what reads rows is run, with functions that are known to do nothing else (docs/security.md). Write it without "
            "what is named, or make a view of it at the source and map that with `from`.",
        )


def require_reading_somewhere(mapping: Mapping, dialects: Sequence[str]) -> None:
    """Raises InputError for SQL that is refused in each of these dialects; for when it is unknown which one the mapping is for."""
    given = [
        (f"tables.{name}, {place}", text, is_query) for name, table in mapping.tables.items() for place, text, is_query in _given(table)
    ]
    if mapping.complete_until is not None:
        given.append(("complete_until", mapping.complete_until, False))
    for place, text, is_query in given:
        if all(_found(text, dialect, is_query) for dialect in dialects):
            require_reading_sql(text, dialects[0], f"{place} of the mapping", is_query=is_query)


def _given(mapping: TableMapping) -> Iterator[tuple[str, str, bool]]:
    """The SQL in the mapping of a table: where each text is, the text, and whether it is a whole query."""
    if mapping.query is not None:
        yield "query", mapping.query, True
    if mapping.where is not None:
        yield "where", mapping.where, False
    for name, rule in mapping.columns.items():
        if rule.sql is not None:
            yield f"columns.{name}.sql", rule.sql, False


def _found(text: str, dialect: str, is_query: bool) -> str | None:
    """What is refused in a text, in words; None if it only reads."""
    if not is_query:
        # In brackets no word begins a statement, and none may close the brackets.
        text = f"select (\n{text}\n)"
    if _ESCAPED.search(text) or "\0" in text:
        return "a backslash before a quote (a quote within a text is written twice)"
    try:
        tokens = sqlglot.tokenize(text, read=dialect)
        if found := _found_in_text(text, tokens, is_query):
            return found
        roots = sqlglot.parse(text, read=dialect)
    except (SqlglotError, RecursionError) as error:
        return f"SQL that cannot be read as {dialect} ({_first_line(error)})"
    if len(roots) != 1 or not isinstance(roots[0], exp.Query):
        return "more than one statement" if len(roots) > 1 else "something else than one SELECT"
    root = roots[0]
    if not is_query and not _is_one_expression(root):
        return "more than one expression"
    found = next((found for node in root.walk() if (found := _found_in_node(node, dialect))), None)
    return found if found or is_query else _found_over_rows(root, dialect)


def _found_over_rows(root: exp.Query, dialect: str) -> str | None:
    """What an expression takes from more rows than its own: some servers then give one row for the whole table, without an error.

    Within a subselect that has a FROM it is that subselect's. Of a window not all rows are there: a load asks for the newest.
    """
    for node in root.walk():
        if not isinstance(node, _OVER_ROWS) and not (isinstance(node, exp.Anonymous) and str(node.this).lower() in _AGGREGATES):
            continue
        around = node.find_ancestor(exp.Select)
        while around is not None and around is not root and not around.args.get("from_"):
            around = around.find_ancestor(exp.Select)
        if around is root:
            return f"{node.sql(dialect)[:60]}, which does not belong to one row alone"
    return None


def _first_line(error: Exception) -> str:
    lines = re.sub(r"\x1b\[\d*m", "", str(error)).splitlines()
    return lines[0].strip() if lines and isinstance(error, SqlglotError) else "too deep"


def _found_in_text(text: str, tokens: list[Token], is_query: bool) -> str | None:
    """What a server might read differently from sqlglot, or what is not part of one statement."""
    if not tokens:
        return "nothing"
    if is_query and tokens[0].token_type not in _BEGINNINGS:
        return f"a statement that begins with {tokens[0].text}"
    end = 0
    for token in tokens:
        if not _BETWEEN.fullmatch(text, end, token.start):
            return f"a comment other than `-- …` up to the end of a line, before {token.text!r}"
        if token.token_type is TokenType.SEMICOLON:
            return "a semicolon, which ends a statement"
        if token.token_type in (TokenType.HEREDOC_STRING, TokenType.UNICODE_STRING, TokenType.HINT):
            return f"{text[token.start : token.end + 1][:20]!r}, a form of text or hint that is not read here"
        end = token.end + 1
    return None if _BETWEEN.fullmatch(text, end) else "a comment other than `-- …` up to the end of a line, at the end"


def _is_one_expression(root: exp.Query) -> bool:
    """Whether the SELECT has only the pair of brackets that was put around the expression, and nothing else."""
    if not isinstance(root, exp.Select) or len(root.expressions) != 1:
        return False
    beside = {name for name, value in root.args.items() if value} - {"expressions", "kind"}
    return not beside and isinstance(root.expressions[0], exp.Paren | exp.Subquery)


def _found_in_node(node: exp.Expr, dialect: str) -> str | None:
    for kind, words in _REFUSED.items():
        if isinstance(node, kind):
            return words
    if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Func):
        return f"a function of a schema, {node.sql(dialect)[:60]}"
    if isinstance(node, exp.Func) and (isinstance(node, _REACHING) or not _is_known(node)):
        return f"the function {node.name if isinstance(node, exp.Anonymous) else node.sql_name().lower()}"
    if dialect == "duckdb" and isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier) and _FILE.search(node.name):
        return f"the file {node.name}"
    return None


def _is_known(function: exp.Func) -> bool:
    if isinstance(function, exp.Anonymous | exp.AnonymousAggFunc):
        return isinstance(function.this, str) and function.this.lower() in _HARMLESS
    return True
