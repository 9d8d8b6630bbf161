"""States in which a home's figures need a warning: a load that waits, a build that failed, a draft."""

from __future__ import annotations

import json

import pytest

from glassbook.build_attempts import attempted
from glassbook.errors import CheckFailed
from glassbook.lake.log import entry_path
from glassbook.settings import Settings
from reports.filing.life import states as filing_states
from reports.filing.life.log import NewEntry, open_log


def let_wait_and_fail(home: Settings, known: str = "2030-01-01T00:00:00+00:00") -> None:
    """One load that the current snapshot does not have, known at an instant, and a failed build after it."""
    newest = max((home.lake_dir / "_loads").glob("*.json"))
    number = int(newest.stem) + 1
    entry = json.loads(newest.read_text(encoding="utf-8")) | {"load_seq": number, "loaded_at": known}
    entry_path(home, number).write_text(json.dumps(entry), encoding="utf-8")
    with pytest.raises(CheckFailed), attempted(home, "another"):
        raise CheckFailed("a name of a person, perhaps")


def open_a_draft(home: Settings, period: str) -> None:
    """The first version of a filing, only opened."""
    with open_log(home) as log:
        log.append(NewEntry(
            regime="cn", period=period, version=1, action="open", from_state=None, state=filing_states.DRAFT, who="li.na",
            reason=None, seal="ab" * 32,
        ))  # fmt: skip
