"""dbt spends no time on events that nothing reads, and still reports what must be read."""

from __future__ import annotations

from typing import Any

from dbt_common.events import event_manager_client
from dbt_common.events.base_types import EventLevel
from dbt_common.events.functions import fire_event
from dbt_common.events.types import Note

from warehouse.dbt_events import unheard_events_dropped


def test_warnings_and_errors_are_heard_and_nothing_else() -> None:
    heard: list[Any] = []
    with unheard_events_dropped():
        event_manager_client.add_callback_to_manager(heard.append)
        for level in (EventLevel.DEBUG, EventLevel.INFO, EventLevel.WARN, EventLevel.ERROR):
            fire_event(Note(msg=f"of level {level.value}"), level=level)
    assert [message.info.msg for message in heard] == ["of level warn", "of level error"]


def test_dbt_is_as_before_afterwards() -> None:
    before = event_manager_client.get_event_manager()
    with unheard_events_dropped():
        assert event_manager_client.get_event_manager() is not before
    assert event_manager_client.get_event_manager() is before
