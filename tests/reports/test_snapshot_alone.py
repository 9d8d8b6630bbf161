"""A snapshot needs no lake: everything that reads one still works when its lake cannot be reached."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from glassbook.catalogue import load_metrics
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect, current_snapshot
from reports.figures.explain import explain
from reports.figures.reading import read_figures
from reports.filing.acts.writing import write_filing
from reports.filing.declare.regime import load_regime
from reports.site.publishing import publish_site
from tests.dashboards.test_pages import PAGES, run_page
from tests.support.built import LAST


@pytest.fixture
def alone(small_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A home with only the snapshots, its lake moved away during the test."""
    settings = small_home.model_copy(update={"home": tmp_path / "home"})
    shutil.copytree(small_home.snapshots_dir, settings.snapshots_dir)
    hidden = small_home.lake_dir.with_name("lake-out-of-reach")
    small_home.lake_dir.rename(hidden)
    monkeypatch.setenv("GLASSBOOK_HOME", str(settings.home))
    yield settings
    hidden.rename(small_home.lake_dir)


def test_everything_that_reads_a_snapshot_does_without_the_lake(alone: Settings, tmp_path: Path) -> None:
    snapshot: Snapshot = current_snapshot(alone)
    assert len(read_figures(snapshot, load_regime("cn"), date(2019, 1, 17)).figures) == 41
    for metric in load_metrics("cn"):
        assert explain(snapshot, load_regime("cn"), metric.code, LAST)
    assert write_filing(alone, "cn", f"{LAST:%Y-%m}", tmp_path / "package").folder.is_dir()
    assert publish_site(alone, tmp_path / "site").page.is_file()
    for name in PAGES:
        page: AppTest = run_page(name)
        assert not page.exception, name
    with connect(snapshot.database) as connection:
        connection.execute("select * from ldg_receipts_between(date '2019-01-01', date '2019-03-31')")
        connection.execute("select * from ldg_positions_as_of(date '2019-01-31')")
