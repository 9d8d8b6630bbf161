"""Loads that found nothing: each is recorded beside the load log, as one line of JSON.

Belongs here: the shape of such a line, writing and reading it. Does not: entries of the log itself (`load_log`). A load without a new row
has no number, no instant at which it became known, and changes no snapshot's name. But that the source was read and had nothing new is
evidence.
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
    """Every load that found nothing, oldest first; an unfinished line of a killed process is ignored."""
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
