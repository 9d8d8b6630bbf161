"""A dbt user can run dbt's own commands in `dbt_project/`: with the shipped profile, on the lake of a home, publishing nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from glassbook.disk import only_one
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from tests.support import homes
from tests.support.built import MADE_AT
from warehouse.dbt_runner import PROJECT_DIR
from warehouse.publication import differing_tables

# Written by a build after its models ran, or named for it.
_OF_A_BUILD = {"chk_findings", "chk_outcomes", "chk_refuted_figures", "ctl_lineage", "ctl_parameters"}


@pytest.fixture(scope="module")
def home(small_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with a lake and nothing else."""
    return homes.copied(small_home, tmp_path_factory.mktemp("plain-dbt") / "home", lake_only=True)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt keeps what it parsed, so that the tests leave nothing in the project."""
    return tmp_path_factory.mktemp("target")


def dbt(home: Settings, target: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Runs dbt as a person does: in the project, the home named by the environment."""
    given = os.environ | {"GLASSBOOK_HOME": str(home.home), "GLASSBOOK_CLOCK_NOW": MADE_AT.isoformat()}
    given |= {"DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(target / "logs")}
    program = Path(sys.executable).with_name("dbt")
    return subprocess.run([str(program), *command], cwd=PROJECT_DIR, env=given, capture_output=True, text=True, check=False)


def test_it_refuses_a_home_without_a_load(target: Path, tmp_path: Path) -> None:
    refused = dbt(homes.home(tmp_path / "empty"), target, "build", "--select", "ldg_loans")
    assert refused.returncode != 0
    assert "no load" in refused.stdout and "glassbook ingest" in refused.stdout
    assert "Traceback" not in refused.stdout + refused.stderr


def test_parse_and_ls(home: Settings, target: Path) -> None:
    assert dbt(home, target, "parse").returncode == 0
    listed = dbt(home, target, "--quiet", "ls", "--select", "+rpt_cn_figures", "--output", "name")
    assert listed.returncode == 0, listed.stdout
    assert {"stg_loans", "ldg_loan_states", "rpt_cn_figures_as_of", "rpt_cn_figures", "cn_parameters", "arrivals.loans"} <= {
        line.strip().removeprefix("source:glassbook.") for line in listed.stdout.splitlines()
    }
    assert not (home.builds_dir / "dev.duckdb").exists()


def test_build_makes_what_a_build_publishes(home: Settings, target: Path, small_snapshot: Snapshot) -> None:
    built = dbt(home, target, "build")
    assert built.returncode == 0, built.stdout[-3000:]
    written = sum(path.read_text(encoding="utf-8").count("\n    expect:") for path in (PROJECT_DIR / "models").rglob("*.yml"))
    assert f" {written} unit tests" in built.stdout
    # Again, and everything is computed again: nothing is there twice.
    again = dbt(home, target, "build", "--select", "+rpt_cn_figures", "--exclude-resource-type", "test", "unit_test")
    assert again.returncode == 0, again.stdout[-3000:]
    with connect(home.builds_dir / "dev.duckdb") as connection:
        differing = set(differing_tables(connection, small_snapshot.database))
    assert differing == _OF_A_BUILD
    assert not home.snapshots_dir.exists()


def test_data_tests_and_documents(home: Settings, target: Path) -> None:
    # `dbt build` has run every one; this is the command, on what was built.
    tested = dbt(home, target, "test", "--select", "ldg_loan_states", "rpt_cn_figures")
    assert tested.returncode == 0, tested.stdout[-3000:]
    written = dbt(home, target, "docs", "generate")
    assert written.returncode == 0, written.stdout[-3000:]
    catalog = (target / "catalog.json").read_text(encoding="utf-8")
    assert '"model.glassbook.ldg_loan_states"' in catalog and "model.glassbook.stg_users" in catalog


def test_it_refuses_while_a_build_runs(home: Settings, target: Path) -> None:
    with only_one(home.builds_dir / ".lock"):
        refused = dbt(home, target, "build", "--select", "ldg_loans")
    assert refused.returncode != 0
    assert "a build under way" in refused.stdout and "Wait for it" in refused.stdout
    assert "Traceback" not in refused.stdout + refused.stderr
