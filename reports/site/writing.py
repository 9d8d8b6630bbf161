"""Writes a site into its folder: only files that differ, each by one rename, and a file after the files to which it links.

The list of what was published, with the SHA-256 of every file, lies beside the pages. A file that is no longer published stays, so that
old links still work. Belongs here: files. Does not: what is in them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from glassbook.disk import file_digest, sync_file, sync_folder
from glassbook.errors import InputError
from glassbook.faults import checkpoint
from glassbook.json_text import parse_json
from glassbook.private import let_all_read
from reports.filing.package.package import clear_leftovers, temporary_of, write_whole
from reports.filing.package.seal import sha256

LIST_NAME = "publication.json"
FIRST_NAME = "index.html"


def write_site(out: Path, files: Mapping[str, bytes], last: Sequence[str]) -> int:
    """Writes `files` (by path within `out`) and returns how many were new or changed.

    Data files and assets are written before pages, and the pages `last` after everything else and in their order. So no visitor ever sees a
    page that links to a missing file, not even after a kill. Raises InputError if `out` is a file.
    """
    if out.exists() and not out.is_dir():
        raise InputError(found="a file", where=str(out), expected="a folder or a free name", remedy="Name another place with --out.")
    _prepare(out, ".")
    published = _published(out)
    hashes = {name: sha256(content) for name, content in files.items()}
    changed = [name for name in files if _digest_there(out / name) != hashes[name]]
    for folder in sorted({str(Path(name).parent) for name in files}):
        _prepare(out, folder)
    _put(out, {name: files[name] for name in sorted((name for name in changed if name not in last), key=_order)})
    checkpoint("publish_before_page")
    _put(out, {name: files[name] for name in last if name in changed})
    checkpoint("publish_after_page")
    if changed or any(published.get(name) != digest for name, digest in hashes.items()):
        listed = json.dumps({"files": published | hashes}, indent=1, sort_keys=True) + "\n"
        write_whole(out / LIST_NAME, listed.encode(), is_for_all=True)
    return len(changed)


def _put(out: Path, files: Mapping[str, bytes]) -> None:
    """Moves each file to its place by one rename, in order, once all of them are on the disk.

    All are written before the first fsync: the disk then takes them together, in a tenth of the time.
    """
    for name, content in files.items():
        temporary_of(out / name).write_bytes(content)
    for name in files:
        temporary = temporary_of(out / name)
        sync_file(temporary)
        let_all_read(temporary)
    for name in files:
        temporary_of(out / name).replace(out / name)
    for folder in {(out / name).parent for name in files}:
        sync_folder(folder)


def _order(name: str) -> tuple[int, int, str]:
    """Files that link to nothing come first; then pages from the deepest up, so that a list comes after what it lists."""
    return (1 if name.endswith((".html", ".xml")) else 0, -name.count("/"), name)


def _prepare(out: Path, folder: str) -> None:
    place = out
    for part in ("", *Path(folder).parts):
        place = place / part
        if not place.exists():
            place.mkdir(parents=True)
            let_all_read(place)
    clear_leftovers(place)


def _digest_there(path: Path) -> str | None:
    """SHA-256 of the file; None if it is missing or unreadable. A file damaged on disk thus counts as changed."""
    try:
        return file_digest(path)
    except OSError:
        return None


def _published(out: Path) -> dict[str, str]:
    """The list of the last publication; empty if it is missing or unreadable: then everything is written."""
    try:
        found: dict[str, str] = parse_json((out / LIST_NAME).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}
