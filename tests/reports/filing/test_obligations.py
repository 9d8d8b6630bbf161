"""What must be disclosed besides filings: since when, by when, and when it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from glassbook.profile import load_profile
from glassbook.snapshots import Snapshot, connect
from reports.filing.declare.obligations import Obligation, RiskEvent, obligations, read_risk_events
from reports.filing.declare.regime import load_regime
from tests.glassbook.test_profile import simulated


def found(path: Path | None, events: list[RiskEvent], until: date) -> dict[str, Obligation]:
    """Obligations of China's regime by their code."""
    profile = None if path is None else load_profile(path)
    listed = obligations(load_regime("cn"), profile, events, until=until, timezone="Asia/Shanghai", country="CN")
    assert [o.due_before for o in listed] == sorted(o.due_before for o in listed)
    return {o.code: o for o in listed}


def test_a_change_is_due_on_the_tenth_working_day_after_it(tmp_path: Path) -> None:
    change = found(simulated(tmp_path), [], date(2019, 12, 31))["profile:organisation:2019-01-01:changed"]
    # 2, 3, 4, 7, 8, 9, 10, 11, 14, 15 January: the 1st is a holiday, and the weekends 5-6 and 12-13 are free.
    assert (change.due_on, change.disclosed_on) == (date(2019, 1, 15), date(2019, 1, 8))
    assert change.due_before == datetime(2019, 1, 15, 16, tzinfo=UTC), "the midnight that ends the day in Shanghai"
    assert change.state(datetime(2019, 1, 31, tzinfo=UTC)) == "disclosed"


def test_worked_weekends_count(tmp_path: Path) -> None:
    path = simulated(tmp_path)
    path.write_text(path.read_text("utf-8").replace("2019-02-25", "2019-01-25").replace("2019-03-04", "2019-02-15"), "utf-8")
    # From Friday 25 January: 28 to 31, 1, Saturday 2 and Sunday 3 February are worked, the 4th to the 10th is the festival, 11, 12, 13.
    change = found(path, [], date(2019, 12, 31))["profile:registration:2019-01-25:changed"]
    assert change.due_on == date(2019, 2, 13)
    assert change.state(datetime(2019, 2, 13, 15, 59, tzinfo=UTC)) == "open"
    assert change.state(datetime(2019, 2, 13, 16, tzinfo=UTC)) == "overdue"
    assert change.state(datetime(2019, 2, 16, tzinfo=UTC)) == "disclosed_late"


def test_a_risk_event_is_due_within_48_hours() -> None:
    at = datetime(2019, 5, 1, 16, 30, tzinfo=UTC)
    events = [
        RiskEvent(number, "litigation", at, told, "诉讼")
        for number, told in enumerate([None, at + timedelta(hours=48), at + timedelta(hours=49)])
    ]
    listed = found(None, events, date(2019, 5, 2))
    late = at + timedelta(hours=60)
    assert [listed[f"risk:{n}"].state(late) for n in range(3)] == ["overdue", "disclosed", "disclosed_late"]
    assert listed["risk:0"].state(at + timedelta(hours=48)) == "open"
    assert listed["risk:0"].since_on == date(2019, 5, 2), "past midnight in Shanghai"
    assert found(None, events, date(2019, 5, 1)) == {}


def test_yearly_reports_are_due_by_the_end_of_april(tmp_path: Path) -> None:
    listed = found(simulated(tmp_path), [], date(2020, 5, 1))
    told, missing = listed["report:audit_reports:2018"], listed["report:audit_reports:2019"]
    assert (told.due_on, told.disclosed_on) == (date(2019, 4, 30), date(2019, 4, 10))
    assert missing.disclosed_on is None and missing.state(datetime(2020, 4, 30, 16, tzinfo=UTC)) == "overdue"


def test_risk_events_of_a_snapshot(small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.database) as connection:
        events = read_risk_events(connection)
    assert events and all(event.occurred_at.tzinfo is not None for event in events)


def test_a_deleted_risk_event_is_none() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table stg_risk_events as select number as risk_event_id, 'litigation' as event_kind, "
            "timestamp '2019-05-01 16:30:00' as occurred_at, null::timestamp as disclosed_at, 'x' as description, "
            "case number when 2 then timestamp '2019-05-02' end as deleted_at from range(1, 4) as numbers(number)"
        )
        assert [event.risk_event_id for event in read_risk_events(connection)] == [1, 3]
