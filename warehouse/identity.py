"""What decides the rows of a snapshot besides its loads: our code, the engine with its options, dbt.

Belongs here: hashing and naming it. Does not: what differs between two filings because of it (`reports.filing.make.conditions`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from typing import Any

from glassbook.engine import ROW_OPTIONS

# Packages that take part in a build. Apps, pages, filings and Dagster's definitions only read what was built, so its name leaves them out.
PACKAGES = ("dbt_project", "glassbook", "ingestion", "warehouse")
_NOT_BUILT_WITH = ("target", "logs", "__pycache__", "tests", "analyses", "exposures", "unit_tests", "fonts")
_TEXTS = ("py", "sql", "csv", "yml", "toml")
# The last two parse addresses of sessions; one of them ships the list of public suffixes.
_LIBRARIES = ("duckdb", "dbt-core", "dbt-duckdb", "ada-url", "publicsuffixlist")


@cache
def code_version(*, with_seeds: bool = True) -> str:
    """Hash of every file of ours that takes part in a build.

    Without seeds it distinguishes a change of the code from a change of the law: the seeds hold the law's dated rows.
    """
    digest = hashlib.sha256()
    for package in PACKAGES:
        for name, file in sorted(_texts(resources.files(package), package)):
            if with_seeds or not name.endswith(".csv"):
                digest.update(f"{name}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _texts(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name not in _NOT_BUILT_WITH:
                yield from _texts(entry, f"{path}/{entry.name}")
        elif entry.name.rsplit(".", 1)[-1] in _TEXTS:
            yield f"{path}/{entry.name}", entry


@cache
def engine_version() -> str:
    """Versions of engine, dbt and the libraries that parse addresses, and engine options that can affect rows, as one line of text."""
    versions = [f"{name} {metadata.version(name)}" for name in _LIBRARIES]
    return ", ".join([*versions, *(f"{name}={value}" for name, value in sorted(ROW_OPTIONS.items()))])


def snapshot_id(parameters: dict[str, str | None], loads: list[list[Any]]) -> str:
    """Name of a snapshot, from what it is made of: the same data, code and engine give the same name on every machine."""
    text = json.dumps([parameters, loads], sort_keys=True)
    return f"{parameters['as_of_on'] or 'empty'}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
