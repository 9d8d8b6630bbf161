"""Who else on the machine may read what is written: nobody, whatever the umask of whoever calls, but for what is made to be read by all.

Belongs here: that rule. Does not: who may do what with Glassbook, nor whether the files of a home keep it (`reports.doctor.private`).
"""

from __future__ import annotations

import os
from pathlib import Path

_ALL_READ, _ALL_ENTER = 0o644, 0o755


def keep_private() -> None:
    """From now on what this process, and those that it starts, write is for its owner alone. Every program of ours begins with it."""
    os.umask(0o077)


def let_all_read(path: Path) -> None:
    """Lets everybody read a file, or enter a folder, that is made for others."""
    path.chmod(_ALL_ENTER if path.is_dir() else _ALL_READ)
