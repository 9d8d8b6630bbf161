"""dbt in this process: what it makes of the models and runs is recorded as a plan; the parsed project is kept between builds.

Belongs here: how dbt is started and what it answered. Does not: running a plan again (`plan`), or what is published.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from glassbook.engine import build_options
from glassbook.settings import Settings
from glassbook.snapshots import DATABASE
from orchestration.control import code_version
from orchestration.plan import CUT, BuildFailed, ModelResult, Plan, Step, answer

PROJECT_DIR = Path(__file__).resolve().parent.parent / "dbt_project"


# The parsed project by the hash of its files: parsing costs seconds and gives the same while no file changes.
_parsed: dict[str, Any] = {}


def engine_options(settings: Settings) -> dict[str, Any]:
    """How a build opens its database, dbt and the steps around it alike: DuckDB shares one open file among connections of equal options."""
    return build_options(settings)


def profile(database: Path, settings: Settings) -> dict[str, Any]:
    """The dbt profile for a build's own database file."""
    return {
        "glassbook": {
            "target": "duckdb",
            "outputs": {
                "duckdb": {
                    "type": "duckdb",
                    "path": str(database),
                    "schema": "main",
                    # So many models at a time: one alone, small or ending in a sort, leaves the engine's threads idle.
                    "threads": settings.threads,
                    "config_options": engine_options(settings),
                    "settings": {"TimeZone": "UTC"},
                }
            },
        }
    }


class Project:
    """The models, read: what a build needs of dbt before there is a database to work on."""

    def __init__(self, settings: Settings) -> None:
        """Imports dbt and reads the models, from what an earlier build read where no file has changed since. Raises BuildFailed."""
        self.folder = settings.builds_dir / "dbt"
        self.target = settings.builds_dir / "dbt-target"
        self.version = code_version()
        self.folder.mkdir(parents=True, exist_ok=True)
        with _without_collecting():
            _import_dbt()
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
        """Says where the next call of dbt finds its database."""
        (self.folder / "profiles.yml").write_text(json.dumps(profile(database, settings)), encoding="utf-8")

    def lineage(self) -> dict[str, list[str]]:
        """Per model and seed, the models and sources it reads."""
        nodes = [node for node in self.manifest.nodes.values() if node.resource_type in ("model", "seed")]
        return {node.name: [_name(parent) for parent in getattr(node.depends_on, "nodes", [])] for node in nodes}

    @property
    def _mark(self) -> Path:
        return self.target / "parsed_version"

    def _read_again(self) -> Any:
        """What dbt wrote when it last read the models, or None where that was another version of them."""
        from dbt.constants import PARTIAL_PARSE_FILE_NAME
        from dbt.contracts.graph.manifest import Manifest
        from dbt.parser.manifest import extended_mashumuro_decoder

        try:
            if self._mark.read_text(encoding="utf-8") != plan_key():
                return None
            return Manifest.from_msgpack((self.target / PARTIAL_PARSE_FILE_NAME).read_bytes(), decoder=extended_mashumuro_decoder)
        except (OSError, ValueError, LookupError, TypeError):
            # Not there, or cut short: dbt reads the models themselves.
            return None

    def _parse(self, settings: Settings) -> Any:
        from dbt.cli.main import dbtRunner

        self._mark.unlink(missing_ok=True)
        # No file is opened, but its name becomes that of the database in what is parsed.
        self.write_profile(settings.builds_dir / DATABASE, settings)
        try:
            parsed = dbtRunner().invoke(["parse", *self.where])
        finally:
            release_databases()
        if parsed.exception is not None:
            raise BuildFailed(f"dbt could not read the models: {parsed.exception}")
        self._mark.write_text(plan_key(), encoding="utf-8")
        return parsed.result


def plan_key() -> str:
    """What the statements of a plan come from: the code, dbt itself, and where the seeds lie."""
    return f"{code_version()} {version('dbt-core')} {version('dbt-duckdb')} {PROJECT_DIR}"


def run_dbt(
    project: Project,
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    database: Path,
    *,
    is_full: bool,
    on_model: Callable[[ModelResult], None] | None = None,
) -> Plan:
    """Runs the models on `database`, which `connection` has open: with `is_full` every one and the seeds, otherwise those that hold rows.

    Definitions (table macros, views) and seeds come from the code alone, and a database that is not built in full was made by the same
    code. Returns what was run, as a plan. Raises BuildFailed that names the model and DuckDB's message.
    """
    from dbt.cli.main import dbtRunner

    project.write_profile(database, settings)
    command = ["build", "--exclude-resource-type", "test", "unit_test", *project.where]
    if not is_full:
        command += ["--exclude", "config.materialized:table_macro", "config.materialized:view", "resource_type:seed"]
    said: dict[str, list[str]] = {}
    with _without_collecting():
        try:
            outcome = dbtRunner(manifest=project.manifest, callbacks=[lambda event: _listen(event, said)]).invoke(command)
        finally:
            release_databases()
    if outcome.exception is not None:
        raise BuildFailed(f"dbt could not start: {outcome.exception}")
    results: list[Any] = list(outcome.result)  # type: ignore[arg-type]
    failed = [r for r in results if r.status not in ("success", "pass", "no-op")]
    if failed:
        messages = "\n".join(f"  {r.node.name}: {r.status}: {r.message}" for r in failed if r.status != "skipped")
        raise BuildFailed(f"{len(failed)} models were not built; the snapshot in force stays.\n{messages}")
    done = [ModelResult(r.node.name, float(r.execution_time)) for r in results]
    if on_model:
        for model in done:
            on_model(model)
    return _plan(project, {_name(node): texts for node, texts in said.items()}, done, connection)


def _listen(event: Any, said: dict[str, list[str]]) -> None:
    """Notes the statements that dbt runs for a node, in order."""
    if event.info.name == "SQLQuery" and event.data.node_info.unique_id:
        said.setdefault(event.data.node_info.unique_id, []).append(event.data.sql.strip())


def _plan(project: Project, said: dict[str, list[str]], done: list[ModelResult], connection: duckdb.DuckDBPyConnection) -> Plan:
    lineage = project.lineage()
    asked = sorted({text for texts in said.values() for text in texts if _is_question(text)})
    steps = []
    for model in done:
        statements = tuple(_whole(text) for text in said[model.name] if not _is_question(text))
        parents = tuple(sorted(_recorded_parents(model.name, lineage, {one.name for one in done})))
        steps.append(Step(model.name, statements, parents, model.seconds))
    return Plan(tuple((question, answer(connection, question)) for question in asked), tuple(steps), lineage)


def _is_question(text: str) -> bool:
    return text.startswith("select ")


def _whole(text: str) -> str:
    """A statement as it was run: dbt tells of a seed's first 512 signs with dots behind them, however short it is."""
    return text.removesuffix(CUT) if len(text) < 512 else text


def _recorded_parents(name: str, lineage: dict[str, list[str]], recorded: set[str]) -> set[str]:
    """The steps that a step reads, be it through definitions that are no steps."""
    found: set[str] = set()
    for parent in lineage.get(name, ()):
        found |= {parent} if parent in recorded else _recorded_parents(parent, lineage, recorded)
    return found


def _import_dbt() -> None:
    """Imports dbt with the serializers of its many classes made when they are first used: most never are."""
    from mashumaro.config import BaseConfig

    BaseConfig.lazy_compilation = True
    import dbt.cli.main  # noqa: F401


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Nothing that dbt makes on its way is garbage before it ends, and looking for it takes a tenth of the time."""
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


def _name(unique_id: str) -> str:
    return unique_id.rsplit(".", 1)[-1]
