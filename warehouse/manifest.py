"""dbt's manifest of the project as plain data, for code that shows the graph and runs nothing.

Belongs here: making it once per version of code and engine. Does not: running models (`dbt_runner`), what Dagster makes of it.
"""

from __future__ import annotations

import hashlib
import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from glassbook.disk import write_synced
from glassbook.json_text import parse_json
from glassbook.settings import Settings
from glassbook.snapshots import only_one_build
from warehouse.dbt_runner import PROJECT_DIR, Project
from warehouse.identity import code_version, engine_version

_read: dict[str, dict[str, Any]] = {}


def read_manifest(settings: Settings) -> dict[str, Any]:
    """The manifest, as dbt writes it for other tools (manifest.json). Raises BuildFailed when dbt cannot read the project.

    Kept in `builds/` of the home: Dagster opens its definitions again for every run, and reading a file saves the seconds that dbt needs.
    """
    version = hashlib.sha256(f"{code_version()} {engine_version()} {PROJECT_DIR}".encode()).hexdigest()[:16]
    if version not in _read:
        kept = settings.builds_dir / f"manifest-{version}.json"
        found = _kept(kept)
        if found is None:
            # dbt reads the project in the folder of builds, which one process at a time uses.
            with only_one_build(settings):
                made = _as_data(Project(settings).manifest)
                for old in settings.builds_dir.glob("manifest-*.json"):
                    old.unlink()
                temporary = kept.with_suffix(".part")
                write_synced(temporary, json.dumps(made).encode())
                temporary.replace(kept)
            found = parse_json(kept.read_bytes())
        _read[version] = found
    return _read[version]


def _as_data(manifest: Any) -> dict[str, Any]:
    from dbt.flags import set_from_args

    # dbt writes its options into the manifest, and has none before its first command: what a build kept is read without one.
    set_from_args(Namespace(send_anonymous_usage_stats=False), {})
    return dict(manifest.writable_manifest().to_dict(omit_none=False))


def _kept(path: Path) -> dict[str, Any] | None:
    """What an earlier process wrote; None where it is missing or incomplete."""
    try:
        return dict(parse_json(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
