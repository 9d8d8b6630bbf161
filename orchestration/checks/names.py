"""The name of a check in Dagster, where names have no hyphens."""

from __future__ import annotations


def check_name(code: str) -> str:
    """GB-I01 is GB_I01."""
    return code.replace("-", "_")
