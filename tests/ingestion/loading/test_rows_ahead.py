"""A row from the future: it never says how far the platform's days reach, it waits in quarantine, and a lake that took one in heals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from glassbook.engine import connect
from glassbook.errors import InputError
from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from ingestion.contract import Column, load_contract
from ingestion.contract.form_rules import INSTANT_AHEAD
from ingestion.contract.horizon import Horizon, horizon_of, latest_business_date
from ingestion.loading import load as loading
from ingestion.loading.held_rows import quarantine_sql
from ingestion.loading.load import ingest
from tests.support import homes
from tests.support.lake import a_platform, quarantine, rows, stray_files
from tests.support.platform import Platform
from warehouse.build import run_build

AT = datetime(2019, 3, 1, 2, tzinfo=UTC)
"""Ten in the morning of 1 March in Shanghai, whose day ends at 16:00 UTC."""
LAST, FIRST_AHEAD = datetime(2019, 3, 1, 15, 59, 59, 999999, UTC), datetime(2019, 3, 1, 16, tzinfo=UTC)
FAR = "2150-01-01 12:00"
TIMED = [(t.name, c) for t in load_contract().tables.values() for c in t.columns if c.type in ("date", "time")]


def a_home(folder: Path, at: datetime = AT, **values: Any) -> Settings:
    return homes.home(folder, clock_now=at, **values)


@contextmanager
def by_the_old_way(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Loads as they were made before the rule was there."""
    with monkeypatch.context() as patch:
        patch.setattr(loading, "RULES_VERSION", 1)
        patch.setattr(loading, "horizon_of", lambda *_: Horizon(date(2199, 12, 31), datetime(2200, 1, 1)))  # noqa: DTZ001
        patch.setattr(loading, "is_looked_through", lambda _: True)
        yield


def test_the_contract_says_of_every_instant_whether_it_has_happened() -> None:
    ahead = {f"{table}.{column.name}" for table, column in TIMED if not column.has_happened}
    assert ahead == {
        "branches.closed_on",
        "branches.opened_on",
        "campaigns.ends_on",
        "campaigns.starts_on",
        "institutions.cooperation_ended_on",
        "institutions.cooperation_started_on",
        "instalments.due_on",
        "payment_promises.promised_on",
        "rewards.expires_at",
        "targets.month_on",
    }


def test_every_column_of_what_has_happened_ends_with_the_day_of_the_load(tmp_path: Path) -> None:
    platform, expected = Platform(), {name: [] for name in load_contract().tables}
    number = 0
    for table, column in TIMED:
        for is_ahead in (False, True):
            number += 1
            cursor = load_contract().tables[table].cursor
            platform.add(table, **(_keys(table, number) | {cursor: "2019-01-01 12:00", column.name: _value(column, is_ahead)}))
        expected[table] += [column.name] if column.has_happened else []
    settings = a_home(tmp_path / "home")
    ingest(settings, platform.write(tmp_path / "source"))
    for name, columns in expected.items():
        held = quarantine(settings, name)
        assert sorted((row["reason_code"], row["column_name"]) for row in held) == sorted((INSTANT_AHEAD.reason, c) for c in columns), name
    assert latest_business_date(settings, visible_loads(settings)) == date(2019, 3, 1)


def _keys(table: str, number: int) -> dict[str, Any]:
    declared = load_contract().tables[table]
    return {
        c.name: number if c.type == "id" else (c.values or (f"key {number}",))[0]
        for c in declared.columns
        if c.name in declared.key and c.type in ("id", "text")
    }


def _value(column: Column, is_ahead: bool) -> date | datetime:
    if column.type == "date":
        return date(2019, 3, 2) if is_ahead else date(2019, 3, 1)
    return FIRST_AHEAD if is_ahead else LAST


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        ("Asia/Shanghai", date(2019, 3, 1), datetime(2019, 3, 1, 16, tzinfo=UTC)),
        ("UTC", date(2019, 3, 1), datetime(2019, 3, 2, tzinfo=UTC)),
        ("America/New_York", date(2019, 2, 28), datetime(2019, 3, 1, 5, tzinfo=UTC)),
        ("Pacific/Kiritimati", date(2019, 3, 1), datetime(2019, 3, 1, 10, tzinfo=UTC)),
    ],
)
def test_the_day_is_that_of_the_platforms_zone(zone: str, day: date, end: datetime, tmp_path: Path) -> None:
    assert horizon_of(a_home(tmp_path, timezone=zone), AT) == Horizon(day, end.replace(tzinfo=None))


def test_where_summer_time_begins_the_day_has_23_hours(tmp_path: Path) -> None:
    found = horizon_of(a_home(tmp_path, timezone="Europe/Prague"), datetime(2019, 3, 31, 12, tzinfo=UTC))
    assert found == Horizon(date(2019, 3, 31), datetime(2019, 3, 31, 22, tzinfo=UTC).replace(tzinfo=None))


def test_many_rows_ahead_are_the_clocks_fault_or_the_zones(tmp_path: Path) -> None:
    platform = a_platform()
    for minute in range(101):
        platform.fee("1.00", f"2019-03-02 10:{minute % 60:02}", loan_id=1)
    settings = a_home(tmp_path / "home")
    source = platform.write(tmp_path / "source")
    with pytest.raises(InputError) as caught:
        ingest(settings, source)
    assert "101 of 102 rows of fees" in caught.value.found and "charged_at" in caught.value.found
    assert not visible_loads(settings) and not stray_files(settings)
    assert ingest(a_home(tmp_path / "home", AT + timedelta(days=1)), source).tables["fees"].rows_new == 102


def _into_database(platform: Platform, file: Path, folder: Path) -> Path:
    """The platform's rows as a DuckDB file, of which tables are read from their cursors on."""
    file.unlink(missing_ok=True)
    platform.write(folder)
    with connect(file) as connection:
        for part in sorted(folder.glob("*.parquet")):
            connection.execute(f"create table {part.stem} as from read_parquet('{part}')")
    return file


def test_a_row_enters_on_its_day_however_old_its_cursor_is(tmp_path: Path) -> None:
    platform = a_platform()
    platform.repay(1, 2, "2019-03-20 12:00", "500.00", "5.00", created_at="2019-02-20 09:00")
    platform.fee("1.00", "2019-02-28 12:00", loan_id=1)
    source = _into_database(platform, tmp_path / "source.duckdb", tmp_path / "rows")
    settings = a_home(tmp_path / "home")
    first = ingest(settings, source).tables["repayments"]
    assert (first.rows_new, first.rows_quarantined, first.rows_open) == (1, 1, 1)
    day_before = ingest(a_home(tmp_path / "home", datetime(2019, 3, 19, 12, tzinfo=UTC)), source)
    assert day_before.load_seq == 1
    then = ingest(a_home(tmp_path / "home", datetime(2019, 3, 19, 17, tzinfo=UTC)), source).tables["repayments"]
    assert (then.rows_new, then.rows_quarantined, then.rows_superseded, then.rows_open) == (1, 0, 1, 0)
    assert len(rows(settings, "repayments")) == 2


FAULTS = {
    "a cursor": ("loans", {"updated_at": FAR}),
    "an event and its cursor": ("repayments", {"paid_at": FAR, "created_at": FAR}),
    "an event alone": ("repayments", {"paid_at": FAR}),
    "a cursor of an append table": ("instalments", {"created_at": FAR}),
    "a closing day": ("loans", {"closed_at": FAR, "updated_at": FAR}),
    "a deletion": ("users", {"deleted_at": FAR}),
    "a table of no figure": ("web_sessions", {"started_at": FAR, "created_at": FAR}),
}


def _damaged(fault: str) -> Platform:
    platform = a_platform()
    platform.add("web_sessions", started_at="2019-02-01 10:00", user_id=1)
    table, values = FAULTS[fault]
    row = platform.rows(table)[0]
    given = platform.rows(table)
    given[0] = platform.add(table, **(row | values))
    given.pop()
    return platform


def _state(settings: Settings, table: str) -> list[str]:
    with connect() as connection:
        query = f"select state_code from {quarantine_sql(settings, visible_loads(settings), table)}"
        return [state for (state,) in connection.execute(query).fetchall()]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("is_windowed", [False, True])
def test_a_lake_that_took_it_in_heals_when_it_is_fixed(
    fault: str, is_windowed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(platform: Platform) -> Path:
        folder = tmp_path / "source"
        return _into_database(platform, tmp_path / "source.duckdb", folder) if is_windowed else platform.write(folder)

    settings, table = a_home(tmp_path / "home"), FAULTS[fault][0]
    damaged, sound = _damaged(fault), a_platform()
    sound.add("web_sessions", started_at="2019-02-01 10:00", user_id=1)
    with by_the_old_way(monkeypatch):
        took = ingest(settings, write(damaged))
    assert not took.rows_quarantined
    assert latest_business_date(settings, [took]) <= date(2019, 3, 1), "never after the load, whatever the lake holds"
    fixed = ingest(settings, write(sound)).tables[table]
    assert (fixed.rows_withdrawn, fixed.rows_quarantined, fixed.rows_new, fixed.rows_superseded) == (1, 1, 1, 1)
    assert _state(settings, table) == ["superseded"] and not stray_files(settings)
    other = a_home(tmp_path / "other")
    ingest(other, write(sound))
    assert latest_business_date(settings, visible_loads(settings)) == latest_business_date(other, visible_loads(other))
    again = ingest(settings, write(sound))
    assert again.load_seq == 2, "and then nothing is new"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lake_that_took_it_in_holds_it_back_while_it_is_said(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, table = a_home(tmp_path / "home"), FAULTS[fault][0]
    source = _damaged(fault).write(tmp_path / "source")
    with by_the_old_way(monkeypatch):
        ingest(settings, source)
    load = ingest(settings, source)
    held = load.tables[table]
    assert (held.rows_withdrawn, held.rows_quarantined, held.rows_new) == (1, 1, 0)
    assert _state(settings, table) == ["open"]
    assert ingest(settings, source).load_seq == load.load_seq


def test_what_the_lake_gives_up_does_not_wait_for_its_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, source = a_home(tmp_path / "home"), _damaged("a table of no figure").write(tmp_path / "source")
    with by_the_old_way(monkeypatch):
        ingest(settings, source)
    for file in source.glob("web_sessions*"):
        file.unlink()
    assert ingest(settings, source).tables["web_sessions"].rows_withdrawn == 1
    assert _state(settings, "web_sessions") == ["open"]


def _figures(settings: Settings) -> Any:
    with connect(run_build(settings).database) as connection:
        days = connection.execute("select max(as_of_on) from rpt_cn_figures").fetchone()
        return days, connection.execute("select code, value from rpt_cn_figures where as_of_on = date '2019-02-28' order by all").fetchall()


@pytest.mark.parametrize("fault", ["a cursor", "an event and its cursor"])
def test_figures_after_the_next_load_are_those_of_a_home_that_never_had_it(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged, sound = _damaged(fault), a_platform()
    sound.add("web_sessions", started_at="2019-02-01 10:00", user_id=1)
    for platform in (damaged, sound):
        platform.fee("1.00", "2019-02-28 12:00", loan_id=1)
    settings = a_home(tmp_path / "home")
    with by_the_old_way(monkeypatch):
        ingest(settings, damaged.write(tmp_path / "source"))
    run_build(settings)
    clean = a_home(tmp_path / "clean")
    for home in (settings, clean):
        ingest(home, sound.write(tmp_path / "source"))
    assert _figures(settings) == _figures(clean)
