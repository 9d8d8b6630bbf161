"""The dictionary of the public data says what every public column and every code is, and has no word of what is not public."""

from __future__ import annotations

from typing import Any

import pytest

from glassbook.snapshots import Snapshot, connect
from ingestion.contract import load_contract
from reports.site.public_data import PublicData, load_public_data
from warehouse.dbt_runner import PROJECT_DIR
from warehouse.publication import public_columns

# Words of the catalogue and of the build: a page shows them as they are.
OWN_WORDS = ("ctl_metrics", "ctl_parameters", "ctl_supplied")


@pytest.fixture(scope="module")
def dictionary() -> PublicData:
    return load_public_data("cn", "CNY", "元")


@pytest.fixture(scope="module")
def public() -> dict[str, list[str]]:
    allowed: dict[str, Any] = public_columns()
    return {name: rule["columns"] for name, rule in allowed.items() if name not in OWN_WORDS}


def test_every_public_table_and_column_is_in_it_and_no_other(dictionary: PublicData, public: dict[str, list[str]]) -> None:
    assert len(public) > 10
    assert set(dictionary.tables) == set(public)
    assert set(dictionary.columns) == {column for columns in public.values() for column in columns}
    assert {column.codes for column in dictionary.columns.values()} - {None} <= set(dictionary.codes)


@pytest.mark.parametrize(
    ("table", "column", "codes"),
    [
        ("users", "user_kind", "user_kind"),
        ("products", "repayment_method", "repayment_method"),
        ("products", "security_kind", "security_kind"),
        ("fees", "fee_kind", "fee_kind"),
        ("complaints", "complaint_kind", "complaint_kind"),
    ],
)
def test_every_value_that_the_contract_names_has_words(dictionary: PublicData, table: str, column: str, codes: str) -> None:
    [values] = [found.values for found in load_contract().tables[table].columns if found.name == column]
    assert values and set(dictionary.codes[codes]) == set(values)


def test_every_band_has_words(dictionary: PublicData) -> None:
    seed = (PROJECT_DIR / "seeds" / "cn_loan_bands.csv").read_text(encoding="utf-8").splitlines()[1:]
    bands = {(line.split(",")[0] + "_band", line.split(",")[1]) for line in seed}
    assert {(of, code) for of in ("term_band", "size_band") for code in dictionary.codes[of]} == bands != set()


def test_every_code_of_the_public_file_has_words(dictionary: PublicData, public: dict[str, list[str]], small_snapshot: Snapshot) -> None:
    told, untold = 0, []
    with connect(small_snapshot.public_database) as connection:
        for table, columns in public.items():
            kind = "segment_kind" if "segment_kind" in columns else "null"
            for column in [name for name in columns if dictionary.columns[name].codes]:
                rows = connection.execute(f"select distinct {column}, {kind} from {table} where {column} is not null").fetchall()
                told += len(rows)
                untold += [
                    (table, column, value)
                    for value, of in rows
                    # Bands of income are the platform's own words.
                    if of != "income_band" and dictionary.code(column, value, of if column == "segment_code" else None) is None
                ]
        parts = connection.execute("select distinct code, part_code from rpt_cn_figure_parts").fetchall()
    assert told > 30
    assert untold == []
    kinds = {"CN-A20": "fee_kind"}
    assert parts and all(part in dictionary.codes[kinds.get(code, "complaint_kind")] for code, part in parts)


def test_segments_have_the_words_of_their_kind(dictionary: PublicData) -> None:
    assert dictionary.code("segment_code", "31", "province_code") == dictionary.codes["province_code"]["31"]
    assert dictionary.code("segment_code", "not_said", "income_band") == dictionary.codes["segment_code"]["not_said"]
    assert dictionary.code("segment_code", "0-5000", "income_band") is None
    assert dictionary.code("user_kind", "individual") == dictionary.codes["user_kind"]["individual"]
