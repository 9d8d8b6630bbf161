"""What tests of every folder share: one small built home a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, current_snapshot


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a home with 600 simulated listings and a published snapshot; to be read, never changed."""
    from tests.support.built import build_small_home

    home: Path = tmp_path_factory.mktemp("small-home")
    return build_small_home(home)


@pytest.fixture(scope="session")
def small_snapshot(small_home: Settings) -> Snapshot:
    """The snapshot of that home."""
    return current_snapshot(small_home)
