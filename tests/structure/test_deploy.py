"""The image has only locked packages, on a base image named by digest, and nothing in production sends reports."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"


def _steps() -> list[str]:
    """The Dockerfile's instructions, without comments."""
    return [line for line in DOCKERFILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def _packages() -> list[str]:
    """The folders that go into the wheel."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages: list[str] = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    return packages


def test_the_base_is_named_by_digest() -> None:
    """One digest for both stages; a tag alone means another image next month."""
    bases = [step for step in _steps() if step.startswith("FROM ")]
    assert [base.split()[1] for base in bases] == ["${BASE}", "${BASE}"]
    (given,) = [step for step in _steps() if step.startswith("ARG BASE=")]
    assert re.fullmatch(r"ARG BASE=python:3\.\d+-slim-[a-z]+@sha256:[0-9a-f]{64}", given), given


def test_the_image_installs_what_runs_and_the_wheel() -> None:
    last = "\n".join(_steps()).rpartition("FROM ${BASE}\n")[2]
    assert "--require-hashes -r /opt/glassbook/requirements.lock" in last and "wheel/*.whl" in last
    assert "-dev.lock" not in last and "-build.lock" not in last and "-e ." not in last
    for line in last.splitlines():
        assert "pip install" not in line or "--no-deps" in line, "the lock names everything, so that nothing is resolved"


def test_all_that_is_copied_is_there_and_reaches_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [
        name for step in _steps() if step.startswith("COPY ") and "--from" not in step for name in step.split()[1:-1] if name[:2] != "--"
    ]
    assert "requirements.lock" in copied
    assert set(_packages()) < set(copied), "the wheel is made of these"
    for name in copied:
        assert (ROOT / name).exists(), name
        assert f"!{name}" in ignored, name
    assert "*" in ignored, "a home with personal data must not reach the builder, whatever it is called"


@pytest.mark.parametrize(
    "place", ["deploy/Dockerfile", "deploy/systemd/glassbook-daemon.service", "deploy/systemd/glassbook-webserver.service"]
)
def test_whoever_starts_dagster_keeps_its_reports_here(place: str) -> None:
    text = (ROOT / place).read_text(encoding="utf-8")
    assert "DAGSTER_DISABLE_TELEMETRY=yes" in text and "DAGSTER_HOME=" in text


def test_dagsters_instance_reports_nothing_and_asks_for_nothing() -> None:
    instance = yaml.safe_load((ROOT / "dagster.yaml").read_text(encoding="utf-8"))
    assert instance["telemetry"] == {"enabled": False} and instance["nux"] == {"enabled": False}


def test_the_environment_file_holds_no_secret() -> None:
    """It is in the repository for one setting of Dagster's; anything else in it would be published."""
    lines = (ROOT / ".env").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["DAGSTER_DISABLE_TELEMETRY=yes"]


def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    """SQL, YAML, templates and fonts too: the image has nothing else."""
    from zipfile import ZipFile

    from hatchling.builders.wheel import WheelBuilder

    (made,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    listed = subprocess.run(["git", "ls-files", "-z", *_packages()], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    with ZipFile(made) as wheel:
        held = set(wheel.namelist())
    assert set(filter(None, listed.split("\0"))) - held == set()
    assert any(name.endswith("licenses/reports/filing/render/fonts/OFL.txt") for name in held)
    assert not any(name.startswith(("tests/", "benchmarks/")) or "__pycache__" in name or "/target/" in name for name in held)
