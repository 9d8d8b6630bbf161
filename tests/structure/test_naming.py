"""The naming rule of docs/naming.md, enforced over every model and every column of a built snapshot."""

from __future__ import annotations

import re

import pytest

from glassbook.snapshots import Snapshot, connect
from ingestion.contract import load_contract
from tests.support.built import columns_of
from warehouse.dbt_runner import PROJECT_DIR

LAYERS = {
    "staging": r"stg_[a-z0-9_]+",
    "ledger": r"ldg_[a-z0-9_]+",
    "checks": r"chk_[a-z0-9_]+",
    "marts/lending": r"(fct|dim)_[a-z0-9_]+",
    "marts/marketing": r"(fct|dim|rpt|chk)_[a-z0-9_]+",
    "marts/operations": r"(fct|dim|rpt|chk)_[a-z0-9_]+",
}
KINDS = {
    "DATE": "day",
    "TIMESTAMP": "instant",
    "BOOLEAN": "truth",
    "DECIMAL": "decimal",
    "HUGEINT": "fixed point",
    "VARCHAR": "text",
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UBIGINT"), "integer"),
}
# The pattern of each kind of name; a name from the contract keeps its form.
FORMS = {
    "day": r".*_on|(.*_)?from|(.*_)?to",
    "instant": r".*_at",
    "truth": r"(is|has|must|counts)_.*",
    "decimal": r"(.*_)?(amount|rate|share|seconds|value)|value|numerator|denominator|.*_amount_(months|rate)",
    "integer": r".*_(id|no|count|days|months|seq|version)|rows_.*|ordinal|decimals|version",
    "fixed point": r"(.*_)?(share|position|share_change|claim)",
}
# The kind that an ending means; columns of another kind must not have it.
ENDINGS = {
    r"(?!depends).*_on": {"day"},
    r".*_at": {"instant"},
    r"(is|has)_.*": {"truth"},
    r".*_amount": {"decimal"},
    r".*_rate": {"decimal"},
    r".*_count": {"integer"},
    r".*_days": {"integer"},
    r".*_id": {"integer", "text"},
    r".*_(kind|code)": {"text"},
}
# One name, two kinds: the value of a parameter is text, that of a figure or a threshold a decimal.
TWO_KINDS = {"value"}
CONTRACT_KINDS = {
    "id": {"integer"}, "text": {"text"}, "money": {"decimal"}, "rate": {"decimal"}, "date": {"day"}, "time": {"instant"}, "bool": {"truth"}
}  # fmt: skip


@pytest.fixture(scope="module")
def columns(small_snapshot: Snapshot) -> list[tuple[str, str, str]]:
    """Relation, column and kind of every column."""
    return [
        (relation, column.lstrip("_"), KINDS.get(kind, kind))
        for relation, found in columns_of(small_snapshot).items()
        for column, kind in found.items()
    ]


@pytest.fixture(scope="module")
def given_names() -> dict[str, set[str]]:
    """Column names that the contract gave, with the kinds it gave them."""
    found: dict[str, set[str]] = {"row_number": {"integer"}}
    for table in load_contract().tables.values():
        for column in table.columns:
            found.setdefault(column.name, set()).update(CONTRACT_KINDS[column.type])
    return found


def test_models_are_named_by_their_layer() -> None:
    wrong = []
    for path in (PROJECT_DIR / "models").rglob("*.sql"):
        folder = path.parent.relative_to(PROJECT_DIR / "models").as_posix()
        regime = re.fullmatch(r"marts/disclosure/(\w+)(/edits)?", folder)
        if regime:
            form = rf"rpt_{regime[1]}_edit_[a-z]\d\dw?" if regime[2] else rf"rpt_{regime[1]}_[a-z0-9_]+"
        else:
            form = LAYERS.get(folder, "a folder that docs/naming.md names")
        if not re.fullmatch(form, path.stem):
            wrong.append(f"{folder}/{path.stem} is not {form}")
    assert wrong == []


def test_a_model_of_any_day_says_so() -> None:
    """A table function ends in _as_of or _between, unless it is a check or an edit, which are always table functions."""
    wrong = []
    for path in (PROJECT_DIR / "models").rglob("*.sql"):
        is_function = "materialized='table_function'" in path.read_text(encoding="utf-8")
        is_rule = path.stem.startswith("chk_") or "_edit_" in path.stem
        if not is_rule and is_function != path.stem.endswith(("_as_of", "_between")):
            wrong.append(path.stem)
    assert wrong == []


def test_no_function_has_the_alias_of_the_day_that_it_is_given(small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.database) as connection:
        query = "select function_name, macro_definition from duckdb_functions() where function_type = 'table_macro' and not internal"
        bodies = dict(connection.execute(query).fetchall())
    texts = [path.read_text(encoding="utf-8") for path in (PROJECT_DIR / "models").rglob("*.sql")]
    given = {pair for text in texts for pair in re.findall(r"rows_of\('(\w+)', '(\w+)\.\w+'", text)}
    assert len(given) >= 3
    for function, alias in given:
        reached, pending = {function}, [function]
        while pending:
            called = {name for name in re.findall(r"\w+", bodies[pending.pop()]) if name in bodies} - reached
            reached |= called
            pending += called
        assert [name for name in reached if re.search(rf"\b{alias}\.", bodies[name])] == [], (function, alias)


def test_names_are_lower_snake_case(columns: list[tuple[str, str, str]]) -> None:
    assert [f"{r}.{c}" for r, c, _ in columns if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", c)] == []


def test_no_column_is_floating_point(columns: list[tuple[str, str, str]]) -> None:
    assert [f"{r}.{c} {k}" for r, c, k in columns if k in ("DOUBLE", "FLOAT")] == []


def test_a_column_is_named_by_its_kind(columns: list[tuple[str, str, str]], given_names: dict[str, set[str]]) -> None:
    wrong = [
        f"{relation}.{column} is a {kind}"
        for relation, column, kind in columns
        if kind in FORMS and not re.fullmatch(FORMS[kind], column) and kind not in given_names.get(column, set())
    ]
    assert wrong == []


def test_an_ending_means_one_kind(columns: list[tuple[str, str, str]], given_names: dict[str, set[str]]) -> None:
    wrong = [
        f"{relation}.{column} is a {kind}"
        for relation, column, kind in columns
        for ending, kinds in ENDINGS.items()
        if re.fullmatch(ending, column) and kind not in kinds and kind not in given_names.get(column, set())
    ]
    assert wrong == []


def test_a_name_is_of_one_kind_everywhere(columns: list[tuple[str, str, str]]) -> None:
    kinds: dict[str, set[str]] = {}
    for _, column, kind in columns:
        kinds.setdefault(column, set()).add(kind)
    assert {column: found for column, found in kinds.items() if len(found) > 1 and column not in TWO_KINDS} == {}
