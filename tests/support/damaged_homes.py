"""Ways in which a home gets into a state whose message names a remedy. For tests.

Belongs here: bringing the states about. Does not: what is said of them, and whether the remedy works.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from glassbook.lake.log import entry_path
from glassbook.settings import Settings
from glassbook.snapshots import POINTER, current_snapshot
from ingestion.loading.clock_correction import correct_clock
from ingestion.loading.load import ingest
from tests.support import homes
from tests.support.changes import small_platform

LOADED = datetime(2019, 7, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Home:
    """A built home of two loads, of which the first is kept as a snapshot too, with the folder that its source is in."""

    settings: Settings
    source: Path


def with_another_reading(home: Home) -> None:
    """Settings of the working directory, which is the home's parent, that the snapshot was not made with."""
    home.settings.home.with_name("glassbook.toml").write_text("count_promotional = true\n", encoding="utf-8")


def emptied(home: Home) -> None:
    shutil.rmtree(home.settings.home)


def pointer(content: bytes | None) -> Callable[[Home], None]:
    def change(home: Home) -> None:
        path = home.settings.snapshots_dir / POINTER
        path.unlink() if content is None else path.write_bytes(content)

    return change


def in_snapshot(name: str, content: bytes | None) -> Callable[[Home], None]:
    def change(home: Home) -> None:
        path = current_snapshot(home.settings).folder / name
        path.unlink() if content is None else path.write_bytes(content)

    return change


def without_snapshot(home: Home) -> None:
    shutil.rmtree(current_snapshot(home.settings).folder)


def of_the_load_before(home: Home) -> None:
    folder = current_snapshot(home.settings).folder
    other = next(path for path in home.settings.snapshots_dir.iterdir() if path.is_dir() and path != folder)
    shutil.copyfile(other / "glassbook.duckdb", folder / "glassbook.duckdb")


def with_the_files_swapped(home: Home) -> None:
    snapshot = current_snapshot(home.settings)
    between = snapshot.folder / "between"
    snapshot.database.rename(between)
    snapshot.public_database.rename(snapshot.database)
    between.rename(snapshot.public_database)


def with_another_public_figure(home: Home) -> None:
    with duckdb.connect(str(current_snapshot(home.settings).public_database)) as connection:
        connection.execute("update rpt_cn_figures set value = value * 2")


def without_entry(home: Home) -> None:
    entry_path(home.settings, 2).unlink()


def another_entry(home: Home) -> None:
    path = entry_path(home.settings, 1)
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"source": "elsewhere"}))


def without_second_place(home: Home) -> None:
    (home.settings.log_dir / "loads.jsonl").unlink()


def a_load_that_waits(home: Home) -> None:
    p, loans = small_platform()
    p.repay(loans[1], 5, "2019-07-01 10:00", "1000.00", "60.00")
    ingest(homes.at(home.settings, LOADED + timedelta(days=2)), p.write(home.settings.home / "third"))


def a_load_of_2099_that_was_corrected(home: Home) -> None:
    ahead = datetime(2099, 1, 1, tzinfo=UTC)
    p, loans = small_platform()
    p.repay(loans[1], 5, "2019-07-01 10:00", "1000.00", "60.00")
    load = ingest(homes.at(home.settings, ahead), p.write(home.settings.home / "third"))
    assert load.loaded_at == ahead
    correct_clock(home.settings, load.load_seq, LOADED + timedelta(days=2), "Li Na", "the battery was empty")


def only_the_newest(home: Home) -> None:
    newest = current_snapshot(home.settings).snapshot_id
    for folder in home.settings.snapshots_dir.iterdir():
        if folder.is_dir() and folder.name != newest:
            shutil.rmtree(folder)


def folder_with_a_note(place: Path) -> None:
    place.mkdir()
    (place / "note.txt").write_text("somebody's")


def a_file(place: Path) -> None:
    place.write_text("somebody's")


def link_to_nothing(place: Path) -> None:
    place.symlink_to(place.with_name("not-mounted"))


def of_another_kind(place: str) -> Callable[[Path], None]:
    """A folder for a file, and a file for a folder."""
    return folder_with_a_note if place.rpartition("/")[2] in ("CURRENT", "loads.jsonl", "loads.head") else a_file


def put_in_the_way(home: Home, name: str, put: Callable[[Path], None]) -> Path:
    place = home.settings.home / name.format(current=current_snapshot(home.settings).snapshot_id)
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink()
    put(place)
    return place
