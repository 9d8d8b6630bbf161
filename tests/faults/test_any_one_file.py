"""Any one file of a home damaged: the figures are those of the undamaged home, or an error names the file and its remedy repairs it.

Figures are compared, not messages. A file is damaged in one of four ways: a changed bit, another length, missing, or from another home.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from glassbook.engine_errors import in_our_words
from glassbook.errors import GlassbookError
from glassbook.lake.comparison import LakeDamaged
from glassbook.lake.loads import files_of, visible_loads
from glassbook.settings import Settings
from glassbook.snapshots import POINTER, current_snapshot
from ingestion.loading.load import ingest
from ingestion.loading.repair import repair
from reports.doctor.examining import Finding, examine
from reports.figures.reading import read_figures
from reports.filing.acts.acts import open_filing
from reports.filing.declare.regime import load_regime
from tests.support import homes
from tests.support.changes import a_payment, a_reversal, small_platform
from tests.support.platform import Platform
from warehouse.build import run_build

LOADED = datetime(2019, 7, 1, 2, tzinfo=UTC)
DAY = date(2019, 6, 28)


@dataclass(frozen=True)
class World:
    """A home of two loads, two snapshots and a filing, the source of a third load, what figures say before and after it, another such home,
    and a copy of the first to be damaged and repaired."""

    home: Settings
    damaged: Settings
    other: Settings
    source: Path
    before: Any
    after: Any


def figures(settings: Settings) -> Any:
    return [figure.record() for figure in read_figures(current_snapshot(settings), load_regime("cn"), DAY).figures]


def load_and_build(settings: Settings, source: Path, day: int) -> None:
    ingest(homes.at(settings, LOADED + timedelta(days=day)), source)
    run_build(settings)


def a_home(folder: Path, p: Platform, loans: list[int]) -> Settings:
    settings = homes.home(folder / "home")
    p.add("fees", **(p.rows("fees")[0] | {"fee_id": 900, "fee_kind": "never heard of"}))
    load_and_build(settings, p.write(folder / "one"), 0)
    a_payment(p, loans)
    load_and_build(settings, p.write(folder / "two"), 1)
    # For a log of one entry, a lost head cannot be distinguished from one that a kill prevented.
    for filing in ("cn-2019-04", "cn-2019-05"):
        open_filing(settings, filing, "li.na")
    return settings


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    p, loans = small_platform()
    home = a_home(folder, p, loans)
    before = figures(home)
    a_reversal(p, loans)
    third = p.write(folder / "three")
    calm = homes.copied(home, folder / "calm")
    load_and_build(calm, third, 2)
    other, others = small_platform()
    other.repay(others[3], 6, "2019-06-28 10:00", "1000.00", "60.00")
    return World(home, homes.copied(home, folder / "damaged"), a_home(folder / "other", other, others), third, before, figures(calm))


def a_bit(path: Path, other: Path | None) -> None:
    content = bytearray(path.read_bytes())
    at = random.Random(str(path.name)).randrange(len(content) * 8)
    content[at // 8] ^= 1 << at % 8
    path.write_bytes(bytes(content))


def cut_off(path: Path, other: Path | None) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def gone(path: Path, other: Path | None) -> None:
    path.unlink()


def another_homes(path: Path, other: Path | None) -> None:
    if other is None:
        pytest.skip("the other home has no such file")
    shutil.copyfile(other, path)


DAMAGES = (a_bit, cut_off, gone, another_homes)
Damage = Callable[[Path, Path | None], None]


@pytest.fixture
def copy(world: World, tmp_path: Path) -> Iterator[Settings]:
    """A copy of the home, which a test damages."""
    settings = homes.copied(world.home, tmp_path / "home")
    for path in settings.snapshots_dir.rglob("*.duckdb"):
        path.chmod(0o644)
    yield settings
    shutil.rmtree(settings.home)


def damage(world: World, copy: Settings, name: str, how: Damage) -> Path:
    path = copy.home / name
    other = world.other.home / name
    if name.startswith("snapshots/") and name.count("/") == 2:
        # Named by content: the same file of the other home's snapshot of the same rank.
        mine, theirs = (sorted(p for p in s.snapshots_dir.iterdir() if p.is_dir()) for s in (world.home, world.other))
        other = theirs[[p.name for p in mine].index(path.parent.name)] / path.name
    how(path, other if other.is_file() else None)
    return path


def whole(world: World) -> dict[str, str | None]:
    return files_of(visible_loads(world.home))


@pytest.mark.parametrize("how", DAMAGES)
def test_a_file_of_the_lake_is_read_by_nobody_while_it_is_damaged(world: World, copy: Settings, how: Damage) -> None:
    # Each file in one way, and each way at many files: that one is met as the other is.
    for name in sorted(whole(world))[DAMAGES.index(how) :: len(DAMAGES) - 1]:
        path = copy.lake_dir / name
        good = path.read_bytes()
        other = world.other.lake_dir / name
        if how is another_homes and (not other.is_file() or other.read_bytes() == good):
            continue
        how(path, other)
        with pytest.raises(LakeDamaged) as caught:
            run_build(copy, full=True)
        assert str(path) in str(caught.value) and "Restore" in str(caught.value)
        assert figures(copy) == world.before, "what is published stays"
        if "_quarantine" not in name:
            with pytest.raises(LakeDamaged, match=path.name):
                ingest(copy, world.source)
        path.write_bytes(good)
    if how is gone:
        load_and_build(copy, world.source, 2)
        assert figures(copy) == world.after


LOG_FILES = ("lake/_loads/00000001.json", "lake/_loads/00000002.json", "log/loads.jsonl", "log/loads.head")


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", LOG_FILES)
def test_no_file_of_the_load_log_is_missed_in_silence(world: World, copy: Settings, name: str, how: Damage) -> None:
    good = (copy.home / name).read_bytes()
    path = damage(world, copy, name, how)
    with pytest.raises(GlassbookError) as caught:
        ingest(homes.at(copy, LOADED + timedelta(days=2)), world.source)
    assert path.name in str(caught.value)
    assert "glassbook repair" in str(caught.value)
    assert repair(copy) and visible_loads(copy) == visible_loads(world.home)
    assert path.read_bytes() == good and not repair(copy)


def tracked(settings: Settings) -> list[Path]:
    """The files of a home with its content, without locks, what a build makes again, and records of runs."""
    places = (settings.lake_dir, settings.log_dir, settings.snapshots_dir, settings.filings_dir)
    files = sorted(path for place in places for path in place.rglob("*") if path.is_file())
    return [path for path in files if not path.name.endswith((".lock", "nothing_new.jsonl"))]


def replaced_bytes(content: bytes, data: st.DataObject) -> bytes:
    at = data.draw(st.integers(0, len(content) - 1), "place")
    length = data.draw(st.integers(1, min(40, len(content) - at)), "length")
    return content[:at] + data.draw(st.binary(min_size=length, max_size=length), "bytes") + content[at + length :]


def flipped_bit(content: bytes, data: st.DataObject) -> bytes:
    at = data.draw(st.integers(0, len(content) * 8 - 1), "bit")
    return content[: at // 8] + bytes([content[at // 8] ^ 1 << at % 8]) + content[at // 8 + 1 :]


def shortened(content: bytes, data: st.DataObject) -> bytes:
    return content[: data.draw(st.integers(0, len(content) - 1), "length")]


def broken(home: Settings) -> list[Finding]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSBOOK_HOME", str(home.home))
        return [finding for finding in examine(is_deep=True) if finding.state == "broken"]


def test_nothing_is_broken_in_a_home_that_nobody_touched(world: World) -> None:
    assert broken(world.damaged) == [] and figures(world.damaged) == world.before


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_random_damage_of_any_file_is_never_silent(world: World, data: st.DataObject) -> None:
    """The figures are the same, or a reader gets an error; and the doctor, which checks every byte, reports it."""
    home = world.damaged
    path = data.draw(st.sampled_from(tracked(home)), "file")
    how = data.draw(st.sampled_from([flipped_bit, shortened, replaced_bytes, None]), "damage")
    good = path.read_bytes()
    damaged = how(good, data) if how and good else None
    # The pointer's name may end with a line or not.
    assume(damaged != good and not (path.name == POINTER and damaged is not None and damaged.strip() == good.strip()))
    try:
        path.unlink()
        if damaged is not None:
            path.write_bytes(damaged)
        try:
            assert figures(home) == world.before
        except (GlassbookError, duckdb.Error) as error:
            assert isinstance(error, GlassbookError) or in_our_words(error, home.home), error
        found = broken(home)
        assert found and all(finding.fix for finding in found), path
    finally:
        path.write_bytes(good)


# Damage to a snapshot asks for builds, which take their time; tests/orchestration/test_remedies.py has the other ways.
SNAPSHOT_CASES = [
    ("glassbook.duckdb", a_bit), ("glassbook.duckdb", another_homes), ("public.duckdb", cut_off), ("snapshot.json", a_bit),
    ("CURRENT", cut_off), ("CURRENT", gone),
]  # fmt: skip


@pytest.mark.parametrize(("name", "how"), SNAPSHOT_CASES)
def test_a_damaged_snapshot_in_force_is_made_again(world: World, copy: Settings, name: str, how: Damage) -> None:
    current = current_snapshot(copy).snapshot_id
    damage(world, copy, f"snapshots/{name}" if name == "CURRENT" else f"snapshots/{current}/{name}", how)
    try:
        assert figures(copy) == world.before
    except GlassbookError as error:
        assert "Run `glassbook build`" in str(error) or name == "CURRENT"
    run_build(copy)
    assert figures(copy) == world.before


@pytest.mark.parametrize("how", [a_bit])
def test_a_build_never_carries_on_from_a_damaged_snapshot(world: World, copy: Settings, how: Damage) -> None:
    database = current_snapshot(copy).database
    ingest(homes.at(copy, LOADED + timedelta(days=2)), world.source)
    how(database, None)
    run_build(copy)
    assert figures(copy) == world.after


def another_word(path: Path, other: Path | None) -> None:
    """What can still be read, and says something else."""
    content = path.read_bytes()
    assert b"select" in content
    path.write_bytes(content.replace(b"select", b"delete"))


@pytest.mark.parametrize(("how", "damaged"), [(a_bit, "*"), (another_word, "partial_parse.msgpack")])
def test_what_dbt_keeps_of_the_models_decides_nothing_once_damaged(
    world: World, copy: Settings, how: Damage, damaged: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from warehouse import dbt_runner

    kept = sorted(path for path in (copy.builds_dir / "dbt-target").rglob(damaged) if path.is_file())
    assert "partial_parse.msgpack" in {path.name for path in kept}
    for path in kept:
        how(path, None)
    # As in a process that has built nothing yet.
    monkeypatch.setattr(dbt_runner, "_parsed", {})
    load_and_build(copy, world.source, 2)
    assert figures(copy) == world.after
