"""What `doctor` checks in the snapshots: the one in force, the others that are kept, those set aside. It changes nothing.

Belongs here: checks of what builds published. Does not: the other checks (`examining`), the comparison of files (`glassbook`).
"""

from __future__ import annotations

from pathlib import Path

from glassbook.build_settings import settings_of_build
from glassbook.errors import InputError, printable
from glassbook.in_the_way import in_a_snapshot, in_the_snapshots, refuse
from glassbook.settings import Settings
from glassbook.snapshot_comparison import problem_of
from glassbook.snapshots import DAMAGED, MANIFEST, POINTER, Snapshot, connect, current_snapshot, has_snapshot
from reports.doctor.lake import Seen


def look_at_snapshot(settings: Settings) -> Seen:
    """Whether the snapshot in force can be read, and the settings are those that it was made with."""
    if not has_snapshot(settings):
        if any(settings.snapshots_dir.glob(f"[!.]*/{MANIFEST}")):
            found = f"{settings.snapshots_dir / POINTER}, which names the snapshot in force, is missing"
            return Seen("broken", found, "Run `glassbook build`: it finds the newest snapshot, or makes it, and names it.")
        return Seen("note", "none published yet", "Run `glassbook build`, or `glassbook demo`.")
    snapshot = current_snapshot(settings)
    for database in (snapshot.database, snapshot.public_database):
        problem = _unreadable(database)
        if problem:
            fix = "Run `glassbook build`: it sets the damaged snapshot aside, and the lake makes it again."
            return Seen("broken", problem, fix)
    differing = _other_settings(settings, snapshot)
    if differing:
        found = f"{snapshot.snapshot_id} was made with other settings: {'; '.join(differing)}"
        return Seen("note", found, "Run `glassbook build`, or set them back; until then figures and filings are those of the snapshot.")
    return Seen("ok", f"{snapshot.snapshot_id}, as of {snapshot.as_of}")


def _other_settings(settings: Settings, snapshot: Snapshot) -> list[str]:
    """What a build of today would read differently; a snapshot made before a setting existed does not say it."""
    made_with = snapshot.manifest.get("parameters", {})
    return [
        f"{name} {printable(str(made_with[name]))}, now {printable(str(value))}"
        for name, value in settings_of_build(settings).items()
        if name in made_with and made_with[name] != value
    ]


def look_at_snapshots(settings: Settings, *, is_deep: bool = False) -> Seen:
    """The files of every published snapshot, and the snapshots that were set aside."""
    refuse(in_the_snapshots(settings))
    if not settings.snapshots_dir.is_dir():
        return Seen("ok", "none yet")
    names = sorted(p.name for p in settings.snapshots_dir.iterdir() if p.is_dir() and p.name != DAMAGED and not p.name.startswith("."))
    problems = [problem for name in names if (problem := problem_of(settings, name, is_deep=is_deep))]
    # A link to a disk that is not mounted hides a snapshot that a filing may need; any other file here is nobody's snapshot.
    links = sorted(p for p in settings.snapshots_dir.iterdir() if p.is_symlink() and p.name != POINTER)
    problems += [obstacle.state for link in links if (obstacle := in_a_snapshot(link))]
    if problems:
        fix = (
            "Mount what a link leads to, or restore them from a backup. Of those that this version of the code made, `glassbook build` "
            "makes the current one again, and `glassbook build --known-at INSTANT` any other, by the instant in its manifest."
        )
        return Seen("broken", "; ".join(problems), fix)
    aside = sorted(p.name for p in (settings.snapshots_dir / DAMAGED).glob("*"))
    if aside:
        fix = f"Find out what damaged them, then remove {settings.snapshots_dir / DAMAGED}."
        return Seen("note", f"{len(aside)} damaged and set aside: {', '.join(aside)}", fix)
    compared = "every byte as recorded" if is_deep else "their bytes not compared (`glassbook doctor --deep` does)"
    return Seen("ok", f"{len(names)} kept, {compared}")


def _unreadable(database: Path) -> str | None:
    import duckdb

    try:
        with connect(database) as connection:
            connection.execute("select count(*) from ctl_parameters").fetchone()
    except (duckdb.Error, InputError) as error:
        return f"{database} cannot be read: {str(error).splitlines()[0]}"
    return None
