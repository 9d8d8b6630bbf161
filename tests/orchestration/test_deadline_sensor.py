"""The deadline sensor: announces once what is due soon, every day what is late, again what was not announced, and when it cannot look."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import ClassVar

import dagster as dg
import pytest

from glassbook.settings import Settings
from orchestration.resources import Announcer, Installation
from orchestration.sensors.deadlines import deadline_sensor
from tests.support.dagster_runs import temporary_instance


class Kept(Announcer):
    """Keeps announcements in a list of the class: Dagster makes a new resource for each look."""

    told: ClassVar[list[str]] = []

    def announce(self, line: str) -> None:
        self.told.append(line)


class Unheard(Announcer):
    """Reaches nobody."""

    def announce(self, line: str) -> None:
        raise ConnectionError("no line out")


class Watch:
    """A home that is looked at again and again; `lines` is what the last look announced, `gaps` what it could not see."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.cursor: str | None = None
        self.lines: list[str] = []
        self.gaps: list[str] = []

    def look(self, at: datetime, announcer: Announcer | None = None) -> str:
        """One tick at an instant; returns the sensor's report of the state."""
        Kept.told.clear()
        settings = Settings(home=self.home, clock_now=at, filings_since=date(2019, 12, 1))
        resources = {"installation": Installation(given=settings), "announcer": announcer or Kept()}
        with (
            temporary_instance() as instance,
            dg.build_sensor_context(instance=instance, cursor=self.cursor, resources=resources) as context,
        ):
            tick = deadline_sensor.evaluate_tick(context)
        told, self.cursor = list(Kept.told), tick.cursor
        self.gaps = [line for line in told if line.startswith("deadlines may pass unseen")]
        self.lines = [line for line in told if line not in self.gaps]
        return tick.skip_message or ""


def january(day: int, hour: int = 4) -> datetime:
    return datetime(2020, 1, day, hour, tzinfo=UTC)


def test_due_soon_is_told_once_and_late_every_day(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    assert watch.look(january(2)) == "0 late, 0 due soon" and watch.lines == []
    assert watch.look(january(3)) == "0 late, 1 due soon"
    (line,) = watch.lines
    assert line.startswith("due soon: 报送2019-12信息披露 / Filing cn 2019-12, due 2020-01-08; preparer 填报人: ")
    watch.look(january(3, 8))
    assert watch.lines == []
    watch.look(january(8, 17))
    assert [line.split(":")[0] for line in watch.lines] == ["late", "due soon"], "the filing, and the year's end"
    watch.look(january(9, 1))
    assert watch.lines == [], "the same day in Shanghai"
    watch.look(january(9, 17))
    assert [line.split(":")[0] for line in watch.lines] == ["late"]


def test_what_could_not_be_told_is_told_at_the_next_look(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    with pytest.raises(ConnectionError):
        watch.look(january(3), Unheard())
    watch.look(january(3))
    assert len(watch.lines) == 1


def test_what_cannot_be_seen_is_told_once_a_day(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    watch.look(january(2))
    assert ["profile" in gap or "snapshot" in gap for gap in watch.gaps] == [True, True]
    watch.look(january(2, 5))
    assert watch.gaps == []
    profile = tmp_path / "profile" / "profile.yml"
    profile.parent.mkdir()
    profile.write_text("registration: 7\n", encoding="utf-8")
    assert "cannot be read" in watch.look(january(3))
    assert len(watch.gaps) == 1 and "cannot be read" in watch.gaps[0] and watch.lines == []
    watch.look(january(3, 5))
    assert watch.gaps == []
    profile.unlink()
    watch.look(january(3, 6))
    assert len(watch.lines) == 1 and watch.lines[0].startswith("due soon")
