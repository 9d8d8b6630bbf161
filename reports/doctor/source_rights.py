"""Doctor's check of the login at the source: its rights besides reading, as the last load found them."""

from __future__ import annotations

from typing import Any

from glassbook.errors import printable
from reports.doctor.lake import Seen


def look_at_login(loads: list[dict[str, Any]]) -> Seen:
    """What the newest load from a source says of the login's rights; decisions on quarantine say nothing of them."""
    read = [load for load in loads if load.get("decision") is None]
    rights = read[-1].get("surplus_rights", []) if read else []
    if not rights:
        return Seen("ok", "was found to do nothing but read" if read else "no load yet")
    fix = "Take it back at the source, or give Glassbook one with SELECT on what it reads; the next load with news looks again."
    return Seen("note", printable(f"the source's login may do more than read: {'; '.join(rights)}"), fix)
