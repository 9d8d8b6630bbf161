"""What a mapping says for a column by itself is looked at when the mapping is read, and refused with column and what is allowed."""

from __future__ import annotations

import string
from pathlib import Path

import duckdb
import pytest

from glassbook.errors import InputError
from ingestion.contract import Column, load_contract
from ingestion.loading.load import ingest
from ingestion.mapping import read_mapping
from ingestion.mapping.constants import unlike, wrong_format
from ingestion.mapping.conversion import literal
from tests.ingestion.loading.test_offsets import fee
from tests.support.lake import a_home, rows

COLUMNS = {c.type: c for table in load_contract().tables.values() for c in table.columns}
VALUES = (
    *("true", "false", "T", "f", "yes", "n", "1", "0", "2", "ja", "on", "", " true", "-1", "1.5", "12.345", "9223372036854775807"),
    *("9223372036854775808", "-9223372036854775808", "9999999999999999.99", "12345678901234567", "999.999999", "1000", "1e3", "NaN"),
    *(
        "2019-12-31",
        "2019-02-29",
        "2019-12-31 16:00",
        "2019-12-31 16:00:00.5",
        "2019-12-31T24:00:00",
        "2019-12-31 24:01",
        "2019-12-31 10:75",
    ),
    *("2019-12-31 16:00:75", "2019-12-31 16:00+08:00", "2019-12-31 16:00:00Z", "0000-01-01", "0001-01-01"),
)


def of_loans(column: str, rule: str, folder: Path, table: str = "loans") -> InputError:
    path = folder / "mapping.yml"
    path.write_text(f"version: 1\ntables:\n  {table}:\n    from: x\n    columns:\n      {column}: {rule}\n", encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_mapping(path)
    assert str(path) in refusal.value.where and f"{column}" in refusal.value.found and refusal.value.remedy
    return refusal.value


@pytest.mark.parametrize("said", ["constant", "stand_in", "from: a, if_null"])
@pytest.mark.parametrize("value", ["ja", "2", "-1", "'on'"])
def test_a_truth_is_true_or_false(value: str, said: str, tmp_path: Path) -> None:
    found = of_loans("is_promotional", f"{{{said}: {value}}}", tmp_path, "products").found
    assert found == f"tables.products.columns.is_promotional.{said.split()[-1]}: '{value.strip(chr(39))}'; expected true or false"


def test_values_without_a_code_are_refused(tmp_path: Path) -> None:
    assert (
        "tables.loans.columns.status.values: no code; expected at least one" in of_loans("status", "{from: a, values: {}}", tmp_path).found
    )


@pytest.mark.parametrize("form", ["%s", "%q", "%Y-%", "%", "%Y-%-q", "%E", "%-Y", "", "%Y%\n"])
def test_a_format_that_no_engine_reads_is_refused(form: str, tmp_path: Path) -> None:
    found = of_loans("listed_at", f'{{from: a, format: "{form}"}}'.replace("\n", "\\n"), tmp_path).found
    assert "tables.loans.columns.listed_at.format: " in found and repr(form) in found
    assert "%Y" in found


@pytest.mark.parametrize("form", ["%a %b %d %H:%M:%S %Z %Y", "%Z", "%%%Z"])
def test_a_format_with_the_name_of_a_zone_is_refused(form: str, tmp_path: Path) -> None:
    found = of_loans("listed_at", f"{{from: a, format: '{form}'}}", tmp_path).found
    assert "listed_at.format" in found and "use %z" in found and "set timezone" in found


def test_a_name_that_is_plain_text_leaves_the_zone_to_the_mapping(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    plan = fee(tmp_path, "Thu Jan 10 20:30:00 CST 2019", "{from: at, format: '%a %b %d %H:%M:%S CST %Y', timezone: Asia/Shanghai}")
    ingest(home, tmp_path / "source", plan)
    assert str(rows(home, "fees")[0]["charged_at"]) == "2019-01-10 12:30:00"


def test_the_formats_allowed_are_those_of_the_engine() -> None:
    with duckdb.connect() as engine:
        for letter in string.printable:
            for form in (f"%{letter}", f"%-{letter}", f"%%{letter}", f"x%{letter}%%"):
                try:
                    engine.execute("select try_strptime('x', ?)", [form])
                    is_known = True
                except duckdb.Error:
                    is_known = False
                assert (wrong_format(form) is None) == (is_known and not form.replace("%%", "").startswith(("%Z", "x%Z"))), form


@pytest.mark.parametrize("column", COLUMNS.values(), ids=lambda column: column.type)
def test_a_constant_that_is_let_through_is_read(column: Column) -> None:
    with duckdb.connect() as engine:
        engine.execute("set TimeZone = 'UTC'")
        let_through = [value for value in VALUES if unlike(column, value) is None]
        for value in let_through:
            engine.execute(f"select {literal(column, value)}")
    assert let_through and (column.type == "text" or len(let_through) < len(VALUES))
