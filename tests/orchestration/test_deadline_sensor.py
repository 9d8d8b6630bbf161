"""The deadline sensor: tells once what is due soon, every day what is late, again what could not be told, and when it cannot look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pytest

from glassbook.settings import Settings
from orchestration.build_definitions import build_defs


class Watch:
    """A home that is looked at again and again; `lines` is what the last look announced."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.cursor: str | None = None
        self.lines: list[str] = []

    def look(self, at: datetime, announce: Callable[[str], None] | None = None) -> str:
        """One tick at an instant; returns what the sensor says of how things stand."""
        self.lines = []
        settings = Settings(home=self.home, clock_now=at, filings_since=date(2019, 12, 1))
        repository = build_defs(settings=settings, announce=announce or self.lines.append).get_repository_def()
        with dg.DagsterInstance.ephemeral() as instance, dg.build_sensor_context(instance=instance, cursor=self.cursor) as context:
            tick = repository.get_sensor_def("deadline_sensor").evaluate_tick(context)
        self.cursor = tick.cursor
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
    def broken(line: str) -> None:
        raise ConnectionError("no line out")

    watch = Watch(tmp_path)
    with pytest.raises(ConnectionError):
        watch.look(january(3), broken)
    watch.look(january(3))
    assert len(watch.lines) == 1


def test_a_calendar_that_cannot_be_read_is_told_once_a_day(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    (tmp_path / "profile").mkdir()
    (tmp_path / "profile" / "profile.yml").write_text("registration: 7\n", encoding="utf-8")
    assert "cannot be read" in watch.look(january(3))
    assert len(watch.lines) == 1 and "deadlines may pass unseen" in watch.lines[0]
    watch.look(january(3, 5))
    assert watch.lines == []
    (tmp_path / "profile" / "profile.yml").unlink()
    watch.look(january(3, 6))
    assert len(watch.lines) == 1 and watch.lines[0].startswith("due soon")
