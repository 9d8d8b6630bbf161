"""How a check of ours is called in Dagster, where a name has no hyphen."""

from __future__ import annotations


def check_name(code: str) -> str:
    """GB-I01 is GB_I01."""
    return code.replace("-", "_")
