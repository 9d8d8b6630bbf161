"""A source engine is a folder that says what it is: one that a test adds is loaded from, and no list has to name it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from glassbook.errors import InputError
from ingestion import sources
from ingestion.loading.load import ingest
from ingestion.sources import registry
from ingestion.sources.documentation import COMMAND, PAGE, with_table
from ingestion.sources.opening import open_database, open_source
from tests.support.lake import a_home, a_platform, rows

ROOT = Path(sources.__file__).parent
FOLDERS = sorted(path.name for path in ROOT.iterdir() if any(path.glob("*.py")))

# What anyone would write who adds an engine: its folder, and nothing else.
TOY = {
    "__init__.py": """
from ingestion.sources.source_engine import SourceEngine

def _open(address, encoding):
    from ingestion.sources.toy.source import ToySource

    return ToySource(address)

ENGINE = SourceEngine(
    address="toy://PATH", reads="a toy's tables", opens=_open, opens_tables=_open, dialect="tsql", schemes=("toy", "toys")
)
""",
    "source.py": """
from pathlib import Path

from ingestion.sources.table import SourceTable


class ToySource:
    is_complete, ignored, name = False, [], "the toy"

    def __init__(self, address):
        self.folder = Path(address.partition("://")[2])

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        return None

    def open(self, engine, table, request):
        file = self.folder / f"{table.name}.parquet"
        columns = ", ".join(f"{c.name}::{c.duckdb_type} as {c.name}" for c in table.columns)
        return SourceTable(f"select {columns} from read_parquet('{file}')", [], [], lambda error: error) if file.exists() else None
""",
}


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The engine `toy` in addition to the real ones, for one test."""
    folder = tmp_path / "engines" / "toy"
    folder.mkdir(parents=True)
    for name, text in TOY.items():
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(folder.parent)])
    registry.engines.cache_clear()
    yield
    registry.engines.cache_clear()
    for name in [name for name in sys.modules if name.startswith("ingestion.sources.toy")]:
        del sys.modules[name]


def test_an_engine_that_is_one_folder_is_loaded_from(toy: None, tmp_path: Path) -> None:
    home, platform = a_home(tmp_path / "home"), a_platform().write(tmp_path / "platform")
    load = ingest(home, f"toy://{platform}")
    assert load.source == "the toy" and load.rows_new and rows(home, "loans")
    other = a_home(tmp_path / "other")
    assert {name: t.rows_new for name, t in ingest(other, platform).tables.items()} == {n: t.rows_new for n, t in load.tables.items()}
    assert rows(home, "loans") == rows(other, "loans")


def test_whatever_lists_engines_has_the_new_one(toy: None) -> None:
    assert registry.name_of_scheme("toys") == "toy" and "tsql" in registry.dialects()
    with pytest.raises(InputError, match=r"found an address that begins with oracle://; expected one of: .*toy://PATH"):
        open_database("oracle://somewhere")
    assert "| `toy://PATH` | a toy's tables |" in with_table(PAGE.read_text(encoding="utf-8"))
    assert type(open_database("toy://somewhere")).__name__ == "ToySource"


def test_every_folder_is_an_engine() -> None:
    assert len(FOLDERS) > 4 and list(registry.engines()) == FOLDERS


def test_no_address_is_of_two_engines(tmp_path: Path) -> None:
    found = registry.engines().values()
    schemes = Counter(scheme for engine in found for scheme in engine.schemes)
    assert len(schemes) > 3 and set(schemes.values()) == {1}
    assert sum(engine.takes_the_rest for engine in found) == 1
    assert all(engine.schemes or engine.recognises or engine.takes_the_rest for engine in found)
    assert all(bool(engine.dialect) == (engine.opens_tables is not None) for engine in found)


def test_a_mapping_has_no_say_where_there_is_nothing_to_map(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yml"
    plan.write_text("targets: []", encoding="utf-8")
    assert type(open_source(str(plan))).__name__ == "TargetsFile"
    with pytest.raises(InputError, match="found a file"):
        open_database(str(plan))


def test_the_page_lists_every_engine() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert all(engine.address in page for engine in registry.engines().values())
    assert page == with_table(page), f"docs/sources.md is stale: run `{COMMAND}`"


def test_looking_for_an_engine_imports_no_driver() -> None:
    script = (
        "import sys; from ingestion.sources import opening, registry\n"
        "before = set(sys.modules); found = registry.engines()\n"
        "assert found\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    imported = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert imported == [f"ingestion.sources.{name}" for name in FOLDERS]


def test_an_engine_knows_no_other() -> None:
    known = {name: _engines_known(name) for name in FOLDERS}
    assert known["mysql"] == {"mysql"}, "it sees what an engine imports of its own folder"
    assert {name: others for name in FOLDERS if (others := known[name] - {name})} == {}


def _engines_known(name: str) -> set[str]:
    """Engines of which a file in the folder imports something."""
    imported = []
    for path in (ROOT / name).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported += [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                imported += [alias.name for alias in node.names]
    return {other for other in FOLDERS for module in imported if f"{module}.".startswith(f"ingestion.sources.{other}.")}
