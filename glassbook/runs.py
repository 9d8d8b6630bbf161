"""The report of a step, and the log of runs in the home that keeps it: the same whether a command or Dagster ran the step.

Belongs here: the shape of a run and its line in the log. Does not: what a step does.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from typing import Any

from glassbook.clock import now
from glassbook.disk import append_line, only_one
from glassbook.settings import Settings

LOG = "runs.jsonl"


@dataclass(frozen=True)
class StepRun:
    """One finished run of a step.

    `metadata` says what it did as a whole, `parts` what it did to each table or model by its name; both hold values that JSON has.
    """

    step: str
    metadata: dict[str, Any]
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)


def recorded(settings: Settings, run: StepRun) -> StepRun:
    """Adds a run to `runs.jsonl` of the home, one line of JSON; returns it.

    Never makes the step fail: where the line cannot be written, a warning in the log `glassbook` says so.
    """
    record = {"at": now(settings).isoformat(), "step": run.step, "metadata": run.metadata, "parts": run.parts}
    log = settings.home / LOG
    try:
        with only_one(settings.builds_dir / ".runs.lock"):
            append_line(log, json.dumps(record, ensure_ascii=False))
    except OSError as error:
        logging.getLogger("glassbook").warning("%s could not be written: %s", log, error)
    return run
