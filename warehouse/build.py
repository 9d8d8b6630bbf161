"""One build: a copy of the last snapshot, or an empty file, brought up to the loads that are known, checked, and published by rename.

Belongs here: the order of the steps. Does not: any figure (dbt), any rule (catalogue and dbt).
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import duckdb

from glassbook.build_attempts import attempted
from glassbook.disk import file_digest, sync_file
from glassbook.engine import build_options, connect
from glassbook.errors import CheckFailed
from glassbook.faults import checkpoint
from glassbook.settings import Settings
from glassbook.snapshots import (
    DATABASE,
    MANIFEST,
    PUBLIC_DATABASE,
    Snapshot,
    current_snapshot,
    find_snapshot,
    has_snapshot,
    install,
    keep_beside,
    make_current,
    only_one_build,
    write_manifest,
)
from ingestion.contract import load_contract
from ingestion.horizon import latest_business_date
from ingestion.load_log import Load
from warehouse.checks import CheckOutcome, require_blocking_checks, run_checks, write_results
from warehouse.connections import PREVIOUS, attach
from warehouse.control import replace_table, supplied
from warehouse.dbt_runner import NodeResult, Project, run_dbt
from warehouse.identity import snapshot_id as name_of
from warehouse.preparation import build_parameters, known_loads, prepare
from warehouse.publication import differing_tables, write_public
from warehouse.refuting import write_refuted

# How long data tests of the whole history may wait.
_HISTORY_TESTS_EVERY = timedelta(days=7)

# Parameters that every row depends on: where one changed, nothing of an earlier build can be used.
_FOUNDATIONS = (
    *("timezone", "currency", "code_version", "engine", "contract_version"),
    *("over_90_amount", "overdue_rate_base", "count_promotional", "home_regime"),
)


Listener = Callable[[NodeResult | CheckOutcome], None]
"""Whoever wants to know what became of each model, data test and check of a build."""


@dataclass(frozen=True)
class _Task:
    """What one build is to make: its name, what it is made of, and the snapshot that it starts from, if any."""

    snapshot_id: str
    parameters: dict[str, str | None]
    loads: list[Load]
    base: Snapshot | None

    @property
    def seen_load_seq(self) -> int:
        """Newest load that the base holds; 0 without one."""
        return int(self.base.manifest["loads"][-1][0]) if self.base else 0


def run_build(
    settings: Settings,
    *,
    full: bool = False,
    known_at: datetime | None = None,
    on_result: Listener | None = None,
) -> Snapshot:
    """Builds, checks and publishes.

    With `known_at` the snapshot is made of the loads visible by then and kept beside the current one, which stays current; no later build
    prunes it. With `full` everything is computed again, also where a snapshot of that name is published: that one stays when its rows are
    the same. `on_result` is told what became of each model, data test and check that was run, before one of them ends the build. Raises
    InputError when nothing was loaded, BuildFailed when a model fails, CheckFailed when a blocking check or a data test does not hold, or
    when the rows of a full build are not those that are published; the current snapshot stays as it was.
    """
    with only_one_build(settings):
        loads = known_loads(settings, known_at)
        parameters = build_parameters(settings, loads)
        snapshot_id = name_of(parameters, _names(loads))
        published = find_snapshot(settings, snapshot_id) if (settings.snapshots_dir / snapshot_id / MANIFEST).is_file() else None
        # What was asked for by an instant is kept beside, and says nothing of the snapshot in force.
        with nullcontext() if known_at is not None else attempted(settings, snapshot_id):
            if published and not full:
                snapshot = published
            else:
                if published:
                    _require_as_published(published)
                base = None if full or known_at is not None else _base(settings, loads, parameters)
                snapshot = _build(settings, _Task(snapshot_id, parameters, loads, base), on_result)
            if known_at is not None:
                keep_beside(snapshot)
            else:
                checkpoint("before_pointer")
                make_current(settings, snapshot)
        if known_at is None:
            for point in entry_points(group="glassbook.after_build"):
                point.load()(settings)
        return snapshot


def _names(loads: list[Load]) -> list[list[Any]]:
    return [[load.load_seq, load.load_id] for load in loads]


def _base(settings: Settings, loads: list[Load], parameters: dict[str, str | None]) -> Snapshot | None:
    """The current snapshot, when a build may start from it: same foundations, and its loads are the beginning of those known now."""
    if not has_snapshot(settings):
        return None
    base = current_snapshot(settings)
    same = all(base.manifest["parameters"].get(name) == parameters[name] for name in _FOUNDATIONS)
    held = base.manifest["loads"]
    # A table or column that is supplied for the first time gives figures of every past month a value.
    is_supplied_alike = supplied(loads) == supplied(loads[: len(held)])
    # A version that was taken to quarantine has no newer one by which a later build would find the loans that it touches, and what is kept
    # of it would have to give way to an older one.
    has_lost = any(table.withdrawn_path for load in loads[len(held) :] for table in load.tables.values())
    return base if same and is_supplied_alike and not has_lost and held == _names(loads)[: len(held)] else None


def _build(settings: Settings, task: _Task, on_result: Listener | None) -> Snapshot:
    folder, working = settings.builds_dir / "working", settings.builds_dir / "working.duckdb"
    shutil.rmtree(folder, ignore_errors=True)
    working.unlink(missing_ok=True)
    folder.mkdir(parents=True)
    database = (folder / DATABASE).absolute()
    if task.base:
        shutil.copyfile(task.base.database, database)
    tested_at = _history_tested_at(task)
    # Open from here to the end: dbt's connections share the database, and it is written out once.
    with connect(database, options=build_options(settings)) as connection:
        timings = _compute(connection, settings, task, database, working, tested_at == task.parameters["known_at"], on_result)
        differing = _differing_from_published(connection, settings, task)
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
        "loads": _names(task.loads),
        "history_tested_at": tested_at,
        "timings": timings,
        "files": {name: file_digest(folder / name) for name in (DATABASE, PUBLIC_DATABASE)},
    }
    write_manifest(folder, manifest)
    checkpoint("before_install")
    if differing is not None:
        return _same_as_published(settings, task, folder, differing)
    snapshot = install(settings, folder, task.snapshot_id)
    checkpoint("after_install")
    return snapshot


def _compute(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    task: _Task,
    database: Path,
    working: Path,
    with_history_tests: bool,
    on_result: Listener | None,
) -> dict[str, float]:
    """Makes both files whole; returns what it took, in seconds."""
    as_of_on = latest_business_date(settings, task.loads)
    day = as_of_on or task.loads[-1].loaded_at.date()
    began = time.perf_counter()
    project = Project(settings)
    own_seconds = time.perf_counter() - began
    with _brought_to_disk(database):
        if task.base:
            attach(connection, task.base.database, PREVIOUS, read_only=True)
        given = task.parameters | {"snapshot_id": task.snapshot_id}
        prepare(connection, settings, task.loads, given, working=working.absolute(), seen_load_seq=task.seen_load_seq)
        checkpoint("before_models")
        run = run_dbt(project, settings, database, is_full=task.base is None, with_history_tests=with_history_tests, on_result=on_result)
        _require_data_tests(connection, run.failed_tests)
        _write_lineage(connection, project.lineage())
    checkpoint("after_models")
    with connection.cursor() as cursor, ThreadPoolExecutor(1) as helper:
        # One core writes, the other checks; nobody sees the files while the checks have not held.
        writing = helper.submit(_write_files, cursor, database, database.with_name(PUBLIC_DATABASE))
        results = run_checks(connection, day, settings.threads)
        writing.result()
    for outcome in write_results(connection, day, results, project.data_tests()):
        if on_result:
            on_result(outcome)
    require_blocking_checks(connection)
    connection.execute("checkpoint")
    return {
        "dbt_seconds": round(own_seconds + run.seconds, 3),
        "dbt_seconds_beside_models": round(own_seconds + run.seconds_beside_models, 3),
    }


def _history_tested_at(task: _Task) -> str | None:
    """As known when the data tests of the whole history last ran; this build's own instant when it must run them."""
    now = task.parameters["known_at"]
    last = task.base.manifest.get("history_tested_at") if task.base else None
    if last is None or now is None:
        return now
    return str(last) if datetime.fromisoformat(now) - datetime.fromisoformat(last) < _HISTORY_TESTS_EVERY else now


def _require_data_tests(connection: duckdb.DuckDBPyConnection, failed: tuple[NodeResult, ...]) -> None:
    """Raises CheckFailed that names every data test that found something, with its first findings."""
    if not failed:
        return
    lines = []
    for test in failed:
        lines.append(f"  {test.name} failed: {test.message}")
        lines += [f"    {row}" for row in connection.execute(f"select * from ({test.sql}) limit 3").fetchall()]
    raise CheckFailed("data tests do not hold; the snapshot in force stays.\n" + "\n".join(lines))


def _require_as_published(published: Snapshot) -> None:
    """Raises CheckFailed when the file of a snapshot is not the one that was published: its rows prove nothing."""
    if published.manifest.get("files", {}).get(DATABASE) != file_digest(published.database):
        raise CheckFailed(
            f"the file of snapshot {published.snapshot_id} is not as it was published; nothing was built.\n"
            f"  found another SHA-256 than {MANIFEST} records for {published.database}.\n"
            f"  Move {published.folder} away and run `glassbook build`: the lake makes it again."
        )


def _differing_from_published(connection: duckdb.DuckDBPyConnection, settings: Settings, task: _Task) -> list[str] | None:
    """Tables that are not as in the snapshot that has this name already; None when there is none."""
    if not (settings.snapshots_dir / task.snapshot_id / MANIFEST).is_file():
        return None
    return differing_tables(connection, find_snapshot(settings, task.snapshot_id).database)


def _same_as_published(settings: Settings, task: _Task, folder: Path, differing: list[str]) -> Snapshot:
    """The snapshot that is published under this name, when what was built again is the same. Raises CheckFailed that names the tables."""
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
    """What the file holds by now goes to the disk while others work: the copy of a snapshot, or the tables of a full build."""
    with ThreadPoolExecutor(1) as helper:
        writing = helper.submit(sync_file, database)
        yield
    writing.result()


def _write_lineage(connection: duckdb.DuckDBPyConnection, lineage: dict[str, list[str]]) -> None:
    rows = [(model, parent) for model, parents in sorted(lineage.items()) for parent in parents]
    replace_table(connection, "ctl_lineage", "model varchar, depends_on varchar", rows)


def _write_files(connection: duckdb.DuckDBPyConnection, database: Path, public: Path) -> None:
    """What the models made goes to both files; what the checks add is little and comes later, save what the public is told of them."""
    write_refuted(connection)
    connection.execute("checkpoint")
    sync_file(database)
    write_public(connection, public)
