"""What a build knows of filings comes from the log of filings, as far as it went when the newest load became visible."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from glassbook.settings import Settings
from orchestration.filing_history import filing_obligations, known_filings
from reports.engine.filing_log import log_path, open_log
from tests.support import homes

KNOWN_AT = datetime(2019, 6, 10, 2, tzinfo=UTC)


def logged(folder: Path, *steps: dict[str, Any]) -> Settings:
    """A home whose log of filings holds the steps."""
    settings = homes.home(folder / "home")
    with open_log(settings) as log:
        for step in steps:
            log.append(regime="cn", action="step", from_state=None, who="Li Na", **step)
    return settings


def step(period: str, state: str, at: str, version: int = 1, seal: str | None = None) -> dict[str, Any]:
    return {"period": period, "version": version, "state": state, "at": at, "seal": seal}


def test_no_log_no_filings(tmp_path: Path) -> None:
    settings = homes.home(tmp_path / "home")
    assert known_filings(settings, KNOWN_AT) == []
    assert filing_obligations(settings, [], KNOWN_AT) == []


def test_the_newest_state_of_each_version_by_then(tmp_path: Path) -> None:
    settings = logged(
        tmp_path,
        step("2019-03", "draft", "2019-04-02T01:00:00+00:00", seal="aa"),
        step("2019-03", "submitted", "2019-04-03T09:30:00+08:00"),
        step("2019-03", "draft", "2019-06-01T01:00:00+00:00", version=2, seal="bb"),
        step("2019-03", "submitted", "2019-06-10T02:00:01+00:00", version=2),
    )
    assert known_filings(settings, KNOWN_AT) == [
        ("cn", "2019-03", 1, "submitted", "aa", datetime.fromisoformat("2019-04-03 01:30")),
        ("cn", "2019-03", 2, "draft", "bb", datetime.fromisoformat("2019-06-01 01:00")),
    ]


def test_a_broken_log_counts_as_far_as_it_holds(tmp_path: Path) -> None:
    at = "2019-04-02T01:00:00+00:00"
    settings = logged(tmp_path, step("2019-03", "draft", at), step("2019-03", "submitted", at))
    path = log_path(settings)
    path.write_text(path.read_text("utf-8").replace("submitted", "submittex"), "utf-8")
    assert [row[3] for row in known_filings(settings, KNOWN_AT)] == ["draft"]


def test_filings_are_owed_from_the_first_that_the_log_knows_of(tmp_path: Path) -> None:
    settings = logged(
        tmp_path, step("2019-04", "submitted", "2019-06-01T01:00:00+00:00"), step("2019-03", "draft", "2019-06-01T01:00:00+00:00")
    )
    owed = filing_obligations(settings, known_filings(settings, KNOWN_AT), KNOWN_AT)
    # The fifth working days: 1 to 4 May are holidays and Sunday 5 is worked; Friday 7 June is a holiday, and Monday 10 the next to count.
    assert owed == [
        ("cn", "filing", "2019-03", date(2019, 4, 8), None),
        ("cn", "filing", "2019-04", date(2019, 5, 9), None),
        ("cn", "filing", "2019-05", date(2019, 6, 10), None),
    ]
    chosen = settings.model_copy(update={"filings_since": date(2019, 2, 1)})
    assert filing_obligations(chosen, [], KNOWN_AT) == [("cn", "filing", "2019-02", date(2019, 3, 7), None), *owed]
    before = filing_obligations(settings, known_filings(settings, KNOWN_AT), datetime(2019, 6, 9, 15, tzinfo=UTC))
    assert [row[2] for row in before] == ["2019-03", "2019-04"]
