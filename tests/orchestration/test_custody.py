"""The platform's ledger against the custodian's statement: what cannot be repaired prevents no filing, and errors name near matches."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from glassbook.snapshots import Snapshot, connect
from tests.orchestration.conftest import built
from tests.support.platform import Platform

LAST = date(2019, 1, 31)

# Movement of the platform and entry of the custodian: reference, amount, instant in the platform's time zone.
PAIRS = {
    "around midnight": (("A1", "500.00", "2019-01-10 23:59:58"), ("A1", "500.00", "2019-01-11 00:00:03")),
    "booked first": (("A2", "-70.00", "2019-01-12 00:07"), ("A2", "-70.00", "2019-01-11 23:52")),
    "at the end of the month": (("A3", "9.00", "2019-01-31 23:59"), ("A3", "9.00", "2019-02-01 00:00")),
    "too far apart": (("A4", "20.00", "2019-01-13 23:50"), ("A4", "20.00", "2019-01-14 00:05:01")),
    "letters": (("a5", "300.00", "2019-01-15 10:00"), ("A5", "300.00", "2019-01-15 10:00")),
    "blanks": (("000123", "200.00", "2019-01-15 10:00"), (" 000123 ", "200.00", "2019-01-15 18:00")),
    "letters around midnight": (("a6", "1.00", "2019-01-16 23:59"), ("A6 ", "1.00", "2019-01-17 00:01")),
    "letters and amount": (("a7", "40.00", "2019-01-18 10:00"), ("A7", "41.00", "2019-01-18 10:00")),
    "another reference": (("A8", "55.00", "2019-01-20 10:00"), ("B8", "55.00", "2019-01-21 10:00")),
    "another reference long after": (("A9", "66.00", "2019-01-22 10:00"), ("B9", "66.00", "2019-01-26 10:00")),
    "no reference": (("", "3.00", "2019-01-28 10:00"), ("C1", "4.00", "2019-01-28 10:00")),
    "even": (("A0", "8.00", "2019-01-29 00:00"), ("A0", "8.00", "2019-01-29 23:59")),
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    p = Platform()
    for (reference, amount, moved_at), (other, booked, booked_at) in PAIRS.values():
        p.add("fund_movements", amount=amount, occurred_at=moved_at, custodian_reference=reference or None)
        p.add("custodian_entries", amount=booked, booked_at=booked_at, custodian_reference=other)
    # A fee of nothing has no reference and no entry.
    p.add("fund_movements", amount="0.00", occurred_at="2019-01-29 10:00", custodian_reference=None)
    p.add("fund_movements", amount="5.00", occurred_at="2019-02-03 10:00", custodian_reference="D1")
    return built(p, tmp_path_factory.mktemp("custody"))


@pytest.fixture
def connection(snapshot: Snapshot) -> duckdb.DuckDBPyConnection:
    return connect(snapshot.database)


def found(connection: duckdb.DuckDBPyConnection, day: date = LAST) -> dict[str, dict[str, str]]:
    """Messages of the findings about references, by code and reference."""
    query = f"select check_code, entity, message from rpt_cn_edit_e09(date '{day}') where entity like 'reference %'"
    rows = connection.execute(query).fetchall()
    codes = {code for code, _, _ in rows}
    return {code: {entity.removeprefix("reference "): message for c, entity, message in rows if c == code} for code in codes}


def test_each_difference_is_of_its_kind(connection: duckdb.DuckDBPyConnection) -> None:
    kinds = {code: set(references) for code, references in found(connection).items()}
    assert kinds == {
        "CN-E09W": {"A1", "A2", "A3", "a6"} | {"A6 "},
        "CN-E20": {"a5", "A5", "000123", " 000123 "},
        "CN-E09": {"A4", "a7", "A7", "A8", "B8", "A9", "B9", "(none)", "C1"},
    }


def test_a_finding_says_what_nearly_matched(connection: duckdb.DuckDBPyConnection) -> None:
    said = found(connection)["CN-E09"]
    assert "same amount under reference B8" in said["A8"] and "same amount under reference A8" in said["B8"]
    assert "booked on another day" in said["A4"]
    assert not any("same amount" in said[reference] for reference in ("A4", "A9", "B9", "a7", "C1"))
    assert "platform less custodian: 40.00 in all" in said["a7"] and "-41.00" in said["A7"]


def test_days_are_uneven_by_errors_alone(connection: duckdb.DuckDBPyConnection) -> None:
    query = f"select check_code, entity, masked_value from rpt_cn_edit_e09(date '{LAST}') where entity like 'day %' order by entity"
    assert connection.execute(query).fetchall() == [
        ("CN-E09", "day 2019-01-13", "20.00"),
        ("CN-E09", "day 2019-01-14", "-20.00"),
        ("CN-E09", "day 2019-01-18", "-1.00"),
        ("CN-E09", "day 2019-01-20", "55.00"),
        ("CN-E09", "day 2019-01-21", "-55.00"),
        ("CN-E09", "day 2019-01-22", "66.00"),
        ("CN-E09", "day 2019-01-26", "-66.00"),
        ("CN-E09", "day 2019-01-28", "-1.00"),
    ]


@pytest.mark.parametrize(("day", "references"), [(date(2019, 1, 9), set()), (date(2019, 1, 10), {"A1"}), (date(2019, 1, 11), {"A1", "A2"})])
def test_the_other_side_is_looked_for_behind_midnight(day: date, references: set[str], connection: duckdb.DuckDBPyConnection) -> None:
    assert found(connection, day) == (
        {"CN-E09W": dict.fromkeys(references, next(iter(found(connection)["CN-E09W"].values())))} if references else {}
    )
