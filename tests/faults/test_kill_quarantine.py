"""A decision killed before its entry exists was not made, whatever it had written, and the next one succeeds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from glassbook.lake.loads import visible_loads
from ingestion.contract import load_contract
from ingestion.loading.held_rows import Choice
from ingestion.loading.load import ingest
from ingestion.quarantine import decisions
from tests.support.lake import a_home, a_platform, rows, stray_files

UNUSED = {name for name, table in load_contract().tables.items() if not table.required and name != "fees"}
# The conflicting row is released after the row that it contradicts counts as gone: it no longer breaks the rule.
PROGRAM = """
from glassbook.settings import load_settings
from ingestion.quarantine import decisions
from ingestion.loading import judging
from ingestion.loading.held_rows import Choice
judging.standing_sql = lambda *_: "false"
decisions.release(load_settings(), Choice(table="fees"), "Li Na")
"""


def test_a_killed_decision_leaves_nothing_and_the_next_goes_through(tmp_path: Path) -> None:
    settings = a_home(tmp_path / "home")
    p = a_platform()
    ingest(settings, p.write(tmp_path / "source", without=UNUSED))
    p.rows("fees")[0]["amount"] *= 2
    ingest(settings, p.write(tmp_path / "source", without=UNUSED))
    environment = os.environ | {"GLASSBOOK_HOME": str(settings.home), "GLASSBOOK_FAULT_POINT": "in_load_log"}
    process = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, check=False)
    assert process.returncode == -signal.SIGKILL, "the point was reached"
    assert len(visible_loads(settings)) == 2 and len(rows(settings, "fees")) == 1
    assert stray_files(settings), "the row had been written"
    decisions.accept(settings, Choice(table="fees"), "Li Na", "because")
    assert len(visible_loads(settings)) == 3 and len(rows(settings, "fees")) == 1 and not stray_files(settings)
