"""Filings by month: a job makes one month, a backfill several, each from the current snapshot, and what was signed does not change."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from glassbook.settings import Settings
from glassbook.snapshots import current_snapshot
from orchestration.build_definitions import build_defs
from reports.filing.life.states import filings
from tests.support import homes
from tests.support.dagster_runs import made, run_job, temporary_instance

MONTHS = ("2019-01", "2019-02", "2019-03")
FILING = dg.AssetKey(["filing", "cn"])


def test_three_months_are_backfilled(small_home: Settings, tmp_path: Path) -> None:
    settings = homes.copied(small_home, tmp_path / "home")
    before = current_snapshot(settings)
    definitions = build_defs(settings=settings)
    with temporary_instance(tmp_path) as instance:
        for month in MONTHS:
            result = run_job(definitions, "monthly_filing", instance, month)
            assert result.success and set(made(result)) == {"filing/cn"}
            shown = made(result)["filing/cn"]
            assert shown["period"] == month and (Path(shown["path"]) / "filing.json").is_file()
        assert instance.get_materialized_partitions(FILING) == set(MONTHS)
    assert [(filing.period, filing.version) for filing in filings(settings)] == [(month, 1) for month in MONTHS]
    assert current_snapshot(settings) == before
