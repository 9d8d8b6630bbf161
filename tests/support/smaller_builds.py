"""Test builds that make only what the tests read.

Belongs here: leaving out data tests and marts. Does not: which tests read them (`tests.conftest`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from tests.support.whole_builds import is_tested, is_whole

MARTS = ("models/marts/marketing/", "models/marts/operations/")
# What the oracle of the ledger compares besides a regime's figures.
COMPARED = ("rpt_operations_figures", "rpt_operations_words_as_of")


def make_builds_smaller(wants_data_tests: Callable[[], bool], wants_marts: Callable[[], bool]) -> None:
    """From now on in this process; the callables say what a build should make when it begins."""
    from glassbook.catalogue import load_checks
    from warehouse import build

    left_out: list[str] = []
    # dbt gets a project without what is not made. Told to leave it out, it compares every node with every name: a quarter of a small build.
    smaller: dict[tuple[int, bool, bool], Any] = {}

    def run_dbt(project: Any, *args: Any) -> Any:
        with_tests, with_marts = is_tested() or wants_data_tests(), is_whole() or wants_marts()
        left_out[:] = [] if with_marts else unread_marts(project.manifest)
        wanted = (id(project.manifest), with_tests, with_marts)
        if wanted not in smaller:
            # The whole one is kept with it, so that no other gets its id.
            smaller[wanted] = project.manifest, smaller_manifest(project.manifest, left_out, with_tests=with_tests)
        given = copy.copy(project)
        given.manifest = smaller[wanted][1]
        return run_all(given, *args)

    def run_checks(*args: Any) -> Any:
        # A check of marts that were not made would count as broken.
        codes = (check.code for check in load_checks() if check.relation in left_out)
        return run_all_checks(*args) | dict.fromkeys(codes, ("not_supplied", "not made", None))

    run_all, run_all_checks = vars(build)["run_dbt"], vars(build)["run_checks"]
    vars(build).update(run_dbt=run_dbt, run_checks=run_checks)


def unread_marts(manifest: Any) -> list[str]:
    """Names of the models of marketing and operations that no model elsewhere, and nothing compared, reads, directly or not."""
    models = {node.unique_id: node for node in manifest.nodes.values() if node.resource_type == "model"}
    marts = {name for name, node in models.items() if node.original_file_path.startswith(MARTS)}
    pending = [name for name, node in models.items() if name not in marts or node.name in COMPARED]
    read = set(pending)
    while pending:
        for parent in models[pending.pop()].depends_on.nodes:
            if parent in models and parent not in read:
                read.add(parent)
                pending.append(parent)
    return sorted(models[name].name for name in marts - read)


def smaller_manifest(manifest: Any, left_out: list[str], *, with_tests: bool) -> Any:
    """The parsed project without some models and their data tests, without any data test if so wished, and without what no build runs."""
    gone = {name for name, node in manifest.nodes.items() if node.resource_type == "model" and node.name in left_out}
    given = copy.copy(manifest)
    given.nodes = {
        name: node
        for name, node in manifest.nodes.items()
        if name not in gone and (node.resource_type != "test" or (with_tests and gone.isdisjoint(node.depends_on.nodes)))
    }
    given.unit_tests, given.exposures = {}, {}
    return given
