"""Words of both dialects: reserved words, functions by name, and the reviewed classes of sqlglot.

What is allowed (KNOWN) was read in sqlglot's output and run on Spark 4.3.0 with the settings of docs/decisions/0012.

Belongs here: the lists. Does not: what is refused for its form (`refusals`).
"""

from __future__ import annotations

from functools import cache

from ingestion.contract import load_contract
from warehouse.dbt_runner import PROJECT_DIR

# Reserved by Spark's ANSI dialect (its own sql_keywords()), and the words that may name no table there though not reserved.
_RESERVED = """
all and any as authorization both call case cast check collate collation collations column constraint create cross current_date
current_path current_schema current_time current_timestamp current_user distinct else end escape except execute false fetch filter
for foreign from full grant group having in inner intersect into is join lateral leading left localtime natural not null offset on
only or order outer overlaps primary recursive references right select session_user some sql table then time to trailing union
unique unknown user using when where with within anti semi minus setminus
"""
RESERVED = frozenset(_RESERVED.split())

# Functions that sqlglot passes on by name.
FUNCTIONS = {
    "hash": "Spark's hash has 32 bits and other values. Use hashed() or weight_of() of macros/lists.sql",
    "epoch_us": "Spark calls it unix_micros. Use microseconds() of macros/instants.sql",
    "to_days": "Spark lacks it. Write n * interval 1 day",
    "to_hours": "Spark lacks it. Write n * interval 1 hour",
    "to_months": "Spark lacks it. Write n * interval 1 month",
    "to_seconds": "Spark lacks it. Write n * interval 1 second",
    "timezone": "Spark lacks it, and the calendar is the platform's. Use business_date() of macros/control.sql",
    "url_decode": "Spark decodes plus signs and invalid bytes otherwise. Use decoded() of macros/texts.sql",
    "regexp_full_match": "Spark lacks it. Write regexp_matches with ^ and \\z",
    "bit_count": "no model needs it; surplus_of_keys() of macros/lists.sql finds what stands twice",
    "list_min": "Spark calls it array_min. Write min() over a subquery",
}

# Spark's own, in macros that only Spark gets; each was run there.
SPARKS = "collect_list get sequence sort_array try_url_decode xxhash64"

# What was reviewed and is allowed, by the names of sqlglot's classes.
_KNOWN = """
Abs Add Alias And Anonymous AnyValue ArgMax ArgMin Array ArrayDistinct ArraySort Between BitwiseAnd BitwiseOrAgg BitwiseRightShift Boolean
CTE Case Cast Coalesce Column Contains Count CountIf DPipe DataType DataTypeParam DateDiff Day Delete Distinct Div Dot EQ EndsWith Except_
Exists Explode Filter From GT GTE Greatest Group GroupConcat GroupingSets Having Identifier If IgnoreNulls In Interval Is Join LT
LTE Lag LastDay Inline Lateral Lead Least Left Length Limit Literal LogicalOr Lower Max Min Mod Month Mul NEQ Neg Not Null
NullSafeEQ NullSafeNEQ Nullif Or Order Ordered Pad Paren PropertyEQ Qualify RegexpExtract RegexpExtractAll RegexpLike
RegexpReplace Repeat Replace Right Round RowNumber Select Star Struct Sub Subquery Sum Table TableAlias TimestampTrunc
TruncateTable Tuple Union UnixMicros Upper Var Where Window WindowSpec With Year
"""
KNOWN = frozenset(_KNOWN.split())


def known_functions() -> frozenset[str]:
    """Functions, besides those that sqlglot knows, that Spark has with the meaning that macros give them."""
    return frozenset(SPARKS.split())


@cache
def project_functions() -> frozenset[str]:
    """Table functions of the project, and what a build's preparation defines on every engine."""
    models = {path.stem for path in (PROJECT_DIR / "models").rglob("*.sql") if "materialized='table_function'" in path.read_text("utf-8")}
    tables = {f"{kind}_{name}" for kind in ("lake", "arrivals", "tombstones") for name in load_contract().tables}
    return frozenset(models | tables | {"business_date", "latest_business_date", "seen_load_seq", "removal_effects"})
