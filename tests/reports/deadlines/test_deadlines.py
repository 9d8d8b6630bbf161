"""The calendar: what is due when, by working days of China; what is late; who must act; filed periods as the log has them; iCalendar."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from click.testing import CliRunner, Result

from glassbook.calendar import is_arranged, working_day_before
from glassbook.errors import CheckFailed
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from reports.commands.calendar import calendar as command
from reports.deadlines import reading
from reports.deadlines.deadline import Deadline
from reports.deadlines.ics import as_icalendar
from reports.deadlines.reading import Calendar, read_calendar
from reports.deadlines.showing import as_text
from reports.filing.declare.obligations import RiskEvent, read_risk_events
from reports.filing.life.log import NewEntry, open_log
from tests.glassbook.test_profile import simulated

NOON = datetime(2020, 1, 6, 4, tzinfo=UTC)


def home(folder: Path, at: datetime = NOON, **values: Any) -> Settings:
    """A home without lake or snapshot."""
    given: dict[str, Any] = {"home": folder, "clock_now": at, "filings_since": date(2019, 10, 1)} | values
    return Settings(**given)


def step(settings: Settings, period: str, action: str, state: str, at: str, version: int = 1) -> None:
    """One entry of the log of filings."""
    with open_log(settings) as log:
        log.append(
            NewEntry(
                regime="cn", period=period, version=version, action=action, from_state=None, state=state, who="李四", seal="ab" * 32, at=at
            )
        )


def of(calendar: Calendar, code: str) -> Deadline:
    (found,) = [deadline for deadline in calendar.deadlines if deadline.code == code]
    return found


def states(calendar: Calendar) -> dict[str, str]:
    return {deadline.code: deadline.state(calendar.now) for deadline in calendar.deadlines}


def test_filings_are_due_on_the_fifth_working_day_and_late_from_the_midnight_after_it(tmp_path: Path) -> None:
    # 2, 3, 6, 7, 8 January 2020; the 8th ends in Shanghai at 16:00 UTC.
    for instant, expected in (
        (datetime(2019, 12, 31, 15, 59, tzinfo=UTC), "upcoming"),
        (datetime(2019, 12, 31, 16, tzinfo=UTC), "open"),
        (datetime(2020, 1, 2, 15, 59, tzinfo=UTC), "open"),
        (datetime(2020, 1, 2, 16, tzinfo=UTC), "due_soon"),
        (datetime(2020, 1, 8, 15, 59, tzinfo=UTC), "due_soon"),
        (datetime(2020, 1, 8, 16, tzinfo=UTC), "late"),
    ):
        found = read_calendar(home(tmp_path, instant), "cn")
        assert of(found, "cn:filing:2019-12").due_on == date(2020, 1, 8)
        assert states(found)["cn:filing:2019-12"] == expected, instant


def test_worked_weekends_and_holidays_move_the_due_day(tmp_path: Path) -> None:
    found = read_calendar(home(tmp_path, filings_since=date(2019, 1, 1)), "cn")
    due = {d.subject: d.due_on for d in found.deadlines if d.kind == "filing"}
    assert due["2019-01"] == date(2019, 2, 12)  # 1, 2 (Saturday) and 3 (Sunday) February are worked, 4 to 10 are the festival
    assert due["2019-04"] == date(2019, 5, 9)  # Sunday the 5th is worked
    assert due["2019-09"] == date(2019, 10, 12)  # 8 to 11 and Saturday the 12th
    assert due["2020-01"] == date(2020, 2, 7)


def test_the_log_says_what_is_filed_and_who_acts_next(tmp_path: Path) -> None:
    settings = home(tmp_path)
    step(settings, "2019-10", "submit", "submitted", "2019-11-07T15:59:59+00:00")
    step(settings, "2019-11", "submit", "submitted", "2019-12-06T16:00:00+00:00")
    for state, role in (
        ("draft", "preparer"), ("validated", "preparer"), ("prepared", "approver"), ("approved", "legal_representative"),
        ("signed_off", "preparer"),
    ):  # fmt: skip
        step(settings, "2019-12", "check", state, "2020-01-03T01:00:00+00:00")
        assert of(read_calendar(settings), "cn:filing:2019-12").role == role
    found = read_calendar(settings, "cn")
    assert states(found) == {
        "cn:filing:2019-10": "done",
        "cn:filing:2019-11": "done_late",
        "cn:filing:2019-12": "due_soon",
        "cn:year_end_profile:2019": "open",
        "cn:filing:2020-01": "upcoming",
        "cn:filing:2020-02": "upcoming",
    }
    assert of(found, "cn:filing:2019-10").role is None


def test_a_refused_filing_is_due_again_and_done_by_the_version_that_supersedes_it(tmp_path: Path) -> None:
    settings = home(tmp_path, datetime(2020, 1, 9, tzinfo=UTC))
    step(settings, "2019-12", "submit", "submitted", "2020-01-03T01:00:00+00:00")
    assert states(read_calendar(settings))["cn:filing:2019-12"] == "done"
    step(settings, "2019-12", "refuse", "refused", "2020-01-04T01:00:00+00:00")
    found = read_calendar(settings)
    assert states(found)["cn:filing:2019-12"] == "late"
    assert "supersede" in of(found, "cn:filing:2019-12").action
    step(settings, "2019-12", "submit", "submitted", "2020-01-08T17:00:00+00:00", version=2)
    step(settings, "2019-12", "acknowledge", "acknowledged", "2020-01-08T18:00:00+00:00", version=2)
    found = read_calendar(settings)
    assert states(found)["cn:filing:2019-12"] == "done_late", "the refused version does not count"
    assert of(found, "cn:filing:2019-12").done_at == datetime(2020, 1, 8, 17, tzinfo=UTC)
    assert states(found)["cn:year_end_profile:2019"] == "done"


def test_a_correction_of_what_was_filed_does_not_make_it_late(tmp_path: Path) -> None:
    settings = home(tmp_path, datetime(2020, 3, 1, tzinfo=UTC))
    step(settings, "2019-12", "acknowledge", "acknowledged", "2020-01-03T01:00:00+00:00")
    step(settings, "2019-12", "submit", "submitted", "2020-01-03T01:00:00+00:00")
    step(settings, "2019-12", "supersede", "draft", "2020-02-20T01:00:00+00:00", version=2)
    assert states(read_calendar(settings))["cn:filing:2019-12"] == "done"


def test_what_a_platform_wrote_of_an_event_writes_no_line_of_the_calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    event = RiskEvent(7, "litigation", datetime(2020, 1, 5, 4, tzinfo=UTC), None, "诉讼\nnothing is open\x1b[2J")
    monkeypatch.setattr(reading, "_risk_events", lambda snapshot: [event])
    said = as_text(read_calendar(home(tmp_path)), with_done=True)
    assert "诉讼\\nnothing is open\\x1b[2J" in said and "\x1b" not in said and "\nnothing is open" not in said


def test_profile_changes_reports_and_risk_events_are_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = home(tmp_path, profile=simulated(tmp_path))
    event = RiskEvent(7, "litigation", datetime(2020, 1, 5, 4, tzinfo=UTC), None, "重大诉讼")
    monkeypatch.setattr(reading, "_risk_events", lambda snapshot: [event])
    found = read_calendar(settings, "cn")
    risk = of(found, "cn:risk:7")
    assert (risk.role, risk.state(NOON)) == ("legal_representative", "due_soon")
    assert risk.state(datetime(2020, 1, 7, 4, tzinfo=UTC)) == "due_soon", "48 hours after it happened is in time"
    assert risk.state(datetime(2020, 1, 7, 4, 0, 1, tzinfo=UTC)) == "late"
    assert of(found, "cn:profile:organisation:2019-01-01:changed").due_on == date(2019, 1, 15)
    assert of(found, "cn:report:audit_reports:2018").done_on == date(2019, 4, 10)
    assert all(d.since_on >= date(2017, 8, 24) for d in found.deadlines), "nothing from before the rule"
    text = found.of("done")[0].title_zh
    assert text.startswith("披露")


def test_without_a_setting_the_first_period_follows_from_rule_and_platform(tmp_path: Path) -> None:
    profile = simulated(tmp_path)
    found = read_calendar(home(tmp_path, filings_since=None, profile=profile), "cn")
    first = next(d for d in found.deadlines if d.kind == "filing")
    assert first.subject == "2017-08", "the platform is older than the rule"
    assert any("set `filings_since`" in note for note in found.notes)
    bare = read_calendar(home(tmp_path / "bare", filings_since=None), "cn")
    assert [d.subject for d in bare.of("due_soon")] == ["2019-12"]
    assert "no profile" in bare.gaps["profile"] and "no snapshot" in bare.gaps["risk_events"]


def test_days_of_a_year_whose_holidays_are_not_published_are_marked() -> None:
    assert is_arranged(2020, "CN") and not is_arranged(2090, "CN") and is_arranged(2090, "US")
    assert working_day_before(date(2020, 1, 8), 3, "CN") == date(2020, 1, 3)
    assert working_day_before(date(2019, 10, 12), 5, "CN") == date(2019, 9, 30), "over the festival"


def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.setenv("GLASSBOOK_HOME", str(settings.home))
    monkeypatch.setenv("GLASSBOOK_CLOCK_NOW", settings.clock_now.isoformat() if settings.clock_now else "")
    monkeypatch.setenv("GLASSBOOK_FILINGS_SINCE", str(settings.filings_since))
    return CliRunner().invoke(command, list(arguments))


def test_the_command_shows_what_is_late_first_and_can_fail_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = home(tmp_path)
    text = run(settings, monkeypatch).output
    assert text.index("LATE") < text.index("2019-11-07") < text.index("DUE SOON") < text.index("2020-01-08") < text.index("UPCOMING")
    assert "preparer 填报人: Open it: glassbook filing open cn-2019-12" in text
    document = json.loads(run(settings, monkeypatch, "--format", "json", "--until", "2020-01-08").output)
    assert document["counts"]["late"] == 2
    assert [d["due_on"] for d in document["deadlines"]] == ["2019-11-07", "2019-12-06", "2020-01-08"]
    checked = run(settings, monkeypatch, "--check")
    assert isinstance(checked.exception, CheckFailed) and "2 late" in str(checked.exception)
    nothing_late = run(home(tmp_path, filings_since=date(2019, 12, 1)), monkeypatch, "--check")
    assert isinstance(nothing_late.exception, CheckFailed) and "not known: no snapshot" in str(nothing_late.exception)


def test_many_that_are_alike_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = home(tmp_path, filings_since=date(2018, 1, 1))
    step(settings, "2019-02", "check", "validated", "2019-03-03T01:00:00+00:00")
    text = run(settings, monkeypatch).output
    assert "LATE 逾期未办 (24)" in text
    assert "报送2018-01信息披露 / Filing cn 2018-01, and 21 more until 2019-11" in text
    assert "glassbook filing sign cn-2019-02 --role preparer" in text, "what differs stands by itself"


def test_icalendar_is_the_same_for_the_same_data_and_reads_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = home(tmp_path, profile=simulated(tmp_path))
    event = RiskEvent(7, "litigation", datetime(2020, 1, 5, 4, tzinfo=UTC), None, "重大诉讼")
    monkeypatch.setattr(reading, "_risk_events", lambda snapshot: [event])
    until = date(2020, 3, 1)
    content = as_icalendar(read_calendar(settings, until=until))
    later = home(tmp_path, datetime(2020, 1, 20, tzinfo=UTC), profile=settings.profile)
    assert as_icalendar(read_calendar(later, until=until)) == content, "what is late later is no other deadline"
    assert all(len(line) <= 75 for line in content.split(b"\r\n")), "lines are folded"
    parsed = icalendar.Calendar.from_ical(content)
    events = {str(e["summary"]): e for e in parsed.walk("VEVENT")}
    assert (
        len({str(e["uid"]) for e in parsed.walk("VEVENT")})
        == len(parsed.walk("VEVENT"))
        == len(read_calendar(settings, until=until).deadlines)
    )
    filing = events["报送2019-12信息披露 Filing cn 2019-12"]
    assert (filing.decoded("dtstart"), filing.decoded("dtend")) == (date(2020, 1, 8), date(2020, 1, 9))
    (alarm,) = filing.walk("VALARM")
    # Due soon from Friday the 3rd: five days before, reminded at nine in the morning.
    assert alarm.decoded("trigger").total_seconds() == -5 * 86400 + 9 * 3600
    assert events["披露重大风险事件：重大诉讼 Major risk event: litigation"].decoded("dtstart") == datetime(2020, 1, 7, 4, tzinfo=UTC)


def test_icalendar_keeps_its_identifiers_when_something_is_done(tmp_path: Path) -> None:
    settings = home(tmp_path)
    before = {e["uid"]: e for e in icalendar.Calendar.from_ical(as_icalendar(read_calendar(settings))).walk("VEVENT")}
    step(settings, "2019-12", "submit", "submitted", "2020-01-06T01:00:00+00:00")
    after = {e["uid"]: e for e in icalendar.Calendar.from_ical(as_icalendar(read_calendar(settings))).walk("VEVENT")}
    assert before.keys() == after.keys()
    changed = [str(after[uid]["summary"]) for uid in after if after[uid].to_ical() != before[uid].to_ical()]
    assert len(changed) == 2 and all(summary.startswith("✓ ") for summary in changed)


def test_the_file_is_written_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "disclosure.ics"
    assert run(home(tmp_path), monkeypatch, "--format", "ics", "--out", str(out)).exit_code == 0
    assert out.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".partial")] == []


def test_risk_events_come_from_the_snapshot_in_force(small_home: Settings, small_snapshot: Snapshot) -> None:
    soon = small_snapshot.known_at + timedelta(hours=1)
    found = read_calendar(small_home.model_copy(update={"clock_now": soon, "filings_since": date(2026, 1, 1)}), "cn")
    with connect(small_snapshot.database) as connection:
        expected = {f"cn:risk:{event.risk_event_id}" for event in read_risk_events(connection)}
    assert expected and {d.code for d in found.deadlines if d.kind == "risk_event"} == expected
    assert "risk_events" not in found.gaps
    later = read_calendar(small_home.model_copy(update={"clock_now": soon + timedelta(days=1)}), "cn")
    assert small_snapshot.known_at.isoformat() in later.gaps["risk_events"]
