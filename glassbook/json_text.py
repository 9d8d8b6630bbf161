"""JSON out of files that anybody may have written: what is none, or is nested without end, is a ValueError and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def parse_json(content: str | bytes, pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """The value of a JSON text; `pairs` makes an object of its pairs. Raises ValueError (UnicodeDecodeError too)."""
    try:
        return json.loads(content, object_pairs_hook=pairs)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
