"""What was known at an instant can be computed again, without anything loaded since."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from glassbook.errors import InputError
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, all_snapshots, current_snapshot
from reports.figures.reading import read_figures
from reports.figures.selection import choose_snapshot
from reports.filing.declare.regime import load_regime
from tests.support import homes
from warehouse.build import run_build

ENDS = (date(2018, 12, 30), date(2019, 1, 3), date(2019, 1, 9))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, list[Snapshot]]:
    """A home that was loaded three times and built after each load, and its three snapshots."""
    settings = homes.home(tmp_path_factory.mktemp("history") / "home")
    snapshots = []
    for end in ENDS:
        homes.load_simulated(settings, end, loans=400, anomalies=True)
        snapshots.append(run_build(settings))
    return settings, snapshots


def test_a_later_build_says_what_the_earlier_one_said(history: tuple[Settings, list[Snapshot]], tmp_path: Path) -> None:
    settings, snapshots = history
    for i, before in enumerate(snapshots):
        known_at = homes.morning_after(ENDS[i]) + timedelta(hours=3)
        again = homes.rebuilt(settings, tmp_path / str(i), known_at)
        assert again.snapshot_id == before.snapshot_id
        assert homes.what_was_built(again) == homes.what_was_built(before)
        assert homes.difference(before, again) == {}
        for day in (date(2018, 9, 30), date(2018, 12, 12), ENDS[i]):
            regime = load_regime("cn")
            assert read_figures(again, regime, day).to_json() == read_figures(before, regime, day).to_json()


def test_the_snapshots_differ_from_one_another(history: tuple[Settings, list[Snapshot]]) -> None:
    _, snapshots = history
    assert len({s.snapshot_id for s in snapshots}) == len(ENDS)
    assert "rpt_cn_figures" in homes.difference(snapshots[0], snapshots[1])


def test_an_older_state_is_kept_beside_the_current_one(history: tuple[Settings, list[Snapshot]], tmp_path: Path) -> None:
    settings, snapshots = history
    settings = homes.copied(settings, tmp_path / "home")
    older = run_build(settings, known_at=homes.morning_after(ENDS[0]))
    assert older.snapshot_id == snapshots[0].snapshot_id
    assert current_snapshot(settings).snapshot_id == snapshots[-1].snapshot_id
    assert len(all_snapshots(settings)) == len(ENDS)


def test_reading_commands_choose_by_what_was_known(history: tuple[Settings, list[Snapshot]]) -> None:
    settings, snapshots = history
    for end, snapshot in zip(ENDS, snapshots, strict=True):
        instant = homes.morning_after(end)
        assert choose_snapshot(settings, snapshot_id=None, known_at=instant).snapshot_id == snapshot.snapshot_id
    with pytest.raises(InputError):
        choose_snapshot(settings, snapshot_id=None, known_at=homes.morning_after(ENDS[0]) - timedelta(seconds=1))


def test_before_the_first_load_nothing_was_known(history: tuple[Settings, list[Snapshot]]) -> None:
    with pytest.raises(InputError) as caught:
        run_build(history[0], known_at=datetime(2018, 1, 1, tzinfo=UTC))
    assert caught.value.remedy == "Ask for a later instant."
