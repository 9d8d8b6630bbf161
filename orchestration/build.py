"""One build: a copy of the last snapshot, or an empty file, brought up to the loads that are known, checked, and published by rename.

Belongs here: the order of the steps and what is published. Does not: any figure (dbt), any rule (catalogue and dbt).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import yaml

from glassbook.catalogue import RULE_SET_VERSION
from glassbook.disk import sync_file
from glassbook.errors import InputError
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
    make_current,
    only_one_build,
    write_manifest,
)
from ingestion.contract import load_contract
from ingestion.load_log import Load, visible_loads
from orchestration.checks import require_blocking_checks, run_checks, write_results
from orchestration.control import code_version, latest_business_date, replace_table, supplied, write_control_tables
from orchestration.dbt_runner import Project, engine_options, plan_key, run_dbt
from orchestration.functions import define_functions, forget_functions_of_the_build
from orchestration.plan import ModelResult, keep_plan, known_plan, own_cursor, run_plan
from reports.engine.regime import home_regime
from reports.retention.pruning import prune_after_build


def run_build(
    settings: Settings,
    *,
    full: bool = False,
    known_at: datetime | None = None,
    on_model: Callable[[ModelResult], None] | None = None,
) -> Snapshot:
    """Builds, checks and publishes.

    With `known_at` the snapshot is made of the loads visible by then and kept beside the current one, which stays current. Raises
    InputError when nothing was loaded, BuildFailed when a model fails, CheckFailed when a blocking check does not hold; the current
    snapshot stays as it was.
    """
    with only_one_build(settings):
        loads = visible_loads(settings, known_at)
        if not loads:
            raise InputError(
                found="no load" + (f" by {known_at.isoformat()}" if known_at else ""),
                where=str(settings.lake_dir),
                expected="at least one load",
                remedy="Run `glassbook ingest --source FOLDER` first." if known_at is None else "Ask for a later instant.",
            )
        parameters = _parameters(settings, loads)
        snapshot_id = _snapshot_id(parameters, loads)
        if not full and (settings.snapshots_dir / snapshot_id / MANIFEST).is_file():
            snapshot = find_snapshot(settings, snapshot_id)
        else:
            snapshot = _build(settings, loads, parameters, snapshot_id, full=full or known_at is not None, on_model=on_model)
        if known_at is None:
            checkpoint("before_pointer")
            make_current(settings, snapshot)
            prune_after_build(settings)
        return snapshot


def _parameters(settings: Settings, loads: list[Load]) -> dict[str, str | None]:
    as_of_on = latest_business_date(settings, loads)
    return {
        "as_of_on": as_of_on.isoformat() if as_of_on else None,
        "known_at": loads[-1].loaded_at.isoformat(),
        "timezone": settings.timezone,
        "currency": settings.currency,
        "platform_name": settings.platform_name,
        "code_version": code_version(),
        "model_version": code_version(with_seeds=False),
        "rule_set_version": RULE_SET_VERSION,
        "contract_version": str(load_contract().version),
        "over_90_amount": settings.over_90_amount,
        "overdue_rate_base": settings.overdue_rate_base,
        "count_promotional": str(settings.count_promotional).lower(),
        "home_regime": home_regime(settings).name,
    }


def _snapshot_id(parameters: dict[str, str | None], loads: list[Load]) -> str:
    """Name of a snapshot by what it is made of, so that the same data has the same name on every machine."""
    text = json.dumps([parameters, [(load.load_seq, load.load_id) for load in loads]], sort_keys=True)
    return f"{parameters['as_of_on'] or 'empty'}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


# Parameters that every row depends on: where one changed, nothing of an earlier build can be used.
_FOUNDATIONS = (
    *("timezone", "currency", "code_version", "contract_version", "over_90_amount", "overdue_rate_base", "count_promotional"),
    "home_regime",
)


def _base(settings: Settings, loads: list[Load], parameters: dict[str, str | None]) -> Snapshot | None:
    """The current snapshot, when a build may start from it: same foundations, and its loads are the beginning of those known now."""
    if not has_snapshot(settings):
        return None
    base = current_snapshot(settings)
    same = all(base.manifest["parameters"].get(name) == parameters[name] for name in _FOUNDATIONS)
    held = base.manifest["loads"]
    known = [[load.load_seq, load.load_id] for load in loads]
    # A table or column that is supplied for the first time gives figures of every past month a value.
    is_supplied_alike = supplied(loads) == supplied(loads[: len(held)])
    # Rows that an append table lost have no newer version by which a later build would find the loans that they touch.
    has_lost = any(table.gone_path for load in loads[len(held) :] for table in load.tables.values())
    return base if same and is_supplied_alike and not has_lost and held == known[: len(held)] else None


def _build(
    settings: Settings,
    loads: list[Load],
    parameters: dict[str, str | None],
    snapshot_id: str,
    *,
    full: bool,
    on_model: Callable[[ModelResult], None] | None,
) -> Snapshot:
    folder = settings.builds_dir / "working"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    database = (folder / DATABASE).absolute()
    base = None if full else _base(settings, loads, parameters)
    as_of_on = latest_business_date(settings, loads)
    day = as_of_on or loads[-1].loaded_at.date()
    if base:
        shutil.copyfile(base.database, database)
    seen = base.manifest["loads"][-1][0] if base else 0
    given = parameters | {"snapshot_id": snapshot_id, "is_full": str(base is None).lower()}
    # Open from here to the end: dbt's connections share the database, and it is written out once.
    with duckdb.connect(str(database), config=engine_options(settings)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        with _brought_to_disk(database):
            connection.begin()
            write_control_tables(connection, settings, loads, seen_load_seq=seen, parameters=given)
            define_functions(connection, settings, loads, seen_load_seq=seen, as_of_on=as_of_on)
            connection.commit()
            checkpoint("before_models")
            _run_models(connection, settings, database, is_full=base is None, on_model=on_model)
        checkpoint("after_models")
        with own_cursor(connection) as cursor, ThreadPoolExecutor(1) as helper:
            # One core writes, the other checks; nobody sees the files while the checks have not held.
            writing = helper.submit(_write_files, cursor, database, folder / PUBLIC_DATABASE)
            results = run_checks(connection, day, settings.threads)
            writing.result()
        write_results(connection, day, results)
        require_blocking_checks(connection)
        # How the build came about is no part of what it says: a full build and an incremental one publish the same.
        connection.execute("delete from ctl_parameters where name = 'is_full'")
        connection.execute("update ctl_lake_files set is_new = false")
        forget_functions_of_the_build(connection)
        connection.execute("checkpoint")
    write_manifest(
        folder,
        {
            "snapshot_id": snapshot_id,
            "as_of": parameters["as_of_on"],
            "known_at": parameters["known_at"],
            "timezone": parameters["timezone"],
            "code_version": parameters["code_version"],
            "rule_set_version": parameters["rule_set_version"],
            "contract_version": load_contract().version,
            "parameters": parameters,
            "loads": [[load.load_seq, load.load_id] for load in loads],
        },
    )
    checkpoint("before_install")
    target = settings.snapshots_dir / snapshot_id
    if target.exists() and full:
        shutil.rmtree(folder)
        return find_snapshot(settings, snapshot_id)
    snapshot = install(settings, folder, snapshot_id)
    checkpoint("after_install")
    return snapshot


@contextmanager
def _brought_to_disk(database: Path) -> Iterator[None]:
    """What the file holds by now goes to the disk while others work: the copy of a snapshot, or the tables of a full build."""
    with ThreadPoolExecutor(1) as helper:
        writing = helper.submit(sync_file, database)
        yield
    writing.result()


def _run_models(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    database: Path,
    *,
    is_full: bool,
    on_model: Callable[[ModelResult], None] | None,
) -> None:
    """Runs the plan that is known for this code and these questions, or has dbt make and run one, and keeps it."""
    key = plan_key()
    plan = known_plan(settings, key, connection)
    if plan:
        run_plan(plan, connection, settings.threads, on_model)
    else:
        plan = run_dbt(Project(settings), settings, connection, database, is_full=is_full, on_model=on_model)
        keep_plan(settings, key, plan)
    _write_lineage(connection, plan.lineage)


def _write_lineage(connection: duckdb.DuckDBPyConnection, lineage: dict[str, list[str]]) -> None:
    rows = [(model, parent) for model, parents in sorted(lineage.items()) for parent in sorted(set(parents))]
    replace_table(connection, "ctl_lineage", "model varchar, depends_on varchar", rows)


def _write_files(connection: duckdb.DuckDBPyConnection, database: Path, public: Path) -> None:
    """What the models made goes to both files; what the checks add is little and comes later."""
    connection.execute("checkpoint")
    sync_file(database)
    _write_public(connection, public)


def _write_public(connection: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Writes the public file from the allow-list; a table or column that is not listed cannot enter it."""
    allowed: dict[str, Any] = yaml.safe_load((resources.files(__package__) / "public_columns.yml").read_text(encoding="utf-8"))
    # Small row groups are written as they fill; a whole table in one would go through the log and then to the file.
    connection.execute(
        f"attach '{str(target).replace(chr(39), chr(39) * 2)}' as public_snapshot (recovery_mode no_wal_writes, row_group_size 30720)"
    )
    for name, rule in allowed.items():
        columns = ", ".join(rule["columns"])
        where = f" where {rule['where']}" if "where" in rule else ""
        order = ", ".join(rule["order_by"])
        connection.execute(f"create table public_snapshot.{name} as select {columns} from main.{name}{where} order by {order}")
    connection.execute("detach public_snapshot")
