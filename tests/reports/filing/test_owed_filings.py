"""Which filings are owed since when and by when, and how far each has come, by the log of filings: for the calendar and the edits alike."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from glassbook.errors import CheckFailed
from glassbook.settings import Settings
from reports.deadlines.reading import read_calendar
from reports.filing.declare.period import parse_period
from reports.filing.declare.regime import load_regime
from reports.filing.life.log import NewEntry, log_path, open_log
from reports.filing.life.owed import OwedFiling, Progress, known_filings, owed_by_end_of, progress_by_period
from reports.filing.life.states import filings
from tests.glassbook.test_profile import simulated
from tests.support import homes


def logged(folder: Path, *steps: dict[str, Any]) -> Settings:
    """A home whose log of filings holds the steps."""
    settings = homes.home(folder / "home")
    with open_log(settings) as log:
        for step in steps:
            log.append(NewEntry(regime="cn", from_state=None, who="Li Na", **({"action": "step"} | step)))
    return settings


def step(period: str, state: str, at: str = "2019-06-01T01:00:00+00:00", **more: Any) -> dict[str, Any]:
    return {"period": period, "state": state, "at": at, "version": 1} | more


def owed(settings: Settings, period: str = "2019-06") -> list[OwedFiling]:
    return owed_by_end_of(settings, load_regime("cn"), parse_period(period, "monthly"))


def due_days(found: list[OwedFiling]) -> dict[str, date]:
    return {filing.period.name: filing.due_on for filing in found}


def test_filings_are_owed_from_the_first_that_was_opened_or_the_day_that_is_set(tmp_path: Path) -> None:
    settings = logged(tmp_path, step("2019-04", "submitted"), step("2019-03", "draft"))
    # The fifth working days: 1 to 4 May are holidays and Sunday 5 is worked; Friday 7 June is a holiday, and Monday 10 the next to count.
    expected = {"2019-03": date(2019, 4, 8), "2019-04": date(2019, 5, 9), "2019-05": date(2019, 6, 10)}
    assert due_days(owed(settings)) == expected
    assert due_days(owed(settings, "2019-05")) == {name: expected[name] for name in ("2019-03", "2019-04")}, "not due by the end of May"
    chosen = settings.model_copy(update={"filings_since": date(2019, 2, 1)})
    assert due_days(owed(chosen)) == {"2019-02": date(2019, 3, 7)} | expected
    early = settings.model_copy(update={"filings_since": date(2010, 1, 1)})
    assert next(iter(due_days(owed(early)))) == "2017-08", "the rule is of 24 August 2017"
    assert owed(homes.home(tmp_path / "bare")) == [], "the first that is opened has none before it"


def test_the_calendar_knows_the_same_filings_and_names_what_is_before_them(tmp_path: Path) -> None:
    settings = logged(tmp_path, step("2019-04", "submitted"), step("2019-03", "draft"))
    settings = homes.at(settings, datetime(2019, 7, 1, 2, tzinfo=UTC)).model_copy(update={"profile": simulated(tmp_path)})
    found = read_calendar(settings, "cn", until=date(2019, 6, 30))
    assert {d.subject: d.due_on for d in found.deadlines if d.kind == "filing"} == due_days(owed(settings))
    assert {d.subject for d in found.of("late") if d.kind == "filing"} == {"2019-03", "2019-05"}
    assert "19 periods from 2017-08 to 2019-02" in found.gaps["filings_cn"], "whether they were filed is not known"
    assert "filings_cn" not in read_calendar(settings.model_copy(update={"filings_since": date(2019, 3, 1)}), "cn").gaps


@pytest.mark.parametrize(
    ("states", "filed_by"),
    [
        (("draft",), None),
        (("signed_off",), None),
        (("submitted",), 1),
        (("acknowledged",), 1),
        (("refused",), None),
        (("refused", "submitted"), 2),
        (("acknowledged", "draft"), 1),
        (("acknowledged", "acknowledged"), 1),
    ],
)
def test_a_period_is_filed_by_the_first_submission_that_stands(tmp_path: Path, states: tuple[str, ...], filed_by: int | None) -> None:
    settings = logged(tmp_path, *(step("2019-03", state, version=n) for n, state in enumerate(states, start=1)))
    progress = progress_by_period(filings(settings))["2019-03"]
    assert (progress.filed_by and progress.filed_by.version) == filed_by
    assert (progress.filed_at is None) == (filed_by is None) and progress.newest.version == len(states)


def told(settings: Settings) -> list[tuple[object, ...]]:
    return [(row["period"], row["version"], row["state"], row["seal"]) for row in known_filings(owed(settings))]


def test_what_a_filing_records_of_the_others_tells_the_same_again_and_no_answer_changes_it(tmp_path: Path) -> None:
    settings = logged(
        tmp_path,
        step("2019-03", "submitted", seal="aa", action="submit"),
        step("2019-04", "draft", seal="bb"),
        step("2019-06", "draft", seal="cc"),
    )
    recorded = known_filings(owed(settings))
    assert told(settings) == [("2019-03", 1, "submitted", "aa"), ("2019-04", 1, "draft", "bb")], "not 2019-06 itself, not due yet"
    again = logged(tmp_path / "again", *({"action": "known"} | {k: v for k, v in row.items() if k != "regime"} for row in recorded))
    assert known_filings(owed(again)) == recorded
    assert [_said(filing.progress) for filing in owed(again)] == [_said(filing.progress) for filing in owed(settings)]
    with open_log(settings) as log:
        log.append(
            NewEntry(regime="cn", from_state=None, who="Li Na", **(step("2019-03", "acknowledged", seal="aa") | {"action": "acknowledge"}))
        )
    assert known_filings(owed(settings)) == recorded


def _said(progress: Progress | None) -> tuple[object, ...] | None:
    return None if progress is None else (progress.newest.state, progress.filed_at)


def test_a_log_that_is_not_as_it_was_written_tells_nothing(tmp_path: Path) -> None:
    settings = logged(tmp_path, step("2019-03", "draft"), step("2019-03", "submitted"))
    path = log_path(settings)
    path.write_text(path.read_text("utf-8").replace("submitted", "submittex"), "utf-8")
    with pytest.raises(CheckFailed, match="entry 2"):
        owed(settings)
