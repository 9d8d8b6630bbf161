"""The step that writes the public site."""

from __future__ import annotations

import time
from pathlib import Path

from glassbook.runs import StepRun, recorded
from glassbook.settings import Settings
from reports.site.publishing import publish_site


def publish(settings: Settings, out: Path) -> StepRun:
    """Writes the site into the folder `out`, from the public file of the snapshot in force.

    `provisional` in the metadata names the edits that call figures of the month impossible, each with its figures; no figures means all.
    """
    began = time.perf_counter()
    site = publish_site(settings, out)
    metadata = {
        "bytes": site.bytes_count,
        "files": site.files_count,
        "written": site.written_count,
        "seconds": time.perf_counter() - began,
        "path": str(site.page),
        "provisional": {found.check.code: list(found.figure_codes) for found in site.refutations},
    }
    return recorded(settings, StepRun("publish", metadata))
