"""The name of a snapshot covers all that decides its rows, and nothing that only reads them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib import metadata, resources
from pathlib import Path

import pytest

from glassbook.settings import Settings
from warehouse import identity
from warehouse.preparation import build_parameters, known_loads


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of our packages, which a test may change; versions are read from it."""
    for package in (*identity.PACKAGES, "simulator", "reports", "dashboards", "orchestration"):
        shutil.copytree(
            str(resources.files(package)), tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "target", "*.otf", "*.ttf")
        )
    monkeypatch.setattr(identity.resources, "files", lambda package: tmp_path / package)
    identity.code_version.cache_clear()
    yield tmp_path
    identity.code_version.cache_clear()


def version(*, with_seeds: bool = True) -> str:
    identity.code_version.cache_clear()
    return identity.code_version(with_seeds=with_seeds)


@pytest.mark.parametrize(
    "file",
    [
        "warehouse/build.py",
        "warehouse/engines/duckdb/functions.py",
        "glassbook/calendar.py",
        "glassbook/catalogue/checks.yml",
        "ingestion/contract.yml",
        "glassbook/lake/loads.py",
        "dbt_project/models/ledger/ldg_loans.sql",
        "dbt_project/macros/exact.sql",
        "dbt_project/dbt_project.yml",
    ],
)
def test_a_change_of_what_builds_is_another_version(code: Path, file: str) -> None:
    before, without_seeds = version(), version(with_seeds=False)
    with (code / file).open("a", encoding="utf-8") as handle:
        handle.write("\n")
    assert version() != before
    assert version(with_seeds=False) != without_seeds


@pytest.mark.parametrize("file", ["dashboards/app.py", "reports/site/publishing.py", "orchestration/definitions.py", "simulator/run.py"])
def test_a_change_of_an_app_or_a_page_is_none(code: Path, file: str) -> None:
    before = version()
    assert (code / file).is_file()
    with (code / file).open("a", encoding="utf-8") as handle:
        handle.write("\n")
    assert version() == before


def test_a_change_of_a_dated_row_is_one_of_the_law_and_not_of_the_code(code: Path) -> None:
    before, without_seeds = version(), version(with_seeds=False)
    with (code / "dbt_project/seeds/cn_limits.csv").open("a", encoding="utf-8") as handle:
        handle.write("another,1.00,2030-01-01,a test\n")
    assert version() != before
    assert version(with_seeds=False) == without_seeds


def test_a_file_that_is_renamed_is_a_change(code: Path) -> None:
    before = version()
    (code / "warehouse/checks.py").rename(code / "warehouse/checking.py")
    assert version() != before


@pytest.mark.parametrize("library", ["duckdb", "dbt-core", "dbt-duckdb", "ada-url", "publicsuffixlist"])
def test_another_engine_is_another_name(small_home: Settings, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    before = _name(small_home)
    real = metadata.version
    monkeypatch.setattr(identity.metadata, "version", lambda name: "99.0" if name == library else real(name))
    identity.engine_version.cache_clear()
    assert _name(small_home) != before
    monkeypatch.undo()
    identity.engine_version.cache_clear()
    assert _name(small_home) == before


def test_another_option_of_the_engine_is_another_name(small_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _name(small_home)
    monkeypatch.setitem(identity.ROW_OPTIONS, "disabled_optimizers", "")
    identity.engine_version.cache_clear()
    assert _name(small_home) != before
    monkeypatch.undo()
    identity.engine_version.cache_clear()
    # What a machine has of memory and cores decides no row.
    assert _name(small_home.model_copy(update={"threads": 7, "memory_limit": "9GB"})) == before


def _name(settings: Settings) -> str:
    loads = known_loads(settings)
    return identity.snapshot_id(build_parameters(settings, loads), [[load.load_seq, load.load_id] for load in loads])
