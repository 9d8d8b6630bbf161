"""Named points at which a test may kill the process, to prove that nothing half done is ever visible."""

from __future__ import annotations

import os
import signal
from functools import cache

from glassbook.settings import load_settings


def checkpoint(name: str) -> None:
    """Kills the process with SIGKILL when the setting `fault_point` is `name`; otherwise does nothing."""
    if _fault_point() == name:
        os.kill(os.getpid(), signal.SIGKILL)


@cache
def _fault_point() -> str:
    """The setting, read once a process: a load passes more than sixty points, and reading the settings each time cost it half a second."""
    return load_settings().fault_point
