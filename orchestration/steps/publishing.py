"""The step that writes the public page."""

from __future__ import annotations

import time
from pathlib import Path

from glassbook.settings import Settings
from orchestration.steps.runs import StepRun, recorded
from reports.publish import publish_site


def publish(settings: Settings, out: Path) -> StepRun:
    """Writes the page of the last complete month into the folder `out`, from the public file of the snapshot in force."""
    began = time.perf_counter()
    page = publish_site(settings, out)
    metadata = {"bytes": page.stat().st_size, "seconds": time.perf_counter() - began, "path": str(page)}
    return recorded(settings, StepRun("publish", metadata))
