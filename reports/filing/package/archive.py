"""Zip archives whose bytes depend only on their files: sorted names, one fixed timestamp, stored without compression."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

# The earliest instant that the format can state.
_STAMP = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3


def make_archive(contents: Mapping[str, bytes], order: list[str] | None = None) -> bytes:
    """The archive of files given by name, in order of name unless `order` says otherwise."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in order or sorted(contents):
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.external_attr = _PLAIN_FILE
            entry.create_system = _UNIX
            archive.writestr(entry, contents[name])
    return buffer.getvalue()


def restore_archive(content: bytes) -> bytes:
    """Another writer's archive with the same files in the same order, written as `make_archive` does."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        return make_archive({name: archive.read(name) for name in names}, names)
