"""What the name of a file says: its format, its packing, its table, and whether it holds rows at all.

Belongs here: rules on one name. Does not: rules on what lies in a folder together (`entries`).
"""

from __future__ import annotations

import re
from pathlib import Path

FORMS = (".parquet", ".csv", ".xlsx")
PACKINGS = (".gz", ".bz2", ".xz", ".zip")
SUFFIXES = (*(form + packing for form in FORMS for packing in ("", *PACKINGS)), ".zip")
"""Extensions of files that can be read, in upper or lower case; a bare .zip holds one file of one format."""

# Files of desktop systems, of programs that have a file open, and of checksums.
_COMPANION = re.compile(r"\..*|~\$.*|__macosx|thumbs\.db|desktop\.ini|.*\.crc", re.IGNORECASE)


def stem_of(path: Path) -> str | None:
    """A file's name without its extension, or None for an extension that is not read."""
    suffix = max((s for s in SUFFIXES if path.name.lower().endswith(s)), key=len, default=None)
    return path.name[: -len(suffix)] if suffix else None


def form_of(path: Path) -> str:
    """Format of a file that can be read; a bare .zip, which can hold any format, counts as its own."""
    name = path.name.lower()
    return next((form for form in FORMS for packing in ("", *PACKINGS) if name.endswith(form + packing)), path.suffix.lower())


def is_companion(name: str) -> bool:
    """Whether a file or folder belongs to a desktop system, to an open program or to a checksum, and holds no rows."""
    return _COMPANION.fullmatch(name) is not None
