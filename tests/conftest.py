"""What tests of every folder share: one small built home per run, and programs that some tests need."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import hypothesis
import pytest

from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, current_snapshot
from tests.support.late_messages import fill_messages_late
from tests.support.made_once import make_once
from tests.support.once_per_run import once_per_run
from tests.support.parsed_once import parse_once
from tests.support.smaller_builds import make_builds_smaller
from tests.support.whole_builds import whole_builds

# By itself hypothesis fails an example that takes 200 ms, and a shared machine makes any example slow now and then.
hypothesis.settings.register_profile("without a time limit", deadline=None)
hypothesis.settings.load_profile("without a time limit")

# Programs from Debian that marked tests drive.
PROGRAMS = {"browser": "chromium", "office": "soffice", "mariadb": "mariadbd"}
# A server's program may be outside the path of a user who is not root.
PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips, with the reason, what needs a program that is not here; in CI, which skips nothing, it fails instead."""
    for marker, program in PROGRAMS.items():
        if item.get_closest_marker(marker) and not shutil.which(program, path=PATH):
            reason = f"{program} is not installed"
            pytest.fail(reason) if os.environ.get("TESTS_SKIP_NOTHING") else pytest.skip(reason)


# Where the models' data tests run with each build: what they find is tested there, or the data is odd, drawn at random or simulated.
# Elsewhere a build in this process leaves them out: they are half of a small build's time, and the same in all.
WITH_DATA_TESTS = (
    "test_data_tests",
    "test_build.py::test_a_full_build",
    "test_build.py::test_tests_of_the_history",
    "test_build.py::test_a_data_test",
    "test_random",
    "test_planted",
    "test_simulated",
    "test_large_sums",
    "test_tombstones",
    "test_ledger_findings",
    "test_no_check_fires_on_a_simulated",
    "test_more_days",
    "test_closes",
    "test_graph",
)

# Where the marts of marketing and operations are made; elsewhere a build makes those alone that other models or the ledger's
# own oracle read.
WITH_MARTS = (
    "tests/models/",
    "test_build.py::test_a_full_build",
    "test_build.py::test_rows_that_differ",
    "test_build.py::test_the_order_of_rows",
    "tests/dashboards/",
    "tests/browser/test_apps",
    "test_marts_",
    "test_targets_file",
    "test_incremental_people",
    "test_random_changes",
    "test_any_order",
    "test_no_check_fires_on_a_simulated",
    "test_closes",
    "test_graph",
    # It continues with builds in separate processes, which make everything.
    "test_full_disk_and_damage",
)


# Files that take minutes, the longest first: begun last, one of them would keep one core waiting for the other.
LONG = (
    "test_incremental",
    "test_kill_build_file_publish",
    "test_random_platforms",
    "test_simulated_platforms",
    "test_marts_random",
    "test_site",
    "test_marts_simulated",
    "test_any_one_file",
    "test_rows_ahead",
    "test_end_to_end",
    "test_by_hand",
    "test_calls_out",
    "test_plain_dbt",
    "test_remedies",
    "test_closes",
    "test_incremental_loads",
    "test_full_disk_and_damage",
    "test_build",
    "test_any_order",
    "test_whole_readings",
    "test_paths_taken_literally",
    "test_tombstones",
    "test_large_sums",
    "test_floor",
    "test_random_changes",
    "test_compaction",
    "test_channels",
    "test_restating",
    "test_unit_tests",
    "test_one_portfolio",
    "test_without_extras",
    "test_second_engine",
    "test_people",
    "test_business",
    "test_risk",
    "test_economics",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the long files first, and leaves the order of all else."""
    rank = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(LONG)))


def pytest_configure() -> None:
    """Builds in this process make what the tests that are named above ask for, and no more than the others need."""

    def is_among(names: tuple[str, ...]) -> bool:
        asked = os.environ.get("PYTEST_CURRENT_TEST", "")
        return any(name in asked for name in names)

    fill_messages_late()
    make_once()
    make_builds_smaller(lambda: is_among(WITH_DATA_TESTS), lambda: is_among(WITH_MARTS))


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """For what all processes of this run of the tests share."""
    own = tmp_path_factory.getbasetemp()
    # The folders of all workers lie in that of the run.
    folder: Path = (own if worker_id == "master" else own.parent) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def models_parsed_once(run_folder: Path) -> None:
    """Builds take what the first build of the run has parsed."""
    parse_once(run_folder / "parsed")


@pytest.fixture(scope="session")
def small_home(run_folder: Path) -> Settings:
    """Settings of a home with 600 simulated listings and a published snapshot; to be read, never changed."""
    from tests.support.built import build_small_home, settings_of

    # The first test that needs it builds it for all.
    with whole_builds():
        return settings_of(once_per_run(run_folder / "small-home", build_small_home))


@pytest.fixture(scope="session")
def small_snapshot(small_home: Settings) -> Snapshot:
    """The snapshot of that home."""
    return current_snapshot(small_home)


@pytest.fixture(scope="session")
def bare_home(run_folder: Path) -> Settings:
    """Settings of a home of the required tables alone, in yen, with a published snapshot; to be read, never changed."""
    from tests.support.bare_home import bare_settings, build_bare_home

    with whole_builds():
        return bare_settings(once_per_run(run_folder / "bare-home", build_bare_home))


@pytest.fixture(scope="session")
def small_site(small_home: Settings, run_folder: Path) -> Path:
    """The public site of that home, written by a process whose files are its own."""
    from reports.site.publishing import publish_site

    def publish(folder: Path) -> None:
        before = os.umask(0o077)
        try:
            assert publish_site(small_home, folder / "site").page.parent == folder / "site"
        finally:
            os.umask(before)

    return once_per_run(run_folder / "small-site", publish) / "site"
