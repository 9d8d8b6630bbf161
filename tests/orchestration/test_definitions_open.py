"""Dagster opens its definitions in a process of its own, after builds that others made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.homes import home
from tests.support.parsed_once import KEPT, give_parsed


def test_they_open_in_a_home_that_the_command_has_built(tmp_path: Path) -> None:
    """Then the models are not parsed again, and dbt has run no command in the process that asks for its manifest."""
    settings = home(tmp_path / "home")
    give_parsed(settings)
    assert {path.name for path in (settings.builds_dir / "dbt-target").iterdir()} >= set(KEPT)
    opened = subprocess.run(
        [sys.executable, "-c", "from orchestration.definitions import defs; print(len(defs.resolve_asset_graph().get_all_asset_keys()))"],
        env=os.environ | {"GLASSBOOK_HOME": str(settings.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert opened.returncode == 0, opened.stderr[-2000:]
    assert int(opened.stdout) > 200
