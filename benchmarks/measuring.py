"""One process run to its end: how long it took and the most memory it held, by the operating system's own accounting."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """Wall and processor seconds and peak resident memory in bytes of one process.

    `dbt_seconds` are those of a build in which no model ran: dbt's own start, parsing and writing, and data tests, where it ran any.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    dbt_seconds: float = 0.0


@dataclass(frozen=True)
class Runs:
    """Several runs of the same step."""

    runs: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        """Median of the wall seconds."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def seconds_without_dbt(self) -> float:
        """Median of the wall seconds without dbt's own time."""
        return statistics.median(run.seconds - run.dbt_seconds for run in self.runs)

    @property
    def cpu_seconds(self) -> float:
        """Median of the processor seconds, user and system, which other work on the machine affects least."""
        return statistics.median(run.cpu_seconds for run in self.runs)

    @property
    def peak_bytes(self) -> int:
        """The most memory that any of them held."""
        return max(run.peak_bytes for run in self.runs)

    def ratio(self, other: Runs, decimals: int) -> str:
        """The rate of the others divided by the rate of these, by wall seconds and (by processor seconds)."""
        by_wall, by_processor = self.seconds / other.seconds, self.cpu_seconds / other.cpu_seconds
        return f"{by_wall:.{decimals}f} ({by_processor:.{decimals}f})"

    @property
    def said(self) -> str:
        """Wall seconds and (processor seconds)."""
        return f"{self.seconds:.1f} ({self.cpu_seconds:.1f})"


def run(arguments: Sequence[str], settings: Mapping[str, str], python: str = sys.executable) -> Run:
    """Runs a Python process with `settings` in its environment. Raises SystemExit when it fails, with what it wrote."""
    began = time.perf_counter()
    process = subprocess.Popen([python, *arguments], env=os.environ | settings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    errors = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}:\n{errors}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def machine() -> str:
    """Cores and memory of this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB of memory, Python {sys.version_info.major}.{sys.version_info.minor}"


def folder_bytes(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
