"""Named points at which a rehearsal may kill the process, so that tests can prove that nothing half done is ever visible."""

from __future__ import annotations

import os
import signal

from glassbook.settings import load_settings


def checkpoint(name: str) -> None:
    """Dies by SIGKILL here when the setting `fault_point` is `name`; otherwise does nothing."""
    if load_settings().fault_point == name:
        os.kill(os.getpid(), signal.SIGKILL)
