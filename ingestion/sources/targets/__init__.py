"""A file of targets as a source engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.sources.source_engine import SourceEngine

if TYPE_CHECKING:
    from ingestion.sources.targets.source import TargetsFile

_ENDINGS = (".yml", ".yaml")


def _open(address: str, encoding: str) -> TargetsFile:
    from ingestion.sources.targets.source import TargetsFile

    return TargetsFile(Path(address))


ENGINE = SourceEngine(
    address="a .yml file",
    reads="what is planned: targets of operating figures ([below](#targets))",
    opens=_open,
    recognises=lambda path, head: path.suffix.lower() in _ENDINGS and path.is_file(),
)
