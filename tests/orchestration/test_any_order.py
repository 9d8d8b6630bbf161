"""For any commands on a home, in any order: the same loads give the same figures, and no command ends in a traceback."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from glassbook.cli import glassbook
from glassbook.errors import GlassbookError
from glassbook.settings import Settings
from glassbook.snapshots import current_snapshot
from reports.figures.reading import read_figures
from reports.filing.declare.regime import load_regime
from tests.support import homes
from tests.support.changes import a_payment, a_reversal, small_platform

DAYS = (date(2019, 3, 31), date(2019, 6, 28))


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One platform three times, each a few changes further."""
    folder = tmp_path_factory.mktemp("sources")
    p, loans = small_platform()
    p.add("fees", **(p.rows("fees")[0] | {"fee_id": 900, "fee_kind": "never heard of"}))
    found = [p.write(folder / "one")]
    for number, change in enumerate((a_payment, a_reversal)):
        change(p, loans)
        found.append(p.write(folder / f"later-{number}"))
    return found


def figures(settings: Settings) -> Any:
    snapshot = current_snapshot(settings)
    return [figure.record() for day in DAYS for figure in read_figures(snapshot, load_regime("cn"), day).figures]


def run(*arguments: str) -> int:
    result = CliRunner().invoke(glassbook, arguments)
    assert result.exception is None or isinstance(result.exception, GlassbookError | SystemExit), (arguments, result.exception)
    return int(result.exit_code)


@pytest.fixture(scope="module")
def expected(sources: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The figures of a home that nothing but the last source was loaded into."""
    settings = homes.home(tmp_path_factory.mktemp("calm"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSBOOK_HOME", str(settings.home))
        assert run("ingest", "--source", str(sources[-1])) == run("build") == 0
    return figures(settings)


def drawn(seed: int, sources: list[Path], out: Path) -> Iterator[tuple[str, ...]]:
    """Commands in a random order, so that a seed gives the same ones again."""
    draw = random.Random(seed)
    numbers = iter(range(1000))
    choices = [
        lambda: ("ingest", "--source", str(draw.choice(sources))),
        lambda: ("ingest", "--all", "--source", str(draw.choice(sources))),
        lambda: ("build", *draw.choice([(), ("--full",)])),
        lambda: ("quarantine", draw.choice(["accept", "release"]), "--table", "fees", "--by", "Li Na", "--reason", "a trial"),
        lambda: ("publish", "--out", str(out / "site")),
        lambda: ("file", "cn", "--period", "2019-05", "--out", str(out / f"package-{next(numbers)}")),
        lambda: ("prune", "--yes"),
        lambda: ("repair",),
        lambda: ("doctor", "--deep"),
        lambda: ("filing", "open", "cn-2019-05"),
        lambda: ("filing", "check", "cn-2019-05"),
        lambda: ("verify",),
        lambda: ("quarantine", "list"),
    ]
    for _ in range(14):
        yield draw.choice(choices)()


@pytest.mark.parametrize("seed", range(2))
def test_the_same_was_loaded_the_same_is_said(
    seed: int, sources: list[Path], expected: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = homes.home(tmp_path / "home")
    monkeypatch.setenv("GLASSBOOK_HOME", str(settings.home))
    monkeypatch.setenv("GLASSBOOK_MEMORY_LIMIT", "1GB")
    for command in drawn(seed, sources, tmp_path):
        run(*command)
    assert run("ingest", "--source", str(sources[-1])) == run("build") == 0
    assert figures(settings) == expected
    assert run("verify") == run("doctor", "--deep") == 0
