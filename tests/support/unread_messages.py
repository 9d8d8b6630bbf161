"""dbt's messages that no log takes stay empty in tests: filling some 5,000 a build is a tenth of a small build's time.

Belongs here: leaving them empty. Does not: what dbt does or answers, which no message changes; warnings and errors stay as they are.
"""

from __future__ import annotations

from typing import Any


def leave_unread_messages_empty() -> None:
    """From now on in this process; subprocesses, and what they run, are not touched."""
    from dbt_common.events.base_types import BaseEvent, DynamicLevel, EventLevel

    read = (EventLevel.WARN, EventLevel.ERROR)
    fill = BaseEvent.__init__

    def fill_what_is_read(event: Any, *args: Any, **values: Any) -> None:
        if isinstance(event, DynamicLevel) or event.level_tag() in read:
            fill(event, *args, **values)
        else:
            event.pb_msg = getattr(event.PROTO_TYPES_MODULE, type(event).__name__)()

    BaseEvent.__init__ = fill_what_is_read  # type: ignore[method-assign]
