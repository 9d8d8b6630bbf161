"""The day up to which a source is whole: a month whose last days brought no row has its figures, and a load that moves nothing is none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from glassbook.cli import glassbook
from glassbook.errors import InputError
from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from glassbook.snapshots import connect
from ingestion.contract.horizon import latest_business_date
from ingestion.loading.load import LoadPlan, ingest, read_source
from ingestion.loading.quiet_loads import quiet_loads
from ingestion.mapping import Mapping
from tests.support import homes
from tests.support.duckdb_source import run, tables_as_they_are, write_database
from tests.support.lake import a_platform, refused
from warehouse.build import run_build

AT = datetime(2019, 3, 4, 2, tzinfo=UTC)


def a_home(folder: Path) -> Settings:
    return homes.home(folder, clock_now=AT)


def latest(settings: Settings) -> date | None:
    return latest_business_date(settings, visible_loads(settings))


def test_without_a_word_it_is_the_day_of_the_newest_row(tmp_path: Path) -> None:
    settings = a_home(tmp_path / "home")
    load = ingest(settings, a_platform().write(tmp_path / "source"))
    assert load.complete_until is None and latest(settings) == date(2019, 2, 10)


@pytest.mark.parametrize(("asked", "day"), [("now", date(2019, 3, 4)), ("2019-03-04", date(2019, 3, 4)), ("2019-02-28", date(2019, 2, 28))])
def test_a_load_that_moves_it_is_an_entry_and_one_that_does_not_is_none(asked: str, day: date, tmp_path: Path) -> None:
    settings, source = a_home(tmp_path / "home"), a_platform().write(tmp_path / "source")
    ingest(settings, source)
    moved = read_source(settings, source, LoadPlan(complete_until=asked))
    assert moved.is_new and moved.load.load_seq == 2 and not moved.load.rows_new
    assert (visible_loads(settings)[-1].complete_until, latest(settings)) == (day, day)
    for plan in (LoadPlan(complete_until=asked), LoadPlan(complete_until="2019-02-11"), LoadPlan()):
        assert not read_source(settings, source, plan).is_new
    assert len(visible_loads(settings)) == 2 and len(quiet_loads(settings)) == 3 and latest(settings) == day


def test_a_day_that_the_newest_row_is_past_moves_nothing(tmp_path: Path) -> None:
    settings, source = a_home(tmp_path / "home"), a_platform().write(tmp_path / "source")
    ingest(settings, source, LoadPlan(complete_until="2019-01-31"))
    assert latest(settings) == date(2019, 2, 10)


@pytest.mark.parametrize("asked", ["2019-03-05", "2150-01-01", "soon", "2019-02-30", "31.12.2019"])
def test_what_is_no_day_or_has_not_come_is_refused(asked: str, tmp_path: Path) -> None:
    settings = a_home(tmp_path / "home")
    error = refused(settings, a_platform().write(tmp_path / "source"), LoadPlan(complete_until=asked))
    assert error.where == "--complete-until"


def mapped(folder: Path, expression: object, closed: str = "2019-02-28") -> tuple[Path, LoadPlan]:
    """A database with a table of closed days, and a mapping whose tables are those of the contract."""
    file, written = database_and_mapping(folder, expression, closed)
    return file, LoadPlan(mapping=Mapping.model_validate(written))


def database_and_mapping(folder: Path, expression: object, closed: str) -> tuple[Path, dict[str, Any]]:
    """The same, the mapping as it is written."""
    platform = a_platform()
    file = write_database(platform, folder / "source.duckdb")
    run(file, f"create or replace table day_close as select {closed} as closed")
    tables = tables_as_they_are(platform, file)
    written = {"version": 1, "timezone": "Asia/Shanghai", "complete_until": expression, "tables": tables}
    return file, written


@pytest.mark.parametrize(
    ("expression", "closed", "day"),
    [
        ("(select max(closed) from day_close)", "date '2019-02-28'", date(2019, 2, 28)),
        ("(select max(closed) from day_close)", "timestamp '2019-03-01 00:30:00'", date(2019, 3, 1)),
        ("(select max(closed) from day_close)", "'2019-02-27'", date(2019, 2, 27)),
        ("(select max(closed) from day_close)", "cast(null as date)", date(2019, 2, 10)),
        ("now", "null", date(2019, 3, 4)),
        (date(2019, 2, 26), "null", date(2019, 2, 26)),
    ],
)
def test_a_mapping_says_it_by_an_expression(expression: object, closed: str, day: date, tmp_path: Path) -> None:
    settings = a_home(tmp_path / "home")
    file, plan = mapped(tmp_path, expression, closed)
    ingest(settings, file, plan)
    assert latest(settings) == day
    assert not read_source(settings, file, plan).is_new


@pytest.mark.parametrize("expression", ["(select max(closed) from nowhere)", "'never'", "date '2019-03-05'"])
def test_an_expression_that_gives_no_day_is_refused(expression: str, tmp_path: Path) -> None:
    file, plan = mapped(tmp_path, expression, "date '2019-02-28'")
    with pytest.raises(InputError, match="complete_until of the mapping"):
        ingest(a_home(tmp_path / "home"), file, plan)


@pytest.mark.parametrize(
    ("expression", "closed", "told", "exit_code"),
    [
        ("(select max(closed) from day_close)", "date '2019-02-28'", "complete_until           2019-02-28", 0),
        ("(select max(closed) from day_close)", "cast(null as date)", "the newest row's day counts", 0),
        ("(select max(closed) from nowhere)", "null", "✗", 1),
        ("'never'", "null", "found never", 1),
        ("date '2150-01-01'", "null", "after the day of the load", 1),
    ],
)
def test_map_check_asks_the_source(expression: str, closed: str, told: str, exit_code: int, tmp_path: Path) -> None:
    file, written = database_and_mapping(tmp_path, expression, closed)
    (tmp_path / "mapping.yml").write_text(yaml.safe_dump(written), encoding="utf-8")
    checked = CliRunner().invoke(glassbook, ["map", "check", "--mapping", str(tmp_path / "mapping.yml"), "--source", str(file)])
    assert (checked.exit_code, told in checked.output) == (exit_code, True), checked.output


def test_a_month_whose_last_days_brought_no_row_has_its_figures(tmp_path: Path) -> None:
    """By an incremental build, and by a full one."""
    settings, source = a_home(tmp_path / "home"), a_platform().write(tmp_path / "source")
    ingest(settings, source)
    first = run_build(settings)
    ingest(settings, source)
    assert run_build(settings).snapshot_id == first.snapshot_id
    told = CliRunner().invoke(
        glassbook,
        ["ingest", "--source", str(source), "--complete-until", "2019-03-01"],
        env={"GLASSBOOK_HOME": str(settings.home), "GLASSBOOK_CLOCK_NOW": (AT + timedelta(hours=1)).isoformat()},
    )
    assert told.exit_code == 0 and "load 2:" in told.output and "complete until 2019-03-01" in told.output
    later = run_build(settings)
    with connect(later.database) as connection:
        found = connection.execute("select value from rpt_cn_figures where code = 'CN-A03' and as_of_on = date '2019-02-28'").fetchall()
    assert [str(value).rstrip("0").rstrip(".") for (value,) in found] == ["500"]
    assert not homes.difference(later, homes.rebuilt(settings, tmp_path / "again"))


def test_a_day_that_does_not_exist_is_told_as_such_and_never_computed(tmp_path: Path) -> None:
    """A source would take 2019-02-30 for a sum, and the error would name 1987."""
    file, plan = mapped(tmp_path, "2019-02-30", "null")
    with pytest.raises(InputError) as raised:
        ingest(a_home(tmp_path / "home"), file, plan)
    assert raised.value.found == "2019-02-30, a day that does not exist"
    assert raised.value.where == "complete_until of the mapping"
