"""In tests, dbt's messages are formatted only when they are read.

Formatting some 5,000 per build that nobody reads is a tenth of a small build's time.

Belongs here: formatting them late. Does not: what dbt does or says, which is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class _Late:
    """The message of an event, made from the event's data when it is first read."""

    def __init__(self, fill: Callable[..., None]) -> None:
        self._fill = fill

    def __get__(self, event: Any, owner: type) -> Any:
        args, values = vars(event)["given"]
        self._fill(event, *args, **values)
        return vars(event)["pb_msg"]


def fill_messages_late() -> None:
    """From now on in this process; subprocesses are not affected."""
    from dbt_common.events.base_types import BaseEvent

    def keep(event: Any, *args: Any, **values: Any) -> None:
        vars(event)["given"] = args, values

    late = _Late(BaseEvent.__init__)
    BaseEvent.__init__ = keep  # type: ignore[method-assign]
    BaseEvent.pb_msg = late  # type: ignore[attr-defined]
