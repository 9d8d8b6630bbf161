"""A source that cannot be reached now, and may be soon: how libraries and servers say so.

Belongs here: distinguishing that from lasting errors. Does not: retries (the orchestrator's).
"""

from __future__ import annotations

import re

from glassbook.errors import InputError

# Messages when no server answers, or of a server that starts, stops or is full. They are recognised in English only.
NOT_NOW = re.compile(
    r"connection refused|can't connect|timed? ?out|timeout expired|could not translate host name|no route to host|unreachable"
    r"|lost connection|gone away|reset by peer|closed the connection|terminating connection|starting up|shutting down|shutdown"
    r"|recovery mode|too many (clients|connections)|connection slots",
    re.IGNORECASE,
)


class SourceAway(InputError):
    """The source cannot be reached now; the same call may succeed later."""
