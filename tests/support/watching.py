"""Watches the connections of processes: each Python process started with `environment` records the names that it looks up and the addresses
that it connects to, and so do its children.

Belongs here: the watch and what counts as a connection to outside. Does not: what is started. It cannot see what C libraries do by
themselves: tests/glassbook/test_engine.py checks that the engine downloads nothing, tests/browser what a page requests.
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path

# Runs before anything else in every process.
_HOOK = """
import os, sys

def _write(line, _file={file!r}):
    note = os.open(_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(note, line.encode() + b"\\n")
    os.close(note)

def _note(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        told = arguments[0]
    elif event in ("socket.connect", "socket.sendto"):
        told = arguments[1][0] if isinstance(arguments[1], tuple) else None
    else:
        return
    if told:
        told = told.decode() if isinstance(told, bytes) else str(told)
        _write(f"{{event}} {{told}} {{' '.join(sys.orig_argv[1:4])!r}}")

_write(f"start {{' '.join(sys.orig_argv[1:])!r}}")
sys.addaudithook(_note)
"""


class Watch:
    """A folder with the hook and its notes. `environment` is that of this process, with the hook and an empty user home."""

    def __init__(self, folder: Path) -> None:
        self._notes = folder / "calls"
        self.user = folder / "user"
        self.user.mkdir(parents=True)
        (folder / "sitecustomize.py").write_text(_HOOK.format(file=str(self._notes)), encoding="utf-8")
        path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
        self.environment = os.environ | {"PYTHONPATH": path, "HOME": str(self.user)}
        # If a report is sent after all, it must reach nobody.
        self.environment |= {"DAGSTER_TELEMETRY_URL": "http://telemetry.invalid/actions"}
        for name in ("DAGSTER_HOME", "DAGSTER_DISABLE_TELEMETRY", "DO_NOT_TRACK", "BUILDKITE", "TF_BUILD"):
            self.environment.pop(name, None)

    def _noted(self) -> list[str]:
        return self._notes.read_text(encoding="utf-8").splitlines() if self._notes.exists() else []

    def watched(self) -> list[str]:
        """What each process was started with."""
        return [line for line in self._noted() if line.startswith("start ")]

    def calls(self) -> list[str]:
        """Every look-up and connection, in order: the action, the name or address, and the process."""
        return [line for line in self._noted() if not line.startswith("start ")]

    def calls_out(self) -> list[str]:
        """Those that leave the machine."""
        return [call for call in self.calls() if not _stays_here(call.split(" ")[1])]


def _stays_here(host: str) -> bool:
    if host in ("localhost", "None"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
