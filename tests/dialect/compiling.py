"""The SQL of every model, data test and hook as dbt compiles it for the second engine, in each branch that a build can take.

Belongs here: dbt, without data. Does not: what the SQL may say (`refusals`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import duckdb

from ingestion.contract import load_contract
from warehouse.dbt_runner import PROJECT_DIR, TARGET, release_databases
from warehouse.engines.duckdb.connections import WORKING

ENGINE = "spark"
"""The second engine by the name that dbt dispatches on."""

BRANCHES = ("full build", "day's build", "day's build with new rows of every table")


@dataclass(frozen=True)
class Statement:
    """What one model, data test or hook sends to the engine in one branch; `path` is relative to the project."""

    name: str
    path: str
    branch: str
    sql: str


def compiled_statements(project: Path = PROJECT_DIR) -> Iterator[Statement]:
    """Every statement of every branch. One that is the same in several branches comes once, under the first. Raises what dbt raised."""
    with TemporaryDirectory() as folder, _dispatching_to(ENGINE):
        seen = set()
        for statement in _compiled(project, Path(folder)):
            if (key := (statement.name, statement.sql)) not in seen:
                seen.add(key)
                yield statement


@contextmanager
def _dispatching_to(engine: str) -> Iterator[None]:
    """adapter.dispatch finds this engine's macros before DuckDB's; all else, and dbt's own macros, stay those of DuckDB's adapter.

    So the engine need not be installed, and what only DuckDB would get is not checked.
    """
    from dbt.context.providers import BaseDatabaseWrapper

    prefixes = BaseDatabaseWrapper._get_adapter_macro_prefixes
    with patch.object(BaseDatabaseWrapper, "_get_adapter_macro_prefixes", lambda self: [engine, *prefixes(self)]):
        yield


def _compiled(project: Path, folder: Path) -> Iterator[Statement]:
    from dbt.cli.main import dbtRunner

    where = _options(project, folder)
    parsed = dbtRunner().invoke(["parse", *where])
    if parsed.exception is not None:
        raise parsed.exception
    manifest: Any = parsed.result
    _prepare(folder, [node.name for node in manifest.nodes.values() if getattr(node.config, "materialized", "") == "incremental"])
    for node in manifest.nodes.values():
        # dbt compiles no hook alone: after the model it becomes one more statement of it.
        node.raw_code = "\n;\n".join([node.raw_code, *(hook.sql for hook in _hooks(node))])
    for branch in BRANCHES:
        _set_news(folder, has_rows=branch == BRANCHES[2])
        try:
            outcome = dbtRunner(manifest=manifest).invoke(["compile", *where, *(["--full-refresh"] if branch == BRANCHES[0] else [])])
        finally:
            release_databases()
        if outcome.exception is not None:
            raise outcome.exception
        for result in outcome.result:  # type: ignore[union-attr]
            node = result.node
            if getattr(node, "compiled_code", None) and node.resource_type in ("model", "test"):
                yield Statement(node.name, node.original_file_path, branch, node.compiled_code)


def _hooks(node: Any) -> list[Any]:
    return [*getattr(node.config, "pre_hook", []), *getattr(node.config, "post_hook", [])]


def _options(project: Path, folder: Path) -> list[str]:
    output = {
        "type": "duckdb",
        "path": str(folder / "empty.duckdb"),
        "schema": "main",
        "threads": 1,
        "attach": [{"path": str(folder / "working.duckdb"), "alias": WORKING}],
    }
    profiles = {"glassbook": {"target": TARGET, "outputs": {TARGET: output}}}
    (folder / "profiles.yml").write_text(json.dumps(profiles), encoding="utf-8")
    return [
        *("--project-dir", str(project), "--profiles-dir", str(folder), "--target-path", str(folder / "target")),
        *("--log-path", str(folder), "--log-level", "none", "--log-level-file", "none", "--no-write-json", "--no-version-check"),
    ]


def _prepare(folder: Path, incremental: list[str]) -> None:
    """All that compiling reads from a database: does the table of an incremental model exist, and did loads bring or lose rows."""
    with duckdb.connect(str(folder / "empty.duckdb")) as connection:
        for name in incremental:
            connection.execute(f"create table {name} (nothing integer)")


def _set_news(folder: Path, *, has_rows: bool) -> None:
    with duckdb.connect(str(folder / "working.duckdb")) as connection:
        for name in load_contract().tables:
            for kind in ("arrivals", "tombstones"):
                connection.execute(f"create or replace macro {kind}_{name}() as table select 1 as one where {has_rows}")
