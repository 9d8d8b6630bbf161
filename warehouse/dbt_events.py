"""Saves the time that dbt spends on log messages which no log takes.

Belongs here: which of dbt's events become messages. Does not: what a build reports to its user (`dbt_runner`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dbt_common.events import event_manager_client
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager

_HEARD = (EventLevel.WARN, EventLevel.ERROR)


class _QuietEventManager(EventManager):
    """Makes messages of warnings and errors only.

    dbt makes a message of each of some 5,000 events per build, a sixth of its own time, and only then finds that no log takes it.
    """

    def fire_event(
        self, e: BaseEvent, level: EventLevel | None = None, node: Any = None, force_warn_or_error_handling: bool = False
    ) -> None:
        if force_warn_or_error_handling or self.loggers or (level or e.level_tag()) in _HEARD:
            super().fire_event(e, level, node, force_warn_or_error_handling)


@contextmanager
def unheard_events_dropped() -> Iterator[None]:
    """Inside this context dbt spends no time on events that no log of its own takes; afterwards it works as before."""
    before = event_manager_client.get_event_manager()
    event_manager_client.ctx_set_event_manager(_QuietEventManager())
    try:
        yield
    finally:
        event_manager_client.ctx_set_event_manager(before)
