"""Snapshots: immutable folders with a warehouse file, a public file and a manifest, and one pointer that moves by rename.

A reader opens the folder that the pointer named when it began and is never disturbed by a later publication.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glassbook import engine
from glassbook.disk import only_one, sync_file, sync_folder, write_synced
from glassbook.errors import InputError
from glassbook.faults import checkpoint
from glassbook.in_the_way import in_a_snapshot, in_the_snapshots, refuse
from glassbook.json_text import parse_json
from glassbook.settings import Settings

if TYPE_CHECKING:
    import duckdb

POINTER = "CURRENT"
DATABASE = "glassbook.duckdb"
PUBLIC_DATABASE = "public.duckdb"
MANIFEST = "snapshot.json"
DAMAGED = "damaged"
"""Folder, beside the snapshots, for damaged snapshots."""
_BESIDE = "beside"
_AGAIN = "Run `glassbook build`: it sets a damaged snapshot aside, and the lake makes it again."
_REMOVED = "pruned-"


@dataclass(frozen=True)
class Snapshot:
    """One published state of the warehouse."""

    snapshot_id: str
    folder: Path
    manifest: dict[str, Any]

    @property
    def database(self) -> Path:
        """The whole warehouse; holds personal data."""
        return self.folder / DATABASE

    @property
    def public_database(self) -> Path:
        """The database that the public may read; it never held personal data."""
        return self.folder / PUBLIC_DATABASE

    @property
    def is_beside(self) -> bool:
        """Whether a user asked for what was known at an instant, and the snapshot was kept beside the current one."""
        return (self.folder / _BESIDE).exists()

    @property
    def as_of(self) -> date | None:
        """Latest business date with data, or None for a platform without any."""
        value = self.manifest["as_of"]
        return None if value is None else date.fromisoformat(value)

    @property
    def known_at(self) -> datetime:
        """Instant (UTC) by which everything in this snapshot had been loaded."""
        return datetime.fromisoformat(self.manifest["known_at"])


def find_snapshot(settings: Settings, snapshot_id: str) -> Snapshot:
    """The snapshot of that id. Raises InputError when it is not there, or its manifest cannot be read."""
    folder = settings.snapshots_dir / snapshot_id
    manifest = folder / MANIFEST
    if folder.name == snapshot_id:
        refuse(in_a_snapshot(folder))
    # One spelling per snapshot: `a/` and `./a` would not match the name that filings need, and `../a` leads elsewhere.
    if folder.name != snapshot_id or not manifest.is_file():
        raise InputError(
            found=f"no snapshot {snapshot_id}",
            where=str(settings.snapshots_dir),
            expected="a published snapshot",
            remedy="Run `glassbook build`, or set GLASSBOOK_HOME to the home that holds it.",
        )
    try:
        held = parse_json(manifest.read_text(encoding="utf-8"))
        if "hash" in held and held.pop("hash") != _hash_of(held):
            raise ValueError("it was changed, its hash does not follow from it")
        if held["snapshot_id"] != snapshot_id:
            raise ValueError(f"it is of {held['snapshot_id']}")
        snapshot = Snapshot(snapshot_id, folder, held)
        _ = snapshot.as_of, snapshot.known_at  # read here, so that no reader meets a manifest without them
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            found=f"a manifest that cannot be read ({type(error).__name__}: {error})",
            where=str(manifest),
            expected="the manifest that `glassbook build` wrote",
            remedy=_AGAIN,
        ) from error
    return snapshot


def current_snapshot(settings: Settings) -> Snapshot:
    """The snapshot that readers must use now. Raises InputError when nothing was published yet."""
    pointer = settings.snapshots_dir / POINTER
    refuse(in_the_snapshots(settings))
    try:
        snapshot_id = pointer.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        raise InputError(
            found="no published snapshot",
            where=str(settings.snapshots_dir),
            expected="a snapshot made by `glassbook build`",
            remedy="Run `glassbook ingest --source FOLDER` and `glassbook build`, or `glassbook demo`.",
        ) from None
    return find_snapshot(settings, snapshot_id)


def has_snapshot(settings: Settings) -> bool:
    """Whether anything was published yet. Raises InputError where something stands in the way of snapshots."""
    refuse(in_the_snapshots(settings))
    return (settings.snapshots_dir / POINTER).is_file()


def all_snapshots(settings: Settings) -> list[Snapshot]:
    """Every published snapshot, oldest `known_at` first."""
    refuse(in_the_snapshots(settings))
    if not settings.snapshots_dir.is_dir():
        return []
    found = [find_snapshot(settings, folder.name) for folder in settings.snapshots_dir.iterdir() if (folder / MANIFEST).is_file()]
    return sorted(found, key=lambda snapshot: (snapshot.known_at, snapshot.snapshot_id))


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Writes the manifest into a build folder that is about to be published, with the hash of its content."""
    text = json.dumps(manifest | {"hash": _hash_of(manifest)}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def set_aside(settings: Settings, snapshot_id: str) -> Path:
    """Moves a damaged snapshot out of the way, and returns where it is now. Call it under `only_one_build`."""
    target = next(place for n in count(1) if not (place := settings.snapshots_dir / DAMAGED / f"{snapshot_id}-{n}").exists())
    target.parent.mkdir(exist_ok=True)
    (settings.snapshots_dir / snapshot_id).rename(target)
    sync_folder(target.parent)
    sync_folder(settings.snapshots_dir)
    return target


def install(settings: Settings, build_folder: Path, snapshot_id: str) -> Snapshot:
    """Syncs a finished build to disk and moves it into place under its id; one that is already there stays as it is."""
    target = settings.snapshots_dir / snapshot_id
    settings.snapshots_dir.mkdir(parents=True, exist_ok=True)
    if not (target / MANIFEST).is_file():
        for name, rights in ((DATABASE, 0o400), (PUBLIC_DATABASE, 0o444)):
            (build_folder / name).chmod(rights)
        # A build does not wait for the disk while it runs (`engine.build_options`), so it must wait here.
        for name in (DATABASE, PUBLIC_DATABASE, MANIFEST):
            sync_file(build_folder / name)
        sync_folder(build_folder)
        build_folder.rename(target)
        sync_folder(settings.snapshots_dir)
    return find_snapshot(settings, snapshot_id)


def keep_beside(snapshot: Snapshot) -> None:
    """Marks a snapshot that was requested for an instant, so that no later build prunes it; only the command does."""
    (snapshot.folder / _BESIDE).touch()


def make_current(settings: Settings, snapshot: Snapshot) -> None:
    """Moves the pointer to `snapshot` in one atomic step."""
    (snapshot.folder / _BESIDE).unlink(missing_ok=True)
    pointer = settings.snapshots_dir / POINTER
    # One build at a time publishes, so one fixed name is enough; the file of a killed build is overwritten.
    temporary = pointer.with_name(f".{POINTER}.part")
    write_synced(temporary, f"{snapshot.snapshot_id}\n".encode())
    checkpoint("before_pointer_rename")
    temporary.replace(pointer)
    checkpoint("after_pointer_rename")
    sync_folder(settings.snapshots_dir)


def remove_snapshot(settings: Settings, snapshot: Snapshot) -> None:
    """Removes a snapshot that may go; readers that have it open can read on. Call it under `only_one_build`."""
    clear_removed(settings)
    # Renamed first: a removal that is cut short must not leave a part of a snapshot in its place.
    removed = settings.builds_dir / f"{_REMOVED}{snapshot.snapshot_id}"
    snapshot.folder.rename(removed)
    sync_folder(settings.snapshots_dir)
    checkpoint("after_prune_rename")
    shutil.rmtree(removed)


def clear_removed(settings: Settings) -> None:
    """Finishes removals that were cut short. Call it under `only_one_build`."""
    for leftover in settings.builds_dir.glob(f"{_REMOVED}*"):
        shutil.rmtree(leftover)


def _hash_of(manifest: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@contextmanager
def only_one_build(settings: Settings) -> Iterator[None]:
    """Lock: waits until no other process makes or removes snapshots of this home, and keeps others waiting meanwhile.

    Raises InputError where something stands in the way of snapshots or builds.
    """
    refuse(in_the_snapshots(settings))
    with only_one(settings.builds_dir / ".lock"):
        yield


def connect(database: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a file of a snapshot, in UTC.

    Raises InputError for a file that is missing, damaged, of another snapshot than its folder, or the other one of the two files.
    """
    import duckdb

    try:
        connection = engine.connect(database, read_only=True)
    except duckdb.Error as error:
        raise _unreadable(database, str(error).splitlines()[0]) from error
    try:
        why = _another_file(connection, database) if (database.parent / MANIFEST).exists() else None
    except duckdb.Error as error:
        connection.close()
        raise _unreadable(database, str(error).splitlines()[0]) from error
    if why is not None:
        connection.close()
        raise _unreadable(database, why)
    return connection


def _another_file(connection: duckdb.DuckDBPyConnection, database: Path) -> str | None:
    """What the open file is, if it is another than its folder and name say."""
    tables = {name for (name,) in connection.execute("select table_name from duckdb_tables() where table_name like 'ctl%'").fetchall()}
    if "ctl_parameters" not in tables:
        return "it is of no snapshot"
    said = connection.execute("select value from ctl_parameters where name = 'snapshot_id'").fetchone()
    if said is None:
        return None
    if said[0] != database.parent.name:
        return f"it is of snapshot {said[0]}"
    name = DATABASE if "ctl_loads" in tables else PUBLIC_DATABASE  # which loads there were is not public
    return None if name == database.name else f"it is the file that was published as {name}"


def _unreadable(database: Path, why: str) -> InputError:
    return InputError(
        found=f"a warehouse that cannot be read: {why}",
        where=str(database),
        expected="the file that `glassbook build` published",
        remedy=_AGAIN,
    )
