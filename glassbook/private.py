"""What we write is readable by its owner only, whatever the umask of the caller, except files made for everybody.

Belongs here: that rule. Does not: permissions within Glassbook, or whether the files of a home keep the rule (`reports.doctor.private`).
"""

from __future__ import annotations

import os
from pathlib import Path

_ALL_READ, _ALL_ENTER = 0o644, 0o755


def keep_private() -> None:
    """From now on, files of this process and its child processes are for their owner only. Every program of ours calls it first."""
    os.umask(0o077)


def let_all_read(path: Path) -> None:
    """Lets everybody read a file, or enter a folder, that is made for other users."""
    path.chmod(_ALL_ENTER if path.is_dir() else _ALL_READ)
