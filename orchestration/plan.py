"""A build's plan: the statements that dbt made of the models, run again without dbt for as long as they would come out the same.

dbt takes two seconds to start and 10 to 15 ms a model to say what it said the day before. Its answer is the same while the code is
(`dbt_runner.plan_key`) and while what the models asked the control tables when dbt read them is answered alike (`Plan.questions`).

Belongs here: keeping plans and running them. Does not: making statements of models (`dbt_runner`).
"""

from __future__ import annotations

import heapq
import json
import shutil
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cache
from graphlib import TopologicalSorter
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from glassbook.errors import GlassbookError
from glassbook.settings import Settings

# How a statement ends that was told of in part.
CUT = "..."


class BuildFailed(GlassbookError):
    """A model could not be built; nothing was published."""

    exit_code = 1


@dataclass(frozen=True)
class ModelResult:
    """What was done with one model or seed."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Step:
    """One model or seed: its statements in order, the steps that must be done before, and the seconds that it took when it was recorded."""

    name: str
    statements: tuple[str, ...]
    parents: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Plan:
    """Steps of a build; `questions` are queries on control tables with their answers, `lineage` what each model of the project reads."""

    questions: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    lineage: dict[str, list[str]]

    def holds(self, connection: duckdb.DuckDBPyConnection) -> bool:
        """Whether every question is answered in this database as it was when the plan was recorded."""
        return all(answer(connection, question) == known for question, known in self.questions)


def answer(connection: duckdb.DuckDBPyConnection, question: str) -> str:
    """What a database answers, as text that can be compared."""
    return json.dumps(connection.execute(question).fetchall(), default=str)


def known_plan(settings: Settings, key: str, connection: duckdb.DuckDBPyConnection) -> Plan | None:
    """The plan kept in the home for this code that holds for this database, or None."""
    for path in sorted(_folder(settings, key).glob("*.json")):
        try:
            plan = _read(path, path.stat().st_mtime_ns)
        except (OSError, ValueError, LookupError, TypeError):
            # Cut short: dbt makes it again.
            continue
        if plan.holds(connection):
            return plan
    return None


def keep_plan(settings: Settings, key: str, plan: Plan) -> None:
    """Keeps a plan in the home beside others of the same code; those of other code go. With a statement in part it is not kept."""
    if any(statement.endswith(CUT) for step in plan.steps for statement in step.statements):
        return
    folder = _folder(settings, key)
    if not folder.is_dir():
        shutil.rmtree(folder.parent, ignore_errors=True)
        folder.mkdir(parents=True)
    target = folder / f"{sha256(repr(plan.questions).encode()).hexdigest()[:16]}.json"
    working = target.with_suffix(".part")
    working.write_text(json.dumps(asdict(plan), ensure_ascii=False), encoding="utf-8")
    working.replace(target)


def _folder(settings: Settings, key: str) -> Path:
    return settings.builds_dir / "plans" / sha256(key.encode()).hexdigest()[:16]


@cache
def _read(path: Path, written_at: int) -> Plan:
    """A plan read from its file once in a process; `written_at` tells one file of a name from the next."""
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    steps = tuple(Step(s["name"], tuple(s["statements"]), tuple(s["parents"]), float(s["seconds"])) for s in kept["steps"])
    return Plan(tuple((question, known) for question, known in kept["questions"]), steps, kept["lineage"])


def run_plan(
    plan: Plan, connection: duckdb.DuckDBPyConnection, threads: int, on_model: Callable[[ModelResult], None] | None = None
) -> list[ModelResult]:
    """Runs the steps, so many at a time, each after those that it reads; first what the longest way waits for.

    Returns what was done, in the order in which it ended. Raises BuildFailed that names the model and DuckDB's message.
    """
    steps = {step.name: step for step in plan.steps}
    urgency = _urgency(plan)
    order = TopologicalSorter({step.name: step.parents for step in plan.steps})
    order.prepare()
    ready: list[tuple[float, str]] = []
    done: list[ModelResult] = []
    # A cursor that stays open keeps the file open: each is closed, whatever happens, when nothing runs on it any more.
    with ExitStack() as opened, ThreadPoolExecutor(threads) as pool:
        free = [opened.enter_context(own_cursor(connection)) for _ in range(threads)]
        running: dict[Future[float], tuple[str, duckdb.DuckDBPyConnection]] = {}
        while order.is_active():
            for name in order.get_ready():
                heapq.heappush(ready, (-urgency[name], name))
            while ready and free:
                name, cursor = heapq.heappop(ready)[1], free.pop()
                running[pool.submit(_run, steps[name], cursor)] = (name, cursor)
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                name, cursor = running.pop(future)
                try:
                    done.append(ModelResult(name, future.result()))
                except duckdb.Error as error:
                    raise BuildFailed(f"1 models were not built; the snapshot in force stays.\n  {name}: error: {error}") from error
                free.append(cursor)
                order.done(name)
    if on_model:
        for model in done:
            on_model(model)
    return done


def own_cursor(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A connection of a thread's own to the same database; what is set on the first one does not hold for it."""
    cursor = connection.cursor()
    cursor.execute("set TimeZone = 'UTC'")
    return cursor


def _run(step: Step, cursor: duckdb.DuckDBPyConnection) -> float:
    began = time.perf_counter()
    for statement in step.statements:
        cursor.execute(statement)
    return time.perf_counter() - began


def _urgency(plan: Plan) -> dict[str, float]:
    """Per step, the seconds of the longest way from it to the end."""
    after: dict[str, list[str]] = {step.name: [] for step in plan.steps}
    for step in plan.steps:
        for parent in step.parents:
            after[parent].append(step.name)
    seconds = {step.name: step.seconds for step in plan.steps}
    found: dict[str, float] = {}
    for name in reversed(tuple(TopologicalSorter({step.name: step.parents for step in plan.steps}).static_order())):
        found[name] = seconds[name] + max((found[child] for child in after[name]), default=0.0)
    return found
