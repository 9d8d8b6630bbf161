"""Snapshots: a reader is never disturbed, and the public file holds what the allow-list names and nothing that identifies a person."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from glassbook import snapshots
from glassbook.errors import InputError
from glassbook.settings import Settings
from glassbook.snapshots import (
    DATABASE,
    MANIFEST,
    PUBLIC_DATABASE,
    Snapshot,
    all_snapshots,
    connect,
    current_snapshot,
    find_snapshot,
    has_snapshot,
    install,
    make_current,
    write_manifest,
)
from ingestion.contract import load_contract
from tests.support import homes
from warehouse.publication import public_columns


def publish(settings: Settings, name: str, known_at: str = "2020-01-01T00:00:00+00:00") -> Snapshot:
    """A snapshot with one table whose one row says its name; is current afterwards."""
    folder = settings.builds_dir / "working"
    folder.mkdir(parents=True)
    for file in (DATABASE, PUBLIC_DATABASE):
        with duckdb.connect(str(folder / file)) as connection:
            connection.execute("create table named as select ? as name", [name])
            connection.execute("create table ctl_parameters (name varchar, value varchar)")
    write_manifest(folder, {"snapshot_id": name, "known_at": known_at, "as_of": "2019-12-31"})
    snapshot = install(settings, folder, name)
    make_current(settings, snapshot)
    return snapshot


def name_in(connection: duckdb.DuckDBPyConnection) -> Any:
    row = connection.execute("select name from named").fetchone()
    assert row is not None
    return row[0]


def test_a_reader_that_is_open_during_the_swap_goes_on(tmp_path: Path) -> None:
    settings = homes.home(tmp_path)
    publish(settings, "one")
    with connect(current_snapshot(settings).database) as reader:
        publish(settings, "two")
        assert name_in(reader) == "one"
        with connect(current_snapshot(settings).database) as next_reader:
            assert (name_in(reader), name_in(next_reader)) == ("one", "two")
        shutil.rmtree(find_snapshot(settings, "one").folder)
        assert name_in(reader) == "one"


def test_a_snapshot_cannot_be_written_to(tmp_path: Path) -> None:
    snapshot = publish(homes.home(tmp_path), "one")
    with connect(snapshot.database) as connection, pytest.raises(duckdb.InvalidInputException, match="read-only"):
        connection.execute("create table another (a integer)")
    assert {path.stat().st_mode & 0o222 for path in (snapshot.database, snapshot.public_database)} == {0}


def test_a_snapshot_is_on_the_disk_whole_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build does not wait for the disk: after a loss of power the pointer would name a file of which parts are missing."""
    settings, steps = homes.home(tmp_path), list[tuple[str, bool]]()

    def note(path: Path) -> None:
        steps.append((path.name, (settings.snapshots_dir / "one").exists()))

    monkeypatch.setattr(snapshots, "sync_file", note)
    monkeypatch.setattr(snapshots, "sync_folder", note)
    publish(settings, "one")
    before = [(name, False) for name in (DATABASE, PUBLIC_DATABASE, MANIFEST, "working")]
    assert steps[:5] == [*before, (settings.snapshots_dir.name, True)]


def test_a_snapshot_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    settings = homes.home(tmp_path)
    before = publish(settings, "one").database.stat().st_ino
    assert publish(settings, "one").database.stat().st_ino == before


def test_nothing_published_says_what_to_do(tmp_path: Path) -> None:
    settings = homes.home(tmp_path)
    assert not has_snapshot(settings) and all_snapshots(settings) == []
    with pytest.raises(InputError, match="glassbook build"):
        current_snapshot(settings)
    with pytest.raises(InputError, match="no snapshot nine"):
        find_snapshot(settings, "nine")


def test_snapshots_are_listed_oldest_knowledge_first(tmp_path: Path) -> None:
    settings = homes.home(tmp_path)
    publish(settings, "a", "2020-03-01T00:00:00+00:00")
    publish(settings, "b", "2020-02-01T00:00:00+00:00")
    (settings.snapshots_dir / "half").mkdir()
    assert [s.snapshot_id for s in all_snapshots(settings)] == ["b", "a"]
    assert current_snapshot(settings).as_of == date(2019, 12, 31)
    assert (current_snapshot(settings).folder / MANIFEST).is_file()


def test_the_public_file_holds_the_allow_list_and_nothing_else(small_snapshot: Snapshot) -> None:
    allowed = public_columns()
    with connect(small_snapshot.public_database) as connection:
        rows = connection.execute(
            "select table_name, column_name from duckdb_columns() where not internal order by column_index"
        ).fetchall()
        views = connection.execute("select view_name from duckdb_views() where not internal").fetchall()
        macros = connection.execute(
            "select function_name from duckdb_functions() where function_type like '%macro' and not internal"
        ).fetchall()
        parameters = {row[0] for row in connection.execute("select name from ctl_parameters").fetchall()}
    held: dict[str, list[str]] = {}
    for table, column in rows:
        held.setdefault(table, []).append(column)
    assert held == {name: rule["columns"] for name, rule in allowed.items()}
    assert views == macros == []
    assert parameters <= {"as_of_on", "known_at", "timezone", "platform_name", "currency", "snapshot_id"}


def test_the_public_file_names_nobody(small_snapshot: Snapshot) -> None:
    personal = {column.name for table in load_contract().tables.values() for column in table.columns if column.pii}
    # A project is disclosed under its own number, which identifies neither borrower nor lender.
    identifying = {key for table in load_contract().tables.values() for key in table.key if key.endswith("_id")} - {"loan_id"}
    with connect(small_snapshot.public_database) as connection:
        columns = {row[0] for row in connection.execute("select column_name from duckdb_columns() where not internal").fetchall()}
    assert len(personal) > 3
    assert columns & (personal | identifying) == set()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"as_of": 7, "known_at": "2020"}', b"\xff"])
def test_a_manifest_that_cannot_be_read_is_named_with_its_fix(tmp_path: Path, content: bytes) -> None:
    settings = homes.home(tmp_path)
    manifest = publish(settings, "one").folder / MANIFEST
    manifest.write_bytes(content)
    for read in (current_snapshot, all_snapshots):
        with pytest.raises(InputError, match="found a manifest that cannot be read"):
            read(settings)


def test_a_file_of_another_kind_is_named(small_snapshot: Snapshot, tmp_path: Path) -> None:
    """Both files hold the snapshot's name and some tables of the same name: a reader would miss a table, or the public read too much."""
    folder = tmp_path / small_snapshot.snapshot_id
    shutil.copytree(small_snapshot.folder, folder)
    given = {name: folder / name for name in (DATABASE, PUBLIC_DATABASE)}
    for place in given.values():
        connect(place).close()
    given[DATABASE].rename(folder / "between")
    given[PUBLIC_DATABASE].rename(given[DATABASE])
    (folder / "between").rename(given[PUBLIC_DATABASE])
    for name, other in ((DATABASE, PUBLIC_DATABASE), (PUBLIC_DATABASE, DATABASE)):
        with pytest.raises(InputError, match=f"it is the file that was published as {other}.*glassbook build") as caught:
            connect(given[name])
        assert caught.value.where == str(given[name])
    given[DATABASE].unlink()
    duckdb.connect(str(given[DATABASE])).close()
    with pytest.raises(InputError, match="it is of no snapshot"):
        connect(given[DATABASE])
