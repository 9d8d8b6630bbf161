"""A load log as written by code from before the chain, with the changes that a test wants. For tests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

from glassbook.lake.log import as_text, entry_path, without_links
from glassbook.settings import Settings


def write_log(settings: Settings, *instants: str, **more: Any) -> None:
    """A log of loads without rows, each known since an instant, named as the invented regime's snapshot names them."""
    for number, instant in enumerate(instants, start=1):
        path = entry_path(settings, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_text({"load_seq": number, "load_id": f"load-{chr(96 + number)}", "loaded_at": instant, "tables": {}} | more))


def edit_entry(settings: Settings, number: int, change: Callable[[dict[str, Any]], None]) -> None:
    """Removes the links from all entries, and the second copy; changes one entry."""
    for path in sorted(entry_path(settings, 1).parent.glob("*.json")):
        record = without_links(json.loads(path.read_bytes()))
        if path == entry_path(settings, number):
            change(record)
        path.write_bytes(as_text(record))
    shutil.rmtree(settings.log_dir, ignore_errors=True)
