"""dbt in this process: `dbt build` on a build's own file, with the parsed project kept between builds.

Belongs here: how dbt is started, which data tests it runs, and its results. Does not: what is published.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from glassbook.disk import file_digest
from glassbook.engine import build_options
from glassbook.errors import GlassbookError
from glassbook.settings import Settings
from glassbook.snapshots import DATABASE
from warehouse.dbt_selection import Selection
from warehouse.engines.duckdb.connections import PREVIOUS
from warehouse.identity import code_version, engine_version

PROJECT_DIR = Path(str(resources.files("dbt_project")))
TARGET = "build"


_HOLDS = ("success", "pass", "no-op", "warn", "skipped")

# The parsed project by the hash of its files: parsing takes seconds, and the result is the same while no file changes.
_parsed: dict[str, Any] = {}


class BuildFailed(GlassbookError):
    """A model could not be built; nothing was published."""

    exit_code = 1


@dataclass(frozen=True)
class NodeResult:
    """What dbt did with one model, seed or data test; `status` is dbt's own word, `sql` the query of a data test.

    `unique_id` is dbt's name of the node, as in its manifest; `findings` the number of rows that a data test found, None where it did not
    run to its end.
    """

    unique_id: str
    name: str
    kind: str
    status: str
    message: str
    seconds: float
    findings: int | None
    sql: str


@dataclass(frozen=True)
class DbtRun:
    """One `dbt build`: every result, its seconds, and the seconds in which no model ran (dbt's own time and data tests)."""

    results: tuple[NodeResult, ...]
    seconds: float
    seconds_beside_models: float

    @property
    def failed_tests(self) -> tuple[NodeResult, ...]:
        """Data tests that found something."""
        return tuple(result for result in self.results if result.kind == "test" and result.status == "fail")


class Project:
    """The dbt project, parsed."""

    def __init__(self, settings: Settings) -> None:
        """Imports dbt and reads the models, or takes what an earlier build parsed where no file has changed. Raises BuildFailed."""
        self.folder = settings.builds_dir / "dbt"
        self.target = settings.builds_dir / "dbt-target"
        self.version = f"{code_version()} {engine_version()} {PROJECT_DIR}"
        self.folder.mkdir(parents=True, exist_ok=True)
        with _without_collecting():
            if self.version not in _parsed:
                _parsed[self.version] = self._read_again() or self._parse(settings)
        self.manifest = _parsed[self.version]

    @property
    def where(self) -> list[str]:
        """Options that every call of dbt gets."""
        return [
            "--project-dir", str(PROJECT_DIR),
            "--profiles-dir", str(self.folder),
            "--target-path", str(self.target.absolute()),
            "--log-path", str(self.folder.absolute()),
            "--log-level", "none",
            "--log-level-file", "none",
            "--no-write-json",
            "--no-version-check",
        ]  # fmt: skip

    def write_profile(self, database: Path, settings: Settings) -> None:
        """Sets where the next call of dbt finds its database."""
        (self.folder / "profiles.yml").write_text(json.dumps(profile(database, settings)), encoding="utf-8")

    def lineage(self) -> dict[str, list[str]]:
        """Per model and seed, the models, seeds and sources that it reads; a table of the lake is written `lake.TABLE`."""
        nodes = [node for node in self.manifest.nodes.values() if node.resource_type in ("model", "seed")]
        return {node.name: sorted(filter(None, map(_parent, getattr(node.depends_on, "nodes", [])))) for node in nodes}

    def lake_tables(self) -> set[str]:
        """Tables of the lake of which a build reads every row, not only the new ones."""
        nodes = self.manifest.nodes.values()
        read = (self.manifest.sources.get(parent) for node in nodes for parent in getattr(node.depends_on, "nodes", []))
        return {source.name for source in read if source is not None and source.source_name == "lake"}

    def data_tests(self) -> list[str]:
        """Names of the models' data tests."""
        return [node.name for node in self.manifest.nodes.values() if node.resource_type == "test"]

    @property
    def _mark(self) -> Path:
        return self.target / "parsed_version"

    def _read_again(self) -> Any:
        """What dbt wrote when it last parsed the models, or None where that was another version of them."""
        from dbt.constants import PARTIAL_PARSE_FILE_NAME
        from dbt.contracts.graph.manifest import Manifest
        from dbt.parser.manifest import extended_mashumuro_decoder

        kept = self.target / PARTIAL_PARSE_FILE_NAME
        try:
            version, _, digest = self._mark.read_text(encoding="utf-8").rpartition(" ")
            is_as_noted = digest == file_digest(kept)
        except (OSError, ValueError):
            is_as_noted = False
        # dbt takes every rule of a file that has not changed from here: one changed byte could change a rule without notice, and seeds of a
        # project that was moved would be looked for where it was.
        if not is_as_noted or version.partition(" ")[2] != self.version.partition(" ")[2]:
            kept.unlink(missing_ok=True)
            return None
        if version != self.version:
            # dbt reads the files that have changed.
            return None
        try:
            return Manifest.from_msgpack(kept.read_bytes(), decoder=extended_mashumuro_decoder)
        except (ValueError, LookupError, TypeError):
            return None

    def _parse(self, settings: Settings) -> Any:
        from dbt.cli.main import dbtRunner
        from dbt.constants import PARTIAL_PARSE_FILE_NAME

        from warehouse.dbt_events import unheard_events_dropped

        self._mark.unlink(missing_ok=True)
        # No file is opened, but its name becomes the name of the database in the parsed project.
        self.write_profile(Path(DATABASE), settings)
        try:
            with unheard_events_dropped():
                parsed = dbtRunner().invoke(["parse", *self.where])
        finally:
            release_databases()
        if parsed.exception is not None:
            raise BuildFailed(f"dbt could not read the models: {parsed.exception}")
        self._mark.write_text(self._marked(self.target / PARTIAL_PARSE_FILE_NAME), encoding="utf-8")
        return parsed.result

    def _marked(self, kept: Path) -> str:
        """What is noted about the file of the parsed project: the hash of the models, and its own hash."""
        return f"{self.version} {file_digest(kept)}"


def profile(database: Path, settings: Settings) -> dict[str, Any]:
    """The dbt profile for a build's own database file, which the build has prepared and holds open."""
    return {
        "glassbook": {
            "target": TARGET,
            "outputs": {
                TARGET: {
                    "type": "duckdb",
                    "path": str(database),
                    "schema": "main",
                    # Models built at a time: a single one that is small or ends in a sort leaves the engine's threads idle.
                    "threads": settings.threads,
                    "config_options": build_options(settings),
                    "settings": {"TimeZone": "UTC"},
                }
            },
        }
    }


def run_dbt(
    project: Project, settings: Settings, database: Path, selection: Selection, on_result: Callable[[NodeResult], None] | None = None
) -> DbtRun:
    """`dbt build` on `database`: models with their data tests, as selected.

    `on_result` receives the result of each node, also where something failed. Raises BuildFailed that names the model and the engine's
    message; a failed data test does not raise, it is in the returned results.
    """
    from dbt.cli.main import dbtRunner

    from warehouse.dbt_events import unheard_events_dropped

    project.write_profile(database, settings)
    command = ["build", *project.where, *selection.arguments()]
    began = time.perf_counter()
    with _without_collecting(), unheard_events_dropped():
        try:
            outcome = dbtRunner(manifest=project.manifest).invoke(command)
        finally:
            release_databases()
    seconds = time.perf_counter() - began
    if outcome.exception is not None:
        raise BuildFailed(f"dbt could not start: {outcome.exception}")
    answered: list[Any] = list(outcome.result)  # type: ignore[arg-type]
    results = tuple(map(_result, answered))
    if on_result:
        for result in results:
            on_result(result)
    broken = [r for r in results if r.status not in _HOLDS and (r.kind, r.status) != ("test", "fail")]
    if broken:
        messages = "\n".join(f"  {r.name}: {r.status}: {r.message}" for r in broken)
        raise BuildFailed(f"{len(broken)} models were not built; the snapshot in force stays.\n{messages}")
    return DbtRun(results, seconds, seconds - _seconds_of_models(answered))


def _result(answered: Any) -> NodeResult:
    node = answered.node
    return NodeResult(
        unique_id=node.unique_id,
        name=node.name,
        kind=str(node.resource_type),
        status=str(answered.status),
        message=answered.message or "",
        seconds=float(answered.execution_time),
        findings=answered.failures,
        sql=node.compiled_code or "" if str(node.resource_type) == "test" else "",
    )


def _seconds_of_models(answered: list[Any]) -> float:
    """Seconds in which at least one model was executed."""
    spans = sorted(
        (timing.started_at, timing.completed_at)
        for result in answered
        if str(result.node.resource_type) != "test"
        for timing in result.timing
        if timing.name == "execute" and timing.started_at and timing.completed_at
    )
    total, until = 0.0, None
    for started, completed in spans:
        first = started if until is None or started > until else until
        if completed > first:
            total += (completed - first).total_seconds()
            until = completed
    return total


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Switches garbage collection off: dbt makes no garbage before it ends, and looking for it takes a tenth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def release_databases() -> None:
    """Closes what dbt keeps open for the life of the process: the file must be free before it is published."""
    from dbt.adapters.factory import FACTORY, reset_adapters

    adapters: list[Any] = list(FACTORY.adapters.values())
    for adapter in adapters:
        adapter.cleanup_connections()
        adapter.connections.close_all_connections()
    reset_adapters()  # type: ignore[no-untyped-call]


def _parent(unique_id: str) -> str | None:
    """How lineage names what a model reads; the previous snapshot is not an origin of a figure."""
    kind, *path = unique_id.split(".")
    if kind != "source":
        return path[-1]
    source, table = path[-2:]
    return {PREVIOUS: None, "lake": f"lake.{table}", "arrivals": f"lake.{table}", "tombstones": f"lake.{table}"}.get(source, table)
