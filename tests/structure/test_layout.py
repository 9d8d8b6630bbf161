"""The top folders are those of docs/architecture.md, each package has import rules, and files stay small enough to read."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {
    *("glassbook", "ingestion", "simulator", "dbt_project", "warehouse", "reports", "dashboards", "orchestration"),
    *("benchmarks", "docs", "deploy", "tests"),
}
# Made by runs in the checkout; none of it is kept.
MADE = {"glassbook-home", "logs", "filings", "site", "__pycache__"}
PACKAGES = {"glassbook", "ingestion", "simulator", "warehouse", "reports", "dashboards", "orchestration"}
LONGEST = {".py": 300, ".sql": 200}
# A single file, as promised: a recipient gets it alone, and reads it before running it.
MAY_BE_LONGER = {"reports/verifying/stand_alone/verify_filing.py": 395}
VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "stuff", "tools"}


def _files(*suffixes: str) -> list[Path]:
    return [p for name in sorted(FOLDERS) for p in (ROOT / name).rglob("*") if p.suffix in suffixes and "target" not in p.parts]


def test_top_folders_are_those_of_the_design() -> None:
    found = {p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith(".")} - MADE
    assert found == FOLDERS


@pytest.mark.parametrize("suffix", sorted(LONGEST))
def test_no_file_is_too_long(suffix: str) -> None:
    lengths = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in _files(suffix)}
    assert {name: length for name, length in lengths.items() if length > MAY_BE_LONGER.get(name, LONGEST[suffix])} == {}


def test_no_module_is_named_for_nothing() -> None:
    assert [str(p.relative_to(ROOT)) for p in _files(".py", ".sql") if p.stem in VAGUE or p.parent.name in VAGUE] == []


def test_every_module_says_what_belongs_in_it() -> None:
    silent = []
    for path in _files(".py"):
        text = path.read_text(encoding="utf-8").lstrip()
        if text and not text.startswith(('"""', 'r"""')):
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []


def test_import_rules_cover_every_package() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert set(rules["root_packages"]) == PACKAGES
    named = {name for contract in rules["contracts"] for key in ("layers", "source_modules") for name in contract.get(key, [])}
    assert named >= PACKAGES
    # For the largest package also its rooms, each with its place.
    rooms = {f"reports.{path.stem}" for path in (ROOT / "reports").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    rooms |= {f"reports.filing.{path.name}" for path in (ROOT / "reports" / "filing").iterdir() if (path / "__init__.py").is_file()}
    placed = {part.strip() for name in named for part in name.split("|")}
    assert rooms - placed <= {"reports.__init__", "reports.filing"}


def test_import_rules_hold() -> None:
    linter = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    found = subprocess.run([sys.executable, "-c", linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_only_the_settings_read_the_environment() -> None:
    """Except for the test driver and the packages' entry points, no module of ours reads the environment."""
    asking = [
        str(p.relative_to(ROOT))
        for p in _files(".py")
        if p.relative_to(ROOT).parts[0] in PACKAGES and ("os.environ" in (text := p.read_text(encoding="utf-8")) or "os.getenv" in text)
    ]
    assert asking == []
