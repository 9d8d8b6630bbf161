"""The remedy of a message works: the test makes the state, follows the words, and the command succeeds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from glassbook.cli import glassbook
from glassbook.errors import GlassbookError
from glassbook.snapshots import MANIFEST, current_snapshot
from ingestion.loading.load import ingest
from tests.support import homes
from tests.support.changes import a_payment, small_platform
from tests.support.damaged_homes import (
    LOADED,
    Home,
    a_load_of_2099_that_was_corrected,
    a_load_that_waits,
    another_entry,
    emptied,
    folder_with_a_note,
    in_snapshot,
    link_to_nothing,
    of_another_kind,
    of_the_load_before,
    only_the_newest,
    pointer,
    put_in_the_way,
    with_another_public_figure,
    with_another_reading,
    with_the_files_swapped,
    without_entry,
    without_second_place,
    without_snapshot,
)
from tests.support.spoken import named_in, spoken
from warehouse.build import run_build

FIGURES = ("figures", "--regime", "cn", "--as-of", "2019-06-28")
# Commands that change a home, and are named as a remedy.
HEALING = ("build", "ingest", "repair", "correct-clock")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("built")
    settings, (p, loans) = homes.home(folder / "home"), small_platform()
    ingest(homes.at(settings, LOADED), p.write(folder / "first"))
    run_build(settings)
    a_payment(p, loans)
    source = p.write(folder / "source")
    ingest(homes.at(settings, LOADED + timedelta(days=1)), source)
    run_build(settings)
    return Home(settings, source)


@pytest.fixture
def home(built: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A copy that a test may damage, and the home of the commands."""
    settings = homes.copied(built.settings, tmp_path / "home")
    for path in settings.snapshots_dir.rglob("*.duckdb"):
        path.chmod(0o644)
    monkeypatch.setenv("GLASSBOOK_HOME", str(settings.home))
    monkeypatch.setenv("GLASSBOOK_MEMORY_LIMIT", "1GB")
    monkeypatch.chdir(tmp_path)
    yield Home(settings, built.source)
    shutil.rmtree(settings.home, ignore_errors=True)


def run(*arguments: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(glassbook, arguments)


def words_of(result: Result) -> str:
    """Everything that it said, errors too."""
    error = result.exception
    said = " ".join((error.found, error.where, error.remedy)) if hasattr(error, "remedy") else str(error or "")
    assert error is None or isinstance(error, GlassbookError | SystemExit), repr(error)
    return f"{result.output}\n{said}"


@dataclass(frozen=True)
class Case:
    """How a state comes about, the command that meets it, and a part of the text of the code that is then said."""

    name: str
    bring_about: Callable[[Home], None]
    command: tuple[str, ...]
    says: str


AGAIN = "it sets a damaged snapshot aside, and the lake makes it again"
KNOWN_AT = ("--known-at", (LOADED + timedelta(hours=1)).isoformat())
CASES = [
    Case("an empty home, read", emptied, FIGURES, "Run `glassbook ingest --source FOLDER` and `glassbook build`"),
    Case("an empty home, built", emptied, ("build",), "Run `glassbook ingest --source FOLDER` first."),
    Case("no pointer", pointer(None), FIGURES, "Run `glassbook ingest --source FOLDER` and `glassbook build`"),
    Case("no pointer, looked at", pointer(None), ("doctor",), "it finds the newest snapshot, or makes it, and names it"),
    Case("a pointer of other signs", pointer(b"\xff\xfe"), FIGURES, "Run `glassbook ingest --source FOLDER` and `glassbook build`"),
    Case("a pointer to nothing", pointer(b"2019-06-30-0123456789ab\n"), FIGURES, "Run `glassbook build`, or set GLASSBOOK_HOME"),
    Case("an empty pointer", pointer(b""), FIGURES, "Run `glassbook build`, or set GLASSBOOK_HOME"),
    Case("no snapshot in force", without_snapshot, FIGURES, "Run `glassbook build`, or set GLASSBOOK_HOME"),
    Case("no manifest", in_snapshot(MANIFEST, None), FIGURES, "Run `glassbook build`, or set GLASSBOOK_HOME"),
    Case("a mangled manifest", in_snapshot(MANIFEST, b"{"), FIGURES, AGAIN),
    Case("no warehouse", in_snapshot("glassbook.duckdb", None), FIGURES, AGAIN),
    Case("a warehouse cut off", in_snapshot("glassbook.duckdb", b"DUCK"), FIGURES, AGAIN),
    Case("another snapshot's warehouse", of_the_load_before, FIGURES, AGAIN),
    Case("the two files swapped", with_the_files_swapped, FIGURES, AGAIN),
    Case("a changed figure, published", with_another_public_figure, ("publish", "--out", "site"), "for an earlier snapshot: " + AGAIN),
    Case("no public file", in_snapshot("public.duckdb", None), ("doctor",), "it sets the damaged snapshot aside"),
    Case("an entry lost", without_entry, ("build",), "`glassbook repair` puts it back"),
    Case("an entry changed", another_entry, ("build",), "`glassbook repair` puts it back"),
    Case("an entry changed, looked at", another_entry, ("doctor",), "Run `glassbook repair`: it puts back what the home can prove"),
    Case("the second place lost", without_second_place, ("build",), "`glassbook repair` puts it back"),
    Case("no snapshot of an instant", only_the_newest, (*FIGURES, *KNOWN_AT), "Run `glassbook build --known-at {}` first."),
]
NOTES = [
    Case("a load that waits", a_load_that_waits, FIGURES, "run `glassbook build`"),
    Case("a load that waits, looked at", a_load_of_2099_that_was_corrected, ("doctor",), "Run `glassbook build`."),
    Case("settings changed, looked at", with_another_reading, ("doctor",), "Run `glassbook build`, or set them back"),
]
LOG = ("lake/_loads", "log", "log/loads.jsonl", "log/loads.head")
SNAPSHOTS = ("snapshots", "snapshots/CURRENT", "snapshots/{current}")
PUT_BACK = "then run `glassbook repair`, which puts it back from the other place of the log"
MADE_AGAIN = "then run `glassbook build`, which makes it again"


# Said where no state of a home is told of, where the state is brought about elsewhere, or in words that end with somebody's doing.
ELSEWHERE = {
    "next: glassbook build": "what comes next, when all is well",
    "has gone back": "tests/ingestion/loading/test_incremental_loads.py restores a source and loads with --restored",
    "Run `glassbook ingest` and `glassbook build` once the period is over": "the period has to end",
    "no snapshot: risk events are not known": "the first case, told by the calendar",
    "Run `glassbook ingest --source FOLDER`, or `glassbook demo`.": "the first case, told by doctor",
    "Run `glassbook build`, or `glassbook demo`.": "the third case, told by doctor",
    "The first `glassbook ingest` or `demo` makes it.": "the first case, told by doctor",
    "if the platform is still at work": "new data has to come",
    "Fix what it names, then run `glassbook build`": "tests/reports/test_standing.py; what it names is somebody's to fix",
    "are in no snapshot yet: run `glassbook build`": "tests/reports/filing/test_filing_newer.py",
    "Run `glassbook build` with this version.": "a snapshot of earlier code; tests/reports/test_refuted.py",
    "this snapshot must not be filed: run `glassbook build --full` and compare": "no state of a home: a fault of ours",
    "then `glassbook build --full`": "no state of a home: a fault of ours",
    "makes the current one again, and": "of the snapshot in force, told once more by doctor; any other needs its own instant",
    "Run `glassbook demo`, or `glassbook ingest` and `glassbook build`": "the first case, told by a page",
    "then run `glassbook repair` again": "a backup has to be restored first",
    "`glassbook correct-clock": "tests/ingestion/loading/test_wrong_clock.py",
    "the file that `glassbook build` published": "names what was expected",
    "the manifest that `glassbook build` wrote": "names what was expected",
    "a snapshot made by `glassbook build`": "names what was expected",
}


def follow(home: Home, whole: str, says: str) -> None:
    """Runs what the words of the remedy name, in their order; where they name another way with `or`, the first way."""
    said = "\n".join(line for line in whole.splitlines() if says.split("{}")[0] in line)
    healing = [words for words in named_in(said.split(", or `")[0]) if words[0] in HEALING and "INSTANT" not in words]
    assert healing, f"nothing to follow in: {said}"
    for words in healing:
        filled = [str(home.source) if word == "FOLDER" else word for word in words]
        result = run(*filled)
        assert result.exit_code == 0, words_of(result)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_words_heal(home: Home, case: Case) -> None:
    case.bring_about(home)
    met = run(*case.command)
    said = words_of(met)
    assert met.exit_code != 0 and all(part in said for part in case.says.split("{}")), said
    follow(home, said, case.says)
    healed = run(*case.command)
    assert healed.exit_code == 0, words_of(healed)


@pytest.mark.parametrize("case", NOTES, ids=[case.name for case in NOTES])
def test_what_is_only_noted_goes_with_what_it_names(home: Home, case: Case) -> None:
    case.bring_about(home)
    met = run(*case.command)
    assert met.exit_code == 0 and case.says in words_of(met)
    follow(home, words_of(met), case.says)
    assert case.says not in words_of(run(*case.command))


# Healing by a build costs one, so each place is met with one kind of obstacle; the next test has the others.
@pytest.mark.parametrize(
    ("name", "put", "says"),
    [(name, put, PUT_BACK) for name in LOG for put in (of_another_kind(name), link_to_nothing)]
    + [("snapshots", link_to_nothing, MADE_AGAIN), ("snapshots/CURRENT", folder_with_a_note, MADE_AGAIN)]
    + [("snapshots/{current}", link_to_nothing, MADE_AGAIN)],
)
def test_what_stands_in_the_way_is_moved_away_first(home: Home, name: str, put: Callable[[Path], None], says: str) -> None:
    place = put_in_the_way(home, name, put)
    met = run("doctor")
    said = words_of(met)
    assert met.exit_code == 1 and f"{place}: " in said and says in said, said
    place.rename(home.settings.home / "moved-away")
    follow(home, next(line for line in said.splitlines() if says in line), says)
    healed = run("doctor")
    assert healed.exit_code == 0, words_of(healed)
    assert run(*FIGURES).exit_code == 0


@pytest.mark.parametrize("name", [*LOG, *SNAPSHOTS, "lake", "builds"])
def test_no_command_reads_or_writes_where_something_stands_in_the_way(home: Home, name: str) -> None:
    place = home.settings.home / name.format(current=current_snapshot(home.settings).snapshot_id)
    kept = home.settings.home / "kept"
    for put in (of_another_kind(name), link_to_nothing):
        place.rename(kept)
        put(place)
        was = place.lstat().st_mtime_ns
        of_the_log = name in (*LOG, "lake")
        for command in [("doctor",), ("build",)] + [("ingest", "--source", str(home.source)), ("repair",)] * of_the_log:
            met = run(*command)
            said = words_of(met)
            assert met.exit_code and isinstance(met.exception, GlassbookError), (command, said)
            assert str(place) in said and "Move it away" in said and "Errno" not in said, (command, said)
        if name.startswith("snapshots"):
            assert str(place) in words_of(run(*FIGURES)) and "Move it away" in words_of(run(*FIGURES))
        assert place.lstat().st_mtime_ns == was
        if place.is_symlink() or place.is_file():
            place.unlink()
        else:
            shutil.rmtree(place)
        kept.rename(place)
    assert run("doctor").exit_code == 0


def test_no_such_text_is_left_out() -> None:
    covered = [case.says for case in (*CASES, *NOTES)] + [PUT_BACK, MADE_AGAIN] + list(ELSEWHERE)
    texts = [said for said in spoken() if any(words[0] in HEALING for words in said.commands)]
    assert [f"{said.place}: {said.text}" for said in texts if not any(part in said.text for part in covered)] == []
    stale = [part for part in ELSEWHERE if not any(part in said.text for said in spoken()) and not part.startswith("next:")]
    assert stale == []
