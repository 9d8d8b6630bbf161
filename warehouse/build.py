"""One build: starts from a copy of the last snapshot or an empty file, adds all known loads, checks, and publishes by rename.

Belongs here: the order of the steps. Does not: any figure (dbt), any rule (catalogue and dbt).
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path

import duckdb

from glassbook.build_attempts import attempted
from glassbook.disk import file_digest, sync_file
from glassbook.engine import build_options, connect
from glassbook.errors import CheckFailed
from glassbook.faults import checkpoint
from glassbook.in_the_way import in_a_snapshot, refuse
from glassbook.lake.comparison import being_compared
from glassbook.lake.loads import Load
from glassbook.settings import Settings
from glassbook.snapshot_comparison import problem_of
from glassbook.snapshots import (
    DATABASE,
    PUBLIC_DATABASE,
    Snapshot,
    find_snapshot,
    install,
    keep_beside,
    make_current,
    only_one_build,
    set_aside,
    write_manifest,
)
from ingestion.contract import load_contract
from warehouse.base import choose_base, copy_base, names_of
from warehouse.checks import CheckOutcome, require_blocking_checks, run_checks, write_results
from warehouse.control import replace_table
from warehouse.dbt_runner import NodeResult, Project, run_dbt
from warehouse.dbt_selection import Selection
from warehouse.engines.duckdb.connections import PREVIOUS, attach
from warehouse.files_to_compare import files_of_a_start, files_of_tables
from warehouse.identity import snapshot_id as name_of
from warehouse.preparation import build_parameters, known_loads, prepare
from warehouse.publication import differing_tables, write_public
from warehouse.refuting import write_refuted

# How often the data tests of the whole history must run.
_HISTORY_TESTS_EVERY = timedelta(days=7)


Listener = Callable[[NodeResult | CheckOutcome], None]
"""Receives the outcome of each model, data test and check of a build."""


@dataclass(frozen=True)
class _Task:
    """What one build makes: its name, its inputs, and the snapshot that it starts from, if any.

    `damage`: what is wrong with the published snapshot of that name, which the new one replaces.
    """

    snapshot_id: str
    parameters: dict[str, str | None]
    loads: list[Load]
    base: Snapshot | None
    damage: str | None = None

    @property
    def seen_load_seq(self) -> int:
        """Newest load that the base holds; 0 without one."""
        return int(self.base.manifest["loads"][-1][0]) if self.base else 0


@dataclass(frozen=True)
class _Ground:
    """What a build works with: the parsed project, its two files, and the digests of lake files that were already compared."""

    project: Project
    database: Path
    working: Path
    compared: dict[str, str | None]
    with_history_tests: bool


def run_build(
    settings: Settings,
    *,
    full: bool = False,
    known_at: datetime | None = None,
    on_result: Listener | None = None,
) -> Snapshot:
    """Builds, checks and publishes.

    With `known_at` the snapshot is made of the loads visible by then. It is kept beside the current one, which stays current; no later
    build prunes it. With `full` everything is computed again, even where a snapshot of that name is published: that one stays when its
    rows are the same. `on_result` receives the outcome of each model, data test and check, before one of them ends the build. Raises
    InputError when nothing was loaded, BuildFailed when a model fails, CheckFailed when a blocking check or a data test fails, or when
    the rows of a full build differ from those that are published. After an error the current snapshot stays as it was.
    """
    with only_one_build(settings):
        loads = known_loads(settings, known_at)
        parameters = build_parameters(settings, loads)
        snapshot_id = name_of(parameters, names_of(loads))
        refuse(in_a_snapshot(settings.snapshots_dir / snapshot_id))
        damage = problem_of(settings, snapshot_id)
        is_published = damage is None and (settings.snapshots_dir / snapshot_id).exists()
        # A snapshot requested by `known_at` is kept beside and does not affect the snapshot in force.
        with nullcontext() if known_at is not None else attempted(settings, snapshot_id):
            if is_published and not full:
                snapshot = find_snapshot(settings, snapshot_id)
            else:
                base = None if full or known_at is not None else choose_base(settings, loads, parameters)
                # A damaged snapshot is reported once, and nothing is built from it.
                base = None if base is not None and base.snapshot_id == snapshot_id else base
                snapshot = _build(settings, _Task(snapshot_id, parameters, loads, base, damage), on_result)
            if known_at is not None:
                keep_beside(snapshot)
            else:
                checkpoint("before_pointer")
                make_current(settings, snapshot)
        if known_at is None:
            for point in entry_points(group="glassbook.after_build"):
                point.load()(settings)
        return snapshot


def _build(settings: Settings, task: _Task, on_result: Listener | None) -> Snapshot:
    folder, working = settings.builds_dir / "working", settings.builds_dir / "working.duckdb"
    shutil.rmtree(folder, ignore_errors=True)
    working.unlink(missing_ok=True)
    folder.mkdir(parents=True)
    database = (folder / DATABASE).absolute()
    tested_at = _history_tested_at(task)
    first = files_of_a_start(task.loads, task.seen_load_seq)
    # dbt reads its models on one core meanwhile.
    with being_compared(settings, first), ThreadPoolExecutor(1) as helper:
        copying = helper.submit(copy_base, task.base, database) if task.base else None
        began = time.perf_counter()
        project = Project(settings)
        own_seconds = time.perf_counter() - began
        damage = copying.result() if copying else None
    if damage is not None:
        _tell(f"{damage}; everything is computed again")
        return _build(settings, replace(task, base=None), on_result)
    # Open from here to the end: dbt's connections share the database, and it is written out once.
    with connect(database, options=build_options(settings)) as connection:
        is_tested_whole = tested_at == task.parameters["known_at"]
        ground = _Ground(project, database, working, first, with_history_tests=is_tested_whole)
        timings = _compute(connection, settings, task, ground, on_result)
        differing = _differing_from_published(connection, settings, task)
    timings = {name: round(own_seconds + seconds, 3) for name, seconds in timings.items()}
    manifest = {
        "snapshot_id": task.snapshot_id,
        "as_of": task.parameters["as_of_on"],
        "known_at": task.parameters["known_at"],
        "timezone": task.parameters["timezone"],
        "code_version": task.parameters["code_version"],
        "engine": task.parameters["engine"],
        "rule_set_version": task.parameters["rule_set_version"],
        "contract_version": load_contract().version,
        "parameters": task.parameters,
        "loads": names_of(task.loads),
        "history_tested_at": tested_at,
        "timings": timings,
        "files": {name: file_digest(folder / name) for name in (DATABASE, PUBLIC_DATABASE)},
    }
    write_manifest(folder, manifest)
    checkpoint("before_install")
    if differing is not None:
        return _same_as_published(settings, task, folder, differing)
    if task.damage is not None:
        _tell(f"{task.damage}. That snapshot lies in {set_aside(settings, task.snapshot_id)} now, and was made again")
    snapshot = install(settings, folder, task.snapshot_id)
    checkpoint("after_install")
    return snapshot


def _tell(what: str) -> None:
    logging.getLogger("glassbook").warning("%s", what)


def _compute(
    connection: duckdb.DuckDBPyConnection, settings: Settings, task: _Task, ground: _Ground, on_result: Listener | None
) -> dict[str, float]:
    """Completes both files; returns the seconds that dbt took."""
    database = ground.database
    as_of_on = task.parameters["as_of_on"]
    day = date.fromisoformat(as_of_on) if as_of_on else task.loads[-1].loaded_at.date()
    with _brought_to_disk(database):
        if task.base:
            attach(connection, task.base.database, PREVIOUS, read_only=True)
        given = task.parameters | {"snapshot_id": task.snapshot_id}
        with being_compared(settings, files_of_tables(task.loads, ground.project.lake_tables(), ground.compared)):
            prepare(connection, settings, task.loads, given, working=ground.working.absolute(), seen_load_seq=task.seen_load_seq)
        checkpoint("before_models")
        selection = Selection(is_full=task.base is None, with_history_tests=ground.with_history_tests)
        run = run_dbt(ground.project, settings, database, selection, on_result)
        _require_data_tests(connection, run.failed_tests)
        _write_lineage(connection, ground.project.lineage())
    checkpoint("after_models")
    with connection.cursor() as cursor, ThreadPoolExecutor(1) as helper:
        # One core writes while the other checks; no reader sees the files before the checks have passed.
        writing = helper.submit(_write_files, cursor, database, database.with_name(PUBLIC_DATABASE))
        results = run_checks(connection, day, settings.threads)
        writing.result()
    for outcome in write_results(connection, day, results, ground.project.data_tests()):
        if on_result:
            on_result(outcome)
    require_blocking_checks(connection)
    connection.execute("checkpoint")
    return {"dbt_seconds": run.seconds, "dbt_seconds_beside_models": run.seconds_beside_models}


def _history_tested_at(task: _Task) -> str | None:
    """The `known_at` of the build that last ran the data tests of the whole history; this build's own when it must run them."""
    now = task.parameters["known_at"]
    last = task.base.manifest.get("history_tested_at") if task.base else None
    if last is None or now is None:
        return now
    return str(last) if datetime.fromisoformat(now) - datetime.fromisoformat(last) < _HISTORY_TESTS_EVERY else now


def _require_data_tests(connection: duckdb.DuckDBPyConnection, failed: tuple[NodeResult, ...]) -> None:
    """Raises CheckFailed that names every failed data test, with its first findings."""
    if not failed:
        return
    lines = []
    for test in failed:
        lines.append(f"  {test.name} failed: {test.message}")
        lines += [f"    {row}" for row in connection.execute(f"select * from ({test.sql}) limit 3").fetchall()]
    raise CheckFailed("data tests do not hold; the snapshot in force stays.\n" + "\n".join(lines))


def _differing_from_published(connection: duckdb.DuckDBPyConnection, settings: Settings, task: _Task) -> list[str] | None:
    """Tables that differ from the published snapshot of this name; None when there is none."""
    if task.damage is not None or not (settings.snapshots_dir / task.snapshot_id).exists():
        return None
    return differing_tables(connection, find_snapshot(settings, task.snapshot_id).database)


def _same_as_published(settings: Settings, task: _Task, folder: Path, differing: list[str]) -> Snapshot:
    """The published snapshot of this name, when the new build has the same rows. Raises CheckFailed that names the tables that differ."""
    if differing:
        raise CheckFailed(
            f"what was built is not what snapshot {task.snapshot_id} holds, though code, engine and loads are the same.\n"
            f"  tables that differ: {', '.join(differing)}\n"
            f"  Nothing was published. What was built lies in {folder}; compare it with {settings.snapshots_dir / task.snapshot_id}."
        )
    shutil.rmtree(folder)
    return find_snapshot(settings, task.snapshot_id)


@contextmanager
def _brought_to_disk(database: Path) -> Iterator[None]:
    """Syncs what the file holds so far to disk while other work goes on: the copy of a snapshot, or the tables of a full build."""
    with ThreadPoolExecutor(1) as helper:
        writing = helper.submit(sync_file, database)
        yield
    writing.result()


def _write_lineage(connection: duckdb.DuckDBPyConnection, lineage: dict[str, list[str]]) -> None:
    rows = [(model, parent) for model, parents in sorted(lineage.items()) for parent in parents]
    replace_table(connection, "ctl_lineage", "model varchar, depends_on varchar", rows)


def _write_files(connection: duckdb.DuckDBPyConnection, database: Path, public: Path) -> None:
    """Writes the models' tables to both files, with what the public reads of the checks; the little that all checks add comes later."""
    write_refuted(connection)
    connection.execute("checkpoint")
    sync_file(database)
    write_public(connection, public)
