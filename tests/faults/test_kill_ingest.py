"""A load killed at any point leaves nothing visible, or all of it; the next run gives what an undisturbed one gives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from glassbook.lake.loads import visible_loads
from ingestion.loading.load import ingest
from tests.support.lake import a_home, a_platform, content, stray_files

PROGRAM = """
import sys
from pathlib import Path
from glassbook.settings import load_settings
from ingestion.loading.load import ingest
ingest(load_settings(), Path(sys.argv[1]))
"""
POINTS = [
    ("after_table_written:users", False),
    ("after_table_written:repayments", False),
    ("after_table_written:risk_events", False),
    ("before_load_log", False),
    ("in_load_log", False),
    ("after_load_entry", True),
    ("after_load_log", True),
]


@pytest.mark.parametrize(("point", "is_visible"), POINTS, ids=[point for point, _ in POINTS])
def test_killed_load_is_all_or_nothing_and_the_next_completes(tmp_path: Path, point: str, is_visible: bool) -> None:
    killed, calm = a_home(tmp_path / "killed"), a_home(tmp_path / "calm")
    platform = a_platform()
    one = platform.write(tmp_path / "one")
    platform.repay(1, 2, "2019-03-10 12:00", "500.00", "5.00")
    platform.add("fees", **(platform.rows("fees")[0] | {"amount": "9.00"}))
    platform.change("loans", 1, "2019-03-11 09:00", status="settled")
    two = platform.write(tmp_path / "two")
    for settings in (killed, calm):
        ingest(settings, one)
    before = content(killed)

    environment = os.environ | {"GLASSBOOK_HOME": str(killed.home), "GLASSBOOK_FAULT_POINT": point, "GLASSBOOK_MEMORY_LIMIT": "512MB"}
    process = subprocess.run([sys.executable, "-c", PROGRAM, str(two)], env=environment, check=False)
    assert process.returncode == -signal.SIGKILL, "the point was reached"

    ingest(calm, two)
    assert content(killed) == (content(calm) if is_visible else before)
    ingest(killed, two)
    assert content(killed) == content(calm)
    assert len(visible_loads(killed)) == 2
    assert not stray_files(killed)
