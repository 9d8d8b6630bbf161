"""What is made once per run of the tests and read by all its processes.

Belongs here: making it once. Does not: what is made. Nobody may change it: a test that has to, copies it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from glassbook.disk import only_one


def once_per_run(folder: Path, make: Callable[[Path], object]) -> Path:
    """`folder`, in which the first process that asks for it has called `make`; others that ask meanwhile wait."""
    done = folder.with_name(f"{folder.name}.done")
    with only_one(folder.with_name(f"{folder.name}.lock")):
        if not done.exists():
            # Of a first process that failed.
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
