"""A mapping means what is written in it: a key that stands twice, or a code that YAML would change, is refused with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from glassbook.errors import InputError
from glassbook.yaml_as_written import NotAsWritten, load_as_written
from ingestion.mapping import Mapping, read_mapping


def read(text: str, folder: Path) -> Mapping:
    path = folder / "mapping.yml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path)


def with_status(rule: str) -> str:
    return f"version: 1\ntables:\n  loans:\n    from: x\n    columns:\n      status: {rule}\n"


@pytest.mark.parametrize(
    ("text", "found", "line"),
    [
        (with_status("a") + "      status: b\n", "'status' twice, first in line 6", 7),
        (with_status("a") + "  loans:\n    from: y\n    columns: {}\n", "'loans' twice, first in line 3", 7),
        (with_status("{from: a, values: {1: repaying, 1: overdue}}"), "'1' twice, first in line 6", 6),
        (
            with_status("\n        from: a\n        values:\n         1: x\n         '1': y"),
            "'1' twice, first in line 9",
            10,
        ),
        (with_status("a") + "version: 1\n", "'version' twice, first in line 1", 7),
    ],
)
def test_what_stands_twice_is_refused_with_both_lines(text: str, found: str, line: int, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refusal:
        read(text, tmp_path)
    assert refusal.value.found == found and refusal.value.where == f"{tmp_path / 'mapping.yml'}, line {line}"
    assert refusal.value.expected == "every key once" and refusal.value.remedy


@pytest.mark.parametrize("code", ["010", "021", "0x1F", "0b11", "12:30", "1_0", "+5", "-0", "null", "NULL", "~", "yes", "No", "on", "off"])
@pytest.mark.parametrize("rule", ["{from: a, values: {CODE: repaying}}", "{from: a, values: {1: CODE}}", "{constant: CODE}", "CODE"])
def test_a_code_that_yaml_would_change_must_be_quoted(code: str, rule: str, tmp_path: Path) -> None:
    # As a value, null is what it looks like: nothing.
    if code.lower() not in ("null", "~") or "CODE:" in rule:
        with pytest.raises(InputError) as refusal:
            read(with_status(rule.replace("CODE", code)), tmp_path)
        assert refusal.value.found.startswith(f"{code} without quotes, which YAML reads as")
        assert f"must stand in quotes: '{code}'" in refusal.value.expected and refusal.value.where.endswith("line 6")
    assert code in read(with_status(rule.replace("CODE", f"'{code}'")), tmp_path).model_dump_json()


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("1", "1"),
        ("-1", "-1"),
        ("1.50", "1.50"),
        ("2019-01-10", "2019-01-10"),
        ("'true'", "true"),
        ("'a:b'", "a:b"),
        ("æ", "æ"),
    ],
)
def test_any_other_code_is_the_text_as_written(written: str, read_as: str, tmp_path: Path) -> None:
    rule = read(with_status(f"{{from: a, values: {{{written}: repaying}}}}"), tmp_path).tables["loans"].columns["status"]
    assert rule.values == {read_as: "repaying"}


def test_constants_keep_their_digits(tmp_path: Path) -> None:
    columns = "annual_rate: {constant: 0.10}, term_months: {constant: 12}, listed_at: {constant: 2019-01-10}, status: {if_null: x, from: a}"
    mapping = read(f"version: 1\ntables: {{loans: {{from: x, columns: {{{columns}}}}}}}", tmp_path)
    assert [rule.fixed for rule in mapping.tables["loans"].columns.values()] == ["0.10", 12, "2019-01-10", None]


def test_a_key_given_on_top_of_shared_ones_is_no_repetition() -> None:
    document: Any = load_as_written("loans: &shared {status: a, loan_id: b}\nmore: {<<: *shared, status: c}")
    assert document == {"loans": {"status": "a", "loan_id": "b"}, "more": {"status": "c", "loan_id": "b"}}


@how(max_examples=300, deadline=None)
@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=6))
def test_any_key_is_as_written_or_refused(code: str) -> None:
    try:
        document = load_as_written(f"{code}: x")
    except Exception as error:  # every other way to be no YAML
        assert type(error).__module__.startswith(("yaml", "glassbook"))
        return
    if isinstance(document, dict) and code[0] not in "\"'!&*?{[#|>" and "#" not in code and ": " not in code:
        assert list(document) == [code.strip()]


def test_the_loader_names_what_it_expects() -> None:
    with pytest.raises(NotAsWritten, match="the number 8"):
        load_as_written("a: 010")
