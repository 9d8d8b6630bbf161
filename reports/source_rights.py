"""What the doctor says of the login at the source: what it may do beside reading, as the last load found it."""

from __future__ import annotations

from typing import Any


def surplus_found(loads: list[dict[str, Any]]) -> tuple[str, str]:
    """What was found and what to do, as the newest load of a source says; both empty where it may do nothing beside reading."""
    read = [load for load in loads if load.get("decision") is None]
    rights = read[-1].get("surplus_rights", []) if read else []
    if not rights:
        return "", ""
    return (
        f"the source's login may do more than read: {'; '.join(rights)}",
        "Take it back at the source, or give Glassbook one with SELECT on what it reads; the next load with news looks again.",
    )
