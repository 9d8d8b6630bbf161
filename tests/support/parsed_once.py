"""In tests, the models are parsed once per run: every home is given the file that the first build of the run kept of them.

Parsing takes as long as two small builds, and each process of a new home would do it.

Belongs here: passing on that file. Does not: who reads it, and when it is not taken (`warehouse.dbt_runner`).
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from glassbook.disk import only_one
from glassbook.settings import Settings

# What a build keeps of the parsed models, in this order: without the mark the file is not taken.
KEPT = ("partial_parse.msgpack", "parsed_version")


def parse_once(folder: Path) -> None:
    """From now on in this process; `folder` is of this run of the tests, and shared by its processes."""
    from warehouse import dbt_runner

    begin, shipped = dbt_runner.Project.__init__, dbt_runner.PROJECT_DIR

    def init(project: Any, settings: Settings) -> None:
        # Others that ask meanwhile wait for the first to parse.
        with only_one(folder / ".lock"):
            is_there = _give(folder, settings)
            if not is_there:
                begin(project, settings)
                if shipped == dbt_runner.PROJECT_DIR:
                    _copy(project.target, folder)
        if is_there:
            begin(project, settings)

    dbt_runner.Project.__init__ = init  # type: ignore[assignment,method-assign]


def give_parsed(settings: Settings) -> None:
    """Gives a home in which nothing was built yet what builds of this process have; processes that build there parse nothing."""
    from warehouse.dbt_runner import Project

    Project(settings)


def _give(folder: Path, settings: Settings) -> bool:
    """Whether the run has the file; a home that has one keeps its own."""
    if not (folder / KEPT[-1]).exists():
        return False
    target = settings.builds_dir / "dbt-target"
    if not (target / KEPT[-1]).exists():
        _copy(folder, target)
    return True


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        shutil.copyfile(source / name, target / name)
