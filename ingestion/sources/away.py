"""A source that cannot be reached now, and may be soon: how libraries and servers say so.

Belongs here: telling that from what stays wrong. Does not: trying again (the orchestrator's).
"""

from __future__ import annotations

import re

from glassbook.errors import InputError

# What is said where nobody answers, or by a server that starts, stops or is full; not known as that in another language than English.
NOT_NOW = re.compile(
    r"connection refused|can't connect|timed? ?out|timeout expired|could not translate host name|no route to host|unreachable"
    r"|lost connection|gone away|reset by peer|closed the connection|terminating connection|starting up|shutting down|shutdown"
    r"|recovery mode|too many (clients|connections)|connection slots",
    re.IGNORECASE,
)


class SourceAway(InputError):
    """The source cannot be reached now; the same call may succeed later."""
