"""The style sheet and scripts of the site, published under names with the hash of their content: a cache may keep them for ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reports.filing.package.seal import sha256

FOLDER = Path(__file__).parent
NAMES = ("site.css", "search.js", "mark.svg")
VERIFIER = FOLDER.parent / "verifier"
MODULES = ("verifier.js", "package.js", "archive.js", "bytes.js")
"""Files that refer to one another; they share one folder, named by the hash of all of them."""
_NAME_DIGITS = 12


def asset_files() -> Iterator[tuple[str, tuple[str, bytes]]]:
    """(plain name, (path within the site, content)) of each."""
    for name in NAMES:
        content = (FOLDER / name).read_bytes()
        stem, _, ending = name.rpartition(".")
        yield name, (f"assets/{stem}.{sha256(content)[:_NAME_DIGITS]}.{ending}", content)
    modules = {name: (VERIFIER / name).read_bytes() for name in MODULES}
    folder = f"assets/verifier.{sha256(b''.join(modules.values()))[:_NAME_DIGITS]}"
    for name, content in modules.items():
        yield name, (f"{folder}/{name}", content)
