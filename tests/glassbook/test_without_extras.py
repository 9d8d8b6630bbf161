"""Without the extras `orchestration` (Dagster) and `apps` (Streamlit) the commands start and read, and what needs one says which."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from glassbook.settings import Settings
from tests.support import homes

# As if the packages of both extras were not installed.
ABSENT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("streamlit", "dagster_shared", "dagster_pipes") or name.startswith("dagster"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
from glassbook.cli import main
sys.argv[0] = "glassbook"
main()
"""


def run(*arguments: str, home: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command, without the extras, in an empty folder."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(filter(None, sys.path)), "GLASSBOOK_HOME": str(home)}
    command = [sys.executable, "-c", ABSENT, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", sorted(point.name for point in entry_points(group="glassbook.commands")))
def test_every_command_starts(name: str, tmp_path: Path) -> None:
    ran = run(name, "--help", home=tmp_path, folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("Usage: glassbook")


@pytest.mark.parametrize(
    "call",
    [
        "figures --regime cn --as-of 2019-03-31",
        "explain CN-A03 --regime cn --as-of 2019-03-31",
        "verify",
        "calendar",
        "prune",
        "restatements",
        "doctor",
        "quarantine list",
        "filing status",
    ],
)
def test_what_reads_needs_neither(call: str, small_home: Settings, tmp_path: Path) -> None:
    ran = run(*call.split(), home=small_home.home.absolute(), folder=tmp_path)
    assert ran.returncode in (0, 1), ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stdout


def test_the_way_to_a_filing_needs_neither(small_home: Settings, tmp_path: Path) -> None:
    home = homes.copied(small_home, tmp_path / "home").home
    for call in ("ingest", "build", "file cn --period 2019-03 --out package", "publish --out site"):
        ran = run(*call.split(), home=home, folder=tmp_path)
        # 1: the filing is a draft, as the platform breaks rules on purpose.
        assert ran.returncode in (0, 1), f"{call}: {ran.stderr}"
        assert "Traceback" not in ran.stderr
    assert list((tmp_path / "package").glob("*.pdf")) and (tmp_path / "site" / "index.html").is_file()


def test_the_apps_say_what_they_need(small_home: Settings, tmp_path: Path) -> None:
    ran = run("serve", home=small_home.home.absolute(), folder=tmp_path)
    assert ran.returncode == 2
    assert "no Streamlit" in ran.stderr and "pip install 'glassbook[apps]'" in ran.stderr


def test_the_doctor_tells_which_extras_are_there(small_home: Settings, tmp_path: Path) -> None:
    """By what is installed, not by what can be imported."""
    ran = run("doctor", home=small_home.home.absolute(), folder=tmp_path)
    assert "with apps, orchestration" in ran.stdout
