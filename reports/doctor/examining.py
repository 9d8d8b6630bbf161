"""Checks whether everything is in place, and says for each problem what to do. It changes nothing."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from importlib import metadata
from typing import Any

from glassbook.build_attempts import unfinished
from glassbook.clock import now
from glassbook.errors import GlassbookError, InputError, printable
from glassbook.in_the_way import in_the_load_log, refuse
from glassbook.lake.log import examine_entries
from glassbook.settings import Settings, load_settings
from glassbook.snapshots import Snapshot, current_snapshot, has_snapshot
from reports.doctor.filings import look_at_filings, look_at_keys
from reports.doctor.lake import Seen, look_at_clocks, look_at_files, look_at_log
from reports.doctor.private import look_at_rights
from reports.doctor.snapshots import look_at_snapshot, look_at_snapshots
from reports.doctor.source_rights import look_at_login

OLDEST_PYTHON = (3, 11)
# A close runs daily; when the data ends more than this many days ago, a close was missed.
STALE_AFTER = timedelta(days=3)
# A build writes a new warehouse file beside the old one, and spills to disk while it works.
ROOM_FOR_BUILDS = 3
LEAST_FREE_BYTES = 1 << 30


@dataclass(frozen=True)
class Finding:
    """One check and its result. `state`: ok, note (works, but look at it) or broken; `fix` says what to do."""

    topic: str
    state: str
    found: str
    fix: str = ""

    @property
    def mark(self) -> str:
        """The state as one short word for the terminal."""
        return {"ok": "ok", "note": "note", "broken": "BAD"}[self.state]


def examine(*, is_deep: bool = False) -> list[Finding]:
    """Every finding, in the order in which the checks depend on each other; `is_deep` compares every byte of lake and snapshots."""
    findings = [_python(), _packages()]
    try:
        settings = load_settings()
    except InputError as error:
        return [*findings, Finding("settings", "broken", error.found, error.remedy)]
    findings.append(Finding("settings", "ok", f"home {settings.home}, {settings.timezone}, {settings.country}"))
    looks: dict[str, Callable[[Settings], Finding]] = {
        "home": _home,
        "log": lambda settings: _of(look_at_log(settings), "log"),
        "lake": partial(_lake, is_deep=is_deep),
        "clocks": lambda settings: _of(look_at_clocks(settings), "clocks"),
        "quarantine": _quarantine,
        "drift": _drift,
        "files": _files,
        "login": lambda settings: _of(look_at_login(_load_log(settings)), "login"),
        "snapshot": lambda settings: _of(look_at_snapshot(settings), "snapshot"),
        "snapshots": lambda settings: _of(look_at_snapshots(settings, is_deep=is_deep), "snapshots"),
        "filings": lambda settings: _of(look_at_filings(settings, is_deep=is_deep), "filings"),
        "keys": lambda settings: _of(look_at_keys(settings), "keys"),
        "rights": lambda settings: _of(look_at_rights(settings), "rights"),
        "age": _age,
        "builds": _builds,
        "disk": _disk,
    }
    return findings + [_guarded(topic, look, settings) for topic, look in looks.items()]


def _guarded(topic: str, look: Callable[[Settings], Finding], settings: Settings) -> Finding:
    """Runs one check. A check that fails is itself a finding: the doctor must reach the end of the list."""
    try:
        return look(settings)
    except InputError as error:
        return Finding(topic, "broken", f"{error.where}: found {error.found}; expected {error.expected}", error.remedy)
    except GlassbookError as error:
        return Finding(topic, "broken", str(error))
    except OSError as error:
        return Finding(topic, "broken", f"{error.filename or settings.home}: {error.strerror or error}", "Put path and rights in order.")
    except (ValueError, KeyError) as error:
        return Finding(topic, "broken", f"{type(error).__name__}: {error}", "Fix what it names and run this again.")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST_PYTHON:
        return Finding("python", "ok", version)
    return Finding("python", "broken", version, "Install Python 3.11 or newer and run `make demo` again.")


# Extras that run something, by the module that each needs.
_EXTRAS = {"apps": "streamlit", "orchestration": "dagster"}


def _packages() -> Finding:
    requires = [text for text in metadata.requires("glassbook") or [] if "extra ==" not in text]
    lacking = [name for name in (re.split(r"[\[<>=!~; (]", text)[0] for text in requires) if not _is_installed(name)]
    if lacking:
        return Finding("packages", "broken", "missing: " + ", ".join(lacking), "Run `make demo` or install requirements.lock.")
    extras = [extra for extra, name in _EXTRAS.items() if _is_installed(name)]
    return Finding("packages", "ok", f"{len(requires)} installed, with {', '.join(extras) or 'no extra'}")


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _home(settings: Settings) -> Finding:
    place = settings.home.absolute()
    if place.is_dir():
        if os.access(place, os.W_OK | os.X_OK):
            return Finding("home", "ok", f"{place} is writable")
        return Finding("home", "broken", f"{place} is not writable", "Give this user write access, or set GLASSBOOK_HOME.")
    if place.exists():
        return Finding("home", "broken", f"{place} is not a folder", "Set GLASSBOOK_HOME to a folder.")
    parent = next(folder for folder in place.parents if folder.is_dir())
    if os.access(parent, os.W_OK | os.X_OK):
        return Finding("home", "note", f"{place} is not there yet", "The first `glassbook ingest` or `demo` makes it.")
    return Finding("home", "broken", f"{place} cannot be made in {parent}", "Set GLASSBOOK_HOME to a writable place.")


def _load_log(settings: Settings) -> list[dict[str, Any]]:
    """The valid entries; an invalid one is a finding of its own. Raises InputError where something stands in their way."""
    refuse(in_the_load_log(settings))
    return examine_entries(settings)[0]


def _lake(settings: Settings, *, is_deep: bool = False) -> Finding:
    loads = _load_log(settings)
    if not loads:
        return Finding("lake", "note", "no load yet", "Run `glassbook ingest --source FOLDER`, or `glassbook demo`.")
    seen = _of(look_at_files(settings, is_deep=is_deep), "lake")
    summary = f"{len(loads)} load(s), the last at {loads[-1]['loaded_at']}{_read_since(settings, loads)}"
    return replace(seen, found=f"{summary}; {seen.found}")


def _of(seen: Seen, topic: str) -> Finding:
    return Finding(topic, seen.state, seen.found, seen.fix)


def _read_since(settings: Settings, loads: list[dict[str, Any]]) -> str:
    """When the source was last read without news, if that was after the last load; ignores a line cut short by a kill."""
    log = settings.lake_dir / "_loads" / "nothing_new.jsonl"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
    read_at = [found[1] for line in lines if (found := re.search(r'"ended_at": "([^"]+)".*\}$', line))]
    # Both are UTC instants in one format, so that their texts sort as they do.
    is_newer = bool(read_at) and read_at[-1] > loads[-1]["loaded_at"]
    return f"; read again at {read_at[-1]}, nothing new" if is_newer else ""


def _quarantine(settings: Settings) -> Finding:
    rows: dict[str, int] = {}
    held = 0
    for load in _load_log(settings):
        for name, table in load.get("tables", {}).items():
            quarantined = table.get("rows_quarantined", 0)
            held += quarantined
            # An entry says how many rows are open after it; an entry older than that field, how many rows it added.
            still_open = table.get("rows_open")
            rows[name] = rows.get(name, 0) + quarantined if still_open is None else still_open
    waiting = {name: count for name, count in rows.items() if count}
    if not waiting:
        return Finding("quarantine", "ok", f"none of {held} row(s) is open" if held else "empty")
    found = ", ".join(f"{name} {count}" for name, count in sorted(waiting.items()))
    fix = "`glassbook quarantine list` shows them: correct them at the source and ingest again, or accept or release them."
    return Finding("quarantine", "note", f"{sum(waiting.values())} open row(s): {found}", fix)


def _drift(settings: Settings) -> Finding:
    """How the source's tables had changed at the last load of each."""
    newest: dict[str, list[str]] = {}
    for load in _load_log(settings):
        if load.get("decision") is None:
            newest |= {
                name: table.get("drift", [])
                for name, table in load.get("tables", {}).items()
                if table.get("is_supplied") or table.get("drift")
            }
    changes = [f"{name}: {sentence}" for name, sentences in sorted(newest.items()) for sentence in sentences]
    if not changes:
        return Finding("drift", "ok", "the source's tables are as the load before found them")
    fix = "Ask the platform whether it is meant; name the new columns in the mapping if the contract has a place for them."
    return Finding("drift", "note", printable("; ".join(changes)), fix)


def _files(settings: Settings) -> Finding:
    """Files of the source that its last load did not read."""
    loads = [load for load in _load_log(settings) if load.get("decision") is None]
    ignored = loads[-1].get("ignored", []) if loads else []
    if not ignored:
        return Finding("files", "ok", "every file of the source was read")
    fix = "Nothing, when they hold no rows; else name them as docs/sources.md says and ingest again."
    return Finding("files", "note", printable(f"{len(ignored)} not read: {'; '.join(ignored)}"), fix)


def _age(settings: Settings) -> Finding:
    if not has_snapshot(settings):
        return Finding("age", "ok", "nothing published yet")
    snapshot: Snapshot = current_snapshot(settings)
    # By name, not by instant: an entry keeps the instant of a wrong clock after it was corrected.
    held = {tuple(load) for load in snapshot.manifest.get("loads", [])}
    waiting = [load for load in _load_log(settings) if (load["load_seq"], load["load_id"]) not in held]
    if waiting:
        return Finding("age", "note", f"{len(waiting)} load(s) are not in the snapshot yet", "Run `glassbook build`.")
    if snapshot.as_of is not None and now(settings).date() - snapshot.as_of > STALE_AFTER:
        found = f"the data ends on {snapshot.as_of}"
        return Finding("age", "note", found, "Run `glassbook ingest` and `glassbook build` if the platform is still at work.")
    return Finding("age", "ok", f"every load is in the snapshot, known at {snapshot.manifest['known_at']}")


def _builds(settings: Settings) -> Finding:
    if (last := unfinished(settings)) is not None:
        found = f"the last build, begun at {last.started_at.isoformat()}, {f'failed: {last.reason}' if last.reason else 'was stopped'}"
        return Finding("builds", "note", found, "Fix what it names, then run `glassbook build`; the snapshot before stays in force.")
    left = sorted(folder.name for folder in settings.builds_dir.glob("*")) if settings.builds_dir.is_dir() else []
    return Finding("builds", "ok", f"under way or kept for the next: {len(left)}")


def _disk(settings: Settings) -> Finding:
    place = settings.home.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    wanted = LEAST_FREE_BYTES
    if has_snapshot(settings):
        wanted = max(wanted, ROOM_FOR_BUILDS * current_snapshot(settings).database.stat().st_size)
    found = f"{free / 1e9:.1f} GB free at {place}"
    if free < wanted:
        fix = f"Free at least {wanted / 1e9:.1f} GB, or lower GLASSBOOK_KEEP_SNAPSHOTS and build again."
        return Finding("disk", "broken", found, fix)
    return Finding("disk", "ok", found)
