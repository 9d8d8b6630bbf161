"""A YAML file of targets is a source: loaded like rows, with what changed kept, and refused with file and line where it is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from glassbook.errors import InputError
from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from ingestion.contract.horizon import latest_business_date
from ingestion.loading.load import ingest
from ingestion.sources.targets.source import TargetsFile
from tests.support import homes
from tests.support.platform import Platform
from warehouse.build import run_build

FIRST = """updated_at: 2019-01-04T09:00:00+08:00
targets:
  - figure: OP-B01
    months: {2019-01: 1000, 2019-02: 1200.50}
  - figure: OP-B01
    segment: {grade: A}
    months: {2019-01: 400}
"""
SECOND = """updated_at: 2019-01-20T09:00:00+08:00
targets:
  - figure: OP-B01
    months: {2019-01: 2000, 2019-02: null}
"""
PLAN = (
    "select month_on, segment_id, target_value, actual_value, difference_value, actual_to_target_rate "
    "from rpt_operations_plan order by 1, 2"
)


def plan(snapshot: Snapshot) -> list[tuple[str, ...]]:
    with connect(snapshot.database) as connection:
        return [tuple(str(value) for value in row) for row in connection.execute(PLAN).fetchall()]


def write(folder: Path, text: str) -> Path:
    path = folder / "targets.yml"
    path.write_text(text, encoding="utf-8")
    return path


def platform_home(folder: Path) -> Settings:
    settings = homes.home(folder / "home")
    p = Platform()
    p.plan(p.loan("500", credit_grade="A"), [("2019-04-10", "500", "0")])
    ingest(homes.at(settings, datetime(2019, 2, 1, tzinfo=UTC)), p.write(folder / "platform", without=["targets"]))
    return settings


def test_plan_against_actual_and_what_was_planned_before(tmp_path: Path) -> None:
    settings = platform_home(tmp_path)
    assert plan(run_build(settings)) == []
    known = datetime(2019, 2, 2, tzinfo=UTC)
    ingest(homes.at(settings, known), write(tmp_path, FIRST))
    before = plan(run_build(settings))
    assert before == [
        ("2019-01-01", "A", "400.00", "500.00000000", "100.00000000", "1.2500"),
        ("2019-01-01", "all", "1000.00", "500.00000000", "-500.00000000", "0.5000"),
        ("2019-02-01", "all", "1200.50", "None", "None", "None"),
    ]
    ingest(homes.at(settings, datetime(2019, 2, 3, tzinfo=UTC)), write(tmp_path, SECOND))
    assert plan(run_build(settings)) == [before[0], ("2019-01-01", "all", "2000.00", "500.00000000", "-1500.00000000", "0.2500")]
    assert plan(run_build(settings, known_at=visible_loads(settings)[-2].loaded_at)) == before


def test_a_plan_does_not_say_how_far_the_business_has_come(tmp_path: Path) -> None:
    settings = platform_home(tmp_path)
    ingest(homes.at(settings, datetime(2019, 2, 3, tzinfo=UTC)), write(tmp_path, SECOND))
    assert latest_business_date(settings, visible_loads(settings)) == date(2019, 1, 10)


@pytest.mark.parametrize(
    ("right", "wrong", "found", "line"),
    [
        ("OP-B01", "OP-Z99", "figure 'OP-Z99'", 3),
        ("OP-B01", "CN-A03", "figure 'CN-A03'", 3),
        ("grade", "colour", "kind of segment 'colour'", 6),
        ("grade", "fee_kind", "figure OP-B01 by fee_kind", 6),
        ("{grade: A}", "A", "a segment that is not one kind with one name", 6),
        ("2019-02", "2019-13", "month '2019-13'", 4),
        ("2019-02", "2019-01", "OP-B01 of total all in 2019-01 twice (first in line 4)", 4),
        # In a mapping on one line the comma begins another month.
        ("1200.50", "1,200", "month '200'", 4),
        ("1200.50", "1200.505", "value '1200.505'", 4),
        ("1200.50", "a lot", "value 'a lot'", 4),
        ("+08:00", "", "updated_at '2019-01-04T09:00:00'", 1),
        ("updated_at:", "written_at:", "'written_at'", 1),
        ("    months: {2019-01: 400}\n", "", "no months", 5),
        ("targets:\n", "targets: none\nmore:\n", "'more'", 3),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, right: str, wrong: str, found: str, line: int) -> None:
    assert right in FIRST
    path = write(tmp_path, FIRST.replace(right, wrong, 1))
    with pytest.raises(InputError) as raised:
        ingest(homes.home(tmp_path / "home"), path)
    message = str(raised.value)
    assert found in message and f"{path}, line {line}" in message


@pytest.mark.parametrize(
    "instant",
    [
        *("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+08:00", "2019-01-04T09:00:00+23:00", "2019-01-04T09:00:00+14:30"),
        *(
            "2019-01-04T09:00:00-12:30",
            "2019-01-04T09:00:00+08:99",
            "2019-01-04T09:00:00+08:00:30",
            "2019-01-04",
            "+08:00",
            "2019-02-30T09:00Z",
        ),
    ],
)
def test_an_instant_that_no_place_has_is_refused_with_its_line(tmp_path: Path, instant: str) -> None:
    path = write(tmp_path, FIRST.replace("2019-01-04T09:00:00+08:00", instant))
    with pytest.raises(InputError) as raised:
        ingest(homes.home(tmp_path / "home"), path)
    assert raised.value.found == f"updated_at '{instant}'" and raised.value.where == f"{path}, line 1"
    assert "from -12:00 to +14:00" in raised.value.expected


@pytest.mark.parametrize(
    ("instant", "in_utc"),
    [
        ("2019-01-04T09:00:00+14:00", "2019-01-03 19:00:00"),
        ("2019-01-04T09:00-12:00", "2019-01-04 21:00:00"),
        ("2019-01-04 09:00:00.5+0545", "2019-01-04 03:15:00.500000"),
        ("2019-01-04T09:00:00Z", "2019-01-04 09:00:00"),
    ],
)
def test_an_instant_of_any_place_is_read(tmp_path: Path, instant: str, in_utc: str) -> None:
    with TargetsFile(write(tmp_path, FIRST.replace("2019-01-04T09:00:00+08:00", instant))) as source:
        assert source._updated_at == in_utc


def test_what_is_no_yaml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="YAML in UTF-8"):
        ingest(homes.home(tmp_path / "home"), write(tmp_path, "targets: [\n"))
