"""Loads that found nothing: that they ran is kept beside the load log, one line of JSON each.

Belongs here: the shape of such a line, writing and reading it. Does not: entries of the log itself (`load_log`). A load without a new row
has no number, is known at no instant and changes the name of no snapshot; but that the source was read, and said nothing new, is evidence.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from glassbook.disk import append_line
from glassbook.json_text import parse_json
from glassbook.lake.log import LOADS
from glassbook.settings import Settings

FILE = "nothing_new.jsonl"


@dataclass(frozen=True)
class QuietLoad:
    """One load that found nothing since the load `since_load_seq`. Instants are aware, in UTC; `scope` is what was read."""

    started_at: datetime
    ended_at: datetime
    source: str
    scope: str
    since_load_seq: int
    rows_compared: int


def write_quiet(settings: Settings, quiet: QuietLoad) -> None:
    """Adds a load that found nothing; the caller holds the lake's lock."""
    record = asdict(quiet) | {"started_at": quiet.started_at.isoformat(), "ended_at": quiet.ended_at.isoformat()}
    append_line(_file(settings), json.dumps(record, ensure_ascii=False, sort_keys=True))


def quiet_loads(settings: Settings) -> list[QuietLoad]:
    """Every load that found nothing, oldest first; a line that a killed process left unfinished is none."""
    if not _file(settings).is_file():
        return []
    found = []
    for line in _file(settings).read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            record = parse_json(line)
        except ValueError:
            continue
        instants = {name: datetime.fromisoformat(record[name]) for name in ("started_at", "ended_at")}
        found.append(QuietLoad(**(record | instants)))
    return found


def _file(settings: Settings) -> Path:
    return settings.lake_dir / LOADS / FILE
