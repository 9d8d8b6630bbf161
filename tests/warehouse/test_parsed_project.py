"""What a home keeps of the parsed models, after Glassbook was installed at another place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support import homes
from warehouse import dbt_runner


def test_seeds_of_a_project_that_was_moved_are_read_where_it_is_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, shipped = homes.home(tmp_path / "home"), dbt_runner.PROJECT_DIR
    before = dbt_runner.Project(settings)
    moved = tmp_path / "moved"
    shutil.copytree(shipped, moved, ignore=shutil.ignore_patterns("target", "logs"))
    monkeypatch.setattr(dbt_runner, "PROJECT_DIR", moved)
    # As in a process that has built nothing yet.
    monkeypatch.setattr(dbt_runner, "_parsed", {})
    after = dbt_runner.Project(settings)
    places = [{node.root_path for node in project.manifest.nodes.values() if node.resource_type == "seed"} for project in (before, after)]
    assert (before.target / "partial_parse.msgpack").is_file()
    assert places == [{str(shipped)}, {str(moved)}]
