"""Whether the files of a snapshot are as its manifest recorded them: every byte is read and the hash compared.

Belongs here: comparing. Does not: snapshots and their manifests (`snapshots`), files of the lake (`lake.comparison`).
"""

from __future__ import annotations

from pathlib import Path

from glassbook.disk import file_digest
from glassbook.errors import InputError
from glassbook.settings import Settings
from glassbook.snapshots import DATABASE, PUBLIC_DATABASE, Snapshot, current_snapshot, find_snapshot


def problem_of(settings: Settings, snapshot_id: str, *, is_deep: bool = True) -> str | None:
    """What is wrong with the files of a published snapshot; None when every byte is as its manifest says (not `is_deep`: when all exist).

    A folder without a manifest is wrong, as it is no snapshot; a name without a folder is not wrong.
    """
    folder = settings.snapshots_dir / snapshot_id
    if not folder.exists():
        return None
    try:
        snapshot = find_snapshot(settings, snapshot_id)
    except InputError as error:
        return f"{error.where}: {error.found}"
    for name in (DATABASE, PUBLIC_DATABASE):
        recorded = snapshot.manifest.get("files", {}).get(name)
        try:
            found = file_digest(folder / name) if is_deep else None
            size = (folder / name).stat().st_size
        except OSError as error:
            return f"{folder / name}: {error.strerror}"
        if not size or (is_deep and recorded not in (None, found)):
            return f"{folder / name}: its SHA-256 is {found}, and {recorded} is recorded"
    return None


def unchanged(snapshot: Snapshot, name: str = DATABASE) -> Snapshot:
    """The snapshot, after every byte of one of its files was compared: nothing leaves the home that was made from another file.

    Raises InputError where the file is not as its manifest says.
    """
    recorded = snapshot.manifest.get("files", {}).get(name)
    path = snapshot.folder / name
    try:
        found = file_digest(path)
    except OSError as error:
        raise _refusal(snapshot, path, f"a file that cannot be read ({error.strerror})") from error
    if recorded not in (None, found):
        raise _refusal(snapshot, path, f"a file that was changed: its SHA-256 is {found}, and {recorded} is recorded")
    return snapshot


def current_unchanged(settings: Settings) -> Snapshot:
    """The current snapshot after its warehouse was compared. Raises InputError where it was changed, or nothing was published yet."""
    return unchanged(current_snapshot(settings))


def _refusal(snapshot: Snapshot, path: Path, found: str) -> InputError:
    return InputError(
        found=found,
        where=str(path),
        expected="the file that `glassbook build` published",
        remedy=f"Run `glassbook build`, or `glassbook build --known-at {snapshot.manifest['known_at']}` for an earlier snapshot: "
        "it sets a damaged snapshot aside, and the lake makes it again.",
    )
