"""A process killed at any point leaves what readers see whole, and the next run completes to the same as an undisturbed one."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

import glassbook
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, all_snapshots, connect, current_snapshot
from ingestion.loading.load import ingest
from reports.filing.acts.writing import write_filing
from reports.site.publishing import publish_site
from reports.verifying.package import verify_package
from simulator import simulate
from tests.faults.test_kill_filing import POINTS as FILING_POINTS
from tests.faults.test_kill_ingest import POINTS as INGEST_POINTS
from tests.faults.test_kill_simulate import POINTS as SIMULATE_POINTS
from tests.ingestion.loading.test_compaction import POINTS as COMPACTION_POINTS
from tests.reports.delivery.test_delivery import POINTS as DELIVERY_POINTS
from tests.reports.filing.test_filing_log import POINTS as LOG_POINTS
from tests.support import homes
from tests.support.site_pages import broken_links
from warehouse.build import run_build

FIRST_END, SECOND_END = date(2018, 12, 30), date(2019, 1, 3)
PERIOD = "2018-12"

# A build in a separate process makes the same as one in this process.
STARTED = (
    "from pathlib import Path; from glassbook.settings import load_settings; s = load_settings(); "
    "from tests.support.smaller_builds import make_builds_smaller; make_builds_smaller(lambda: False, lambda: False); "
)
BUILD = STARTED + "from warehouse.build import run_build; run_build(s)"
FILE = STARTED + "from reports.filing.acts.writing import write_filing; write_filing(s, 'cn', '" + PERIOD + "', Path({0!r}))"
PUBLISH = STARTED + "from reports.site.publishing import publish_site; publish_site(s, Path({0!r}))"

BUILD_POINTS = ("before_models", "after_models", "before_install", "after_install", "before_pointer", "before_pointer_rename")
AFTER_SWAP_POINTS = ("after_pointer_rename", "after_prune_rename")
FILE_POINTS = ("file_between_files", "file_before_rename", "file_after_rename", "file_before_archive")
FIRST_PAGE = "zh/index.html"
PUBLISH_POINTS = ("publish_before_page", "publish_after_page")
# Seconds after its start at which a build is killed wherever it happens to be.
MOMENTS = (2.0, 3.5, 5.0)


@dataclass(frozen=True)
class Prepared:
    """`first`: loaded and built once; `second`: one more load that is not built yet; `done`: the same, built undisturbed."""

    first: Settings
    second: Settings
    done: Settings


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    place = tmp_path_factory.mktemp("kill")
    first = homes.home(place / "first", keep_snapshots=1)
    homes.load_simulated(first, FIRST_END, loans=200)
    run_build(first)
    second = homes.copied(first, place / "second")
    source = place / "source"
    simulate(source, 200, 5, homes.START, SECOND_END, False)
    ingest(homes.at(second, homes.morning_after(SECOND_END)), source)
    done = homes.copied(second, place / "done").model_copy(update={"keep_snapshots": 5})
    run_build(done)
    return Prepared(first, second, done)


def start(settings: Settings, code: str, point: str = "") -> subprocess.Popen[bytes]:
    """A separate process that runs `code` on the home and kills itself at `point`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GLASSBOOK_")}
    given = {
        "GLASSBOOK_HOME": str(settings.home),
        "GLASSBOOK_FAULT_POINT": point,
        "GLASSBOOK_CLOCK_NOW": homes.morning_after(SECOND_END).isoformat(),
        "GLASSBOOK_KEEP_SNAPSHOTS": "1",
    }
    return subprocess.Popen([sys.executable, "-c", code], cwd=settings.home, env=kept | given, stderr=subprocess.PIPE)


def kill_at(settings: Settings, code: str, point: str) -> None:
    """Runs `code` until it dies at `point`."""
    process = start(settings, code, point)
    _, errors = process.communicate()
    assert process.returncode == -signal.SIGKILL, errors.decode()


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file in a folder, hidden ones too."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def assert_same(found: Snapshot, expected: Snapshot) -> None:
    """The snapshot says what the undisturbed one says, in both its files."""
    assert homes.what_was_built(found) == homes.what_was_built(expected)
    assert homes.difference(found, expected) == {}
    with connect(found.public_database) as left, connect(expected.public_database) as right:
        tables = homes.relations(right)
        assert homes.relations(left) == tables
        for table in tables:
            query = f"select * from {table} order by all"
            assert left.execute(query).fetchall() == right.execute(query).fetchall()


def assert_next_build_completes(settings: Settings, prepared: Prepared) -> None:
    """The next build is current, right, and leaves nothing of the killed one."""
    assert_same(run_build(settings), current_snapshot(prepared.done))
    assert current_snapshot(settings).snapshot_id == current_snapshot(prepared.done).snapshot_id
    assert [s.snapshot_id for s in all_snapshots(settings)] == [current_snapshot(settings).snapshot_id]
    assert {path.name for path in settings.builds_dir.iterdir()} <= {".lock", "dbt", "dbt-target", "working.duckdb"}
    assert {path.name for path in settings.snapshots_dir.iterdir()} == {"CURRENT", current_snapshot(settings).snapshot_id}


def test_every_point_is_rehearsed() -> None:
    root = Path(glassbook.__file__).parent.parent
    packages = ("glassbook", "ingestion", "simulator", "warehouse", "reports", "dashboards", "orchestration")
    texts = [path.read_text(encoding="utf-8") for name in packages for path in (root / name).rglob("*.py")]
    points = {point for text in texts for point in re.findall(r'checkpoint\("(\w+)"\)', text)}
    ingest = {point.partition(":")[0] for point, _ in INGEST_POINTS}
    simulate = {point.partition(":")[0] for point in SIMULATE_POINTS}
    assert points == {
        *ingest,
        *(point for point, _ in COMPACTION_POINTS),
        *simulate,
        *BUILD_POINTS,
        *AFTER_SWAP_POINTS,
        *FILE_POINTS,
        *PUBLISH_POINTS,
        *LOG_POINTS,
        *FILING_POINTS,
        *DELIVERY_POINTS,
    }


@pytest.mark.parametrize("point", BUILD_POINTS)
def test_build_killed_before_the_swap(point: str, prepared: Prepared, tmp_path: Path) -> None:
    settings = homes.copied(prepared.second, tmp_path / "home")
    before = digests(current_snapshot(settings).folder)
    kill_at(settings, BUILD, point)
    served = current_snapshot(settings)
    assert served.snapshot_id == current_snapshot(prepared.first).snapshot_id
    assert digests(served.folder) == before
    assert_next_build_completes(settings, prepared)


@pytest.mark.parametrize("point", AFTER_SWAP_POINTS)
def test_build_killed_after_the_swap(point: str, prepared: Prepared, tmp_path: Path) -> None:
    settings = homes.copied(prepared.second, tmp_path / "home")
    kill_at(settings, BUILD, point)
    assert_same(current_snapshot(settings), current_snapshot(prepared.done))
    assert_next_build_completes(settings, prepared)


@pytest.mark.parametrize("seconds", MOMENTS)
def test_build_killed_at_any_moment(seconds: float, prepared: Prepared, tmp_path: Path) -> None:
    settings = homes.copied(prepared.second, tmp_path / "home")
    process = start(settings, BUILD)
    time.sleep(seconds)
    process.kill()
    process.communicate()
    served = current_snapshot(settings)
    assert served.snapshot_id in {current_snapshot(s).snapshot_id for s in (prepared.first, prepared.done)}
    with connect(served.database) as connection:
        assert connection.execute("select count(*) from rpt_cn_figures").fetchone() != (0,)
    assert_next_build_completes(settings, prepared)


@pytest.mark.parametrize("point", FILE_POINTS)
def test_file_killed(point: str, prepared: Prepared, tmp_path: Path) -> None:
    expected = tmp_path / "undisturbed" / "package"
    write_filing(prepared.done, "cn", PERIOD, expected)
    out = tmp_path / "out" / "package"
    out.parent.mkdir()
    kill_at(prepared.done, FILE.format(str(out)), point)
    assert not out.exists() or verify_package(out).is_intact
    write_filing(prepared.done, "cn", PERIOD, out)
    assert verify_package(out).is_intact
    assert digests(out.parent) == digests(expected.parent)


@pytest.mark.parametrize("point", PUBLISH_POINTS)
def test_publish_killed(point: str, prepared: Prepared, tmp_path: Path) -> None:
    site = tmp_path / "site"
    # The first page says when it was published.
    done = homes.at(prepared.done, homes.morning_after(SECOND_END))
    publish_site(prepared.first, site)
    before = (site / FIRST_PAGE).read_bytes()
    shutil.copytree(site, tmp_path / "undisturbed")
    publish_site(done, tmp_path / "undisturbed")
    after = (tmp_path / "undisturbed" / FIRST_PAGE).read_bytes()
    assert before != after
    kill_at(prepared.done, PUBLISH.format(str(site)), point)
    assert (site / FIRST_PAGE).read_bytes() == (before if point == "publish_before_page" else after)
    assert broken_links(site) == []
    publish_site(done, site)
    assert digests(site) == digests(tmp_path / "undisturbed")
