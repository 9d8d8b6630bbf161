"""The two platforms made by hand for the checks, built once for all tests of this folder; to be read, never changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassbook.snapshots import Snapshot
from ingestion.loading.load import ingest
from tests.support import homes
from tests.support.edit_platforms import LOADED, broken_platform, steady_platform
from tests.support.platform import Platform
from warehouse.build import run_build


def built(p: Platform, folder: Path) -> Snapshot:
    """The snapshot of a platform in a separate home."""
    settings = homes.home(folder / "home")
    ingest(homes.at(settings, LOADED), p.write(folder / "source"))
    return run_build(settings)


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A snapshot of the platform on which every rule is broken that records can break."""
    return built(broken_platform(), tmp_path_factory.mktemp("broken"))


@pytest.fixture(scope="session")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A snapshot of the platform on which every rule just holds."""
    return built(steady_platform(), tmp_path_factory.mktemp("steady"))
