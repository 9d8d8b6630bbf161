"""A file of targets as a source engine."""

from __future__ import annotations

from pathlib import Path

from ingestion.sources.source_engine import SourceEngine, opener

_ENDINGS = (".yml", ".yaml")

ENGINE = SourceEngine(
    address="a .yml file",
    reads="what is planned: targets of operating figures ([below](#targets))",
    opens=opener("targets.source:TargetsFile", takes=Path),
    recognises=lambda path, head: path.suffix.lower() in _ENDINGS and path.is_file(),
)
