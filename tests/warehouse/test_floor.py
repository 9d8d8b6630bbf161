"""The benchmark's hand-written floor makes the ledger of a platform without anomalies: else it would be compared with other work."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks.steps import LEDGER, different_tables, floor
from glassbook.snapshots import connect, current_snapshot
from tests.support import homes


def test_the_floor_makes_the_tables_of_a_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = homes.simulated_home(tmp_path / "home", date(2019, 3, 4))
    monkeypatch.setenv("GLASSBOOK_HOME", str(settings.home))
    made = tmp_path / "floor.duckdb"
    floor(str(made))
    snapshot = current_snapshot(settings).database
    with connect(snapshot) as connection:
        assert all(connection.execute(f"select count(*) from {name}").fetchone() != (0,) for name in LEDGER)
    assert different_tables(made, snapshot) == []
