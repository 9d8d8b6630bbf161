"""The commands, one after another, on a small platform, as a person types them: from its records to a filing that can be verified."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from simulator import simulate
from tests.support import homes
from tests.support.parsed_once import give_parsed
from tests.support.platform import Platform

FIRST_END, SECOND_END = date(2018, 12, 20), date(2019, 1, 3)
FIRST_LOAD, SECOND_LOAD = homes.morning_after(FIRST_END), homes.morning_after(SECOND_END)
PERIOD = "2018-12"


@dataclass(frozen=True)
class Desk:
    """A place where commands are typed: a home and a clock."""

    folder: Path

    @classmethod
    def with_parsed_models(cls, folder: Path) -> Desk:
        """In its home no command needs to parse the models."""
        give_parsed(homes.home(folder / "home"))
        return cls(folder)

    def run(self, *arguments: str, clock: datetime = SECOND_LOAD) -> subprocess.CompletedProcess[str]:
        """One command in a separate process."""
        code = "import sys; from glassbook.cli import main; sys.argv[0] = 'glassbook'; main()"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GLASSBOOK_")}
        given = {"GLASSBOOK_HOME": str(self.folder / "home"), "GLASSBOOK_CLOCK_NOW": clock.isoformat()}
        return subprocess.run(
            [sys.executable, "-c", code, *arguments], cwd=self.folder, env=kept | given, capture_output=True, text=True, check=False
        )

    def done(self, *arguments: str, clock: datetime = SECOND_LOAD) -> str:
        """What a command that must succeed writes."""
        process = self.run(*arguments, clock=clock)
        assert process.returncode == 0, process.stderr
        return process.stdout


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The platform's records on two days."""
    place = tmp_path_factory.mktemp("sources")
    for name, end in (("first", FIRST_END), ("second", SECOND_END)):
        simulate(place / name, 200, 9, homes.START, end, False)
    return place / "first", place / "second"


@pytest.fixture(scope="module")
def desk(sources: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Loaded and built on two days, filed and published after the second."""
    desk = Desk.with_parsed_models(tmp_path_factory.mktemp("desk"))
    assert "load 1: " in desk.done("ingest", "--source", str(sources[0]), clock=FIRST_LOAD)
    assert "as of 2018-12-20" in desk.done("build", clock=FIRST_LOAD)
    assert "load 2: " in desk.done("ingest", "--source", str(sources[1]))
    assert "as of 2019-01-03" in desk.done("build")
    # Without a profile its form is empty, and the filing a draft.
    shutil.copytree(sources[1] / "profile", desk.folder / "home" / "profile")
    assert "package" in desk.done("file", "cn", "--period", PERIOD, "--out", "package")
    desk.done("publish", "--out", "site")
    return desk


def test_the_package_has_every_document(desk: Desk) -> None:
    package = contents(desk.folder / "package")
    named = {"filing.json", "figures.csv", "figures.json", "checks.json", "controls.json", "lineage.json", "SEAL"}
    assert named < set(package)
    forms = Counter(Path(name).suffix for name in set(package) - named)
    assert forms == {".csv": 7, ".parquet": 1, ".pdf": 1, ".xlsx": 1, ".xml": 1, ".xsd": 1, ".yml": 1}
    head, figures = json.loads(package["filing.json"]), json.loads(package["figures.json"])
    assert (head["period"], head["as_of"], head["status"]) == (PERIOD, "2018-12-31", "validated")
    assert len(figures["figures"]) == 41
    assert json.loads(package["controls.json"])["holds"]
    with zipfile.ZipFile(desk.folder / "package.zip") as archive:
        assert {Path(name).name: archive.read(name) for name in archive.namelist() if not name.endswith("/")} == package


def test_the_package_is_intact(desk: Desk) -> None:
    for name in ("package", "package.zip"):
        assert desk.done("verify", name).startswith("intact: ")


def test_verify_finds_every_kind_of_change(desk: Desk, tmp_path: Path) -> None:
    from reports.verifying.package import verify_package

    original = contents(desk.folder / "package")
    for name, content in original.items():
        for position in (0, len(content) // 2, len(content) - 1):
            package = tmp_path / "changed"
            shutil.copytree(desk.folder / "package", package)
            (package / name).write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
            assert not verify_package(package).is_intact, f"byte {position} of {name}"
            shutil.rmtree(package)
        shutil.copytree(desk.folder / "package", package)
        (package / name).unlink()
        assert not verify_package(package).is_intact, f"{name} missing"
        shutil.rmtree(package)
    shutil.copytree(desk.folder / "package", package)
    (package / ".hidden").touch()
    assert not verify_package(package).is_intact


def test_verify_ends_with_one_and_names_the_file(desk: Desk, tmp_path: Path) -> None:
    shutil.copytree(desk.folder / "package", tmp_path / "package")
    (tmp_path / "package" / "figures.csv").write_bytes(b"code\n")
    process = desk.run("verify", str(tmp_path / "package"))
    assert process.returncode == 1
    assert "figures.csv" in process.stdout


def test_the_same_data_gives_the_same_bytes_elsewhere(desk: Desk, sources: tuple[Path, Path], tmp_path: Path) -> None:
    other = Desk.with_parsed_models(tmp_path)
    other.done("ingest", "--source", str(sources[0]), clock=FIRST_LOAD)
    other.done("ingest", "--source", str(sources[1]))
    # Built once and whole, where the other was built twice.
    other.done("build", "--full")
    shutil.copytree(sources[1] / "profile", tmp_path / "home" / "profile")
    other.done("file", "cn", "--period", PERIOD, "--out", "package", clock=datetime(2020, 5, 5, tzinfo=UTC))
    other.done("publish", "--out", "site")
    other.done("publish", "--out", "later", clock=datetime(2020, 5, 5, tzinfo=UTC))
    assert contents(tmp_path / "package") == contents(desk.folder / "package")
    assert (tmp_path / "package.zip").read_bytes() == (desk.folder / "package.zip").read_bytes()
    site, later = contents(tmp_path / "site"), contents(tmp_path / "later")
    assert site == contents(desk.folder / "site") and site.keys() == later.keys()
    # Only the first pages say how old the data are and what is due.
    assert {name for name in site if site[name] != later[name]} == {"zh/index.html", "en/index.html", "publication.json"}


def test_filing_again_changes_nothing(desk: Desk) -> None:
    before = contents(desk.folder / "package")
    desk.done("file", "cn", "--period", PERIOD, "--out", "package")
    assert contents(desk.folder / "package") == before


def test_loading_and_building_again_change_nothing(desk: Desk, sources: tuple[Path, Path]) -> None:
    before = contents(desk.folder / "home" / "lake")
    again = desk.done("ingest", "--source", str(sources[1]), clock=datetime(2020, 5, 5, tzinfo=UTC))
    assert again.startswith("nothing new since load 2; ")
    after = contents(desk.folder / "home" / "lake")
    # A record beside the log says that the source was read.
    assert after.pop("_loads/nothing_new.jsonl").count(b"\n") == 1
    assert after == before


def test_the_site_shows_the_month_and_its_snapshot(desk: Desk) -> None:
    site = desk.folder / "site"
    page = (site / "zh" / "index.html").read_text(encoding="utf-8")
    figures = json.loads((desk.folder / "package" / "figures.json").read_text(encoding="utf-8"))
    assert figures["snapshot"] in page and "2018年12月" in page
    assert "December 2018" in (site / "en" / "months" / "2018-12.html").read_text(encoding="utf-8")
    [document] = site.glob("cn-figures-2018-12-*.json")
    assert document.read_bytes() == (desk.folder / "package" / "figures.json").read_bytes()


def test_figures_as_known_at_an_instant(desk: Desk) -> None:
    def figures(*more: str) -> dict[str, object]:
        document: dict[str, object] = json.loads(desk.done("figures", "--regime", "cn", "--as-of", "2018-12-20", *more))
        return document

    early, late = figures("--known-at", FIRST_LOAD.isoformat()), figures("--known-at", SECOND_LOAD.isoformat())
    assert late == figures()
    assert early["snapshot"] != late["snapshot"]
    assert early["known_at"] == FIRST_LOAD.isoformat()
    assert {"regime", "as_of", "known_at", "snapshot", "figures"} == set(early)


def test_what_was_not_known_yet_is_refused_with_the_way_to_it(desk: Desk) -> None:
    process = desk.run("figures", "--regime", "cn", "--known-at", "2018-01-01T00:00:00Z")
    assert process.returncode == 2
    assert "glassbook build --known-at" in process.stderr


def test_figures_of_a_month_end_are_those_of_the_filing(desk: Desk) -> None:
    filed = json.loads((desk.folder / "package" / "figures.json").read_text(encoding="utf-8"))
    assert json.loads(desk.done("figures", "--regime", "cn", "--as-of", "2018-12-31")) == filed


def test_open_edits_make_a_draft_and_end_with_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    platform = Platform()
    platform.loan("5000.00", lenders={platform.user(): "4000.00"}, disbursed_at="2018-12-10 10:00")
    platform.complaint("2019-01-03 10:00")
    # `desk` types the commands for this; here only what follows them matters.
    homes.built_by_hand(platform, tmp_path, SECOND_LOAD)
    process = desk.run("file", "cn", "--period", PERIOD, "--out", "package")
    assert process.returncode == 1, process.stderr
    assert "DRAFT" in process.stdout
    assert json.loads((tmp_path / "package" / "filing.json").read_text(encoding="utf-8"))["status"] == "draft"
    assert desk.run("verify", "package").returncode == 0
