"""The two platforms made by hand for the checks, built once per run for all tests of this folder; to be read, never changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassbook.snapshots import Snapshot, current_snapshot
from ingestion.loading.load import ingest
from tests.support import homes
from tests.support.edit_platforms import LOADED, broken_platform, steady_platform
from tests.support.once_per_run import once_per_run
from tests.support.platform import Platform
from tests.support.whole_builds import whole_builds
from warehouse.build import run_build


def built(p: Platform, folder: Path) -> Snapshot:
    """The snapshot of a platform in a separate home, with every model and data test."""
    settings = homes.home(folder / "home")

    def build(folder: Path) -> None:
        ingest(homes.at(settings, LOADED), p.write(folder / "source"))
        with whole_builds(with_data_tests=True):
            run_build(settings)

    once_per_run(folder, build)
    return current_snapshot(settings)


@pytest.fixture(scope="session")
def broken(run_folder: Path) -> Snapshot:
    """A snapshot of the platform on which every rule is broken that records can break."""
    return built(broken_platform(), run_folder / "broken")


@pytest.fixture(scope="session")
def steady(run_folder: Path) -> Snapshot:
    """A snapshot of the platform on which every rule just holds."""
    return built(steady_platform(), run_folder / "steady")
