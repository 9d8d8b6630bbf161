"""What the locks hold: packages by version and hash, from no address, and none of those that pyproject.toml leaves out."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock",)


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
    assert len(locked) > 50
    assert [name for name, hashes in locked.items() if not hashes] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    """Where packages come from is said by whoever installs."""
    assert [line for line in (ROOT / lock).read_text(encoding="utf-8").splitlines() if "://" in line or line.startswith("--")] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_packages_that_are_left_out_are_in_no_lock(lock: str) -> None:
    excluded = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"]["exclude-dependencies"]
    assert "dbt-core-experimental-parser" in excluded
    assert set(_locked(lock)) & set(excluded) == set()
