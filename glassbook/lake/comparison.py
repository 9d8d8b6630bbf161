"""Whether files of the lake match the load log: every byte is read and the hash compared with the SHA-256 of the entry.

Belongs here: comparing. Does not: which files a build or a load reads (they say so), writing them (`ingestion.loading.lake_files`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from glassbook.disk import file_digest
from glassbook.errors import CheckFailed
from glassbook.settings import Settings

KINDS = ("", "quarantine_", "gone_", "states_", "withdrawn_")
"""Prefixes of the fields of an entry that name a file (`…path`) and its hash (`…sha256`)."""
_SHOWN = 10


class LakeDamaged(CheckFailed):
    """Files of the lake do not match the load log; the message names them and what to do."""


def claimed_files(entry: Mapping[str, Any]) -> dict[str, str | None]:
    """Path below the lake and SHA-256 of each file that an entry of the load log names; None where earlier code did not record it."""
    parts = entry.get("tables", {}).values()
    return {part[f"{kind}path"]: part.get(f"{kind}sha256") for part in parts for kind in KINDS if part.get(f"{kind}path")}


def pointing_to_merged(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The entries as they must be read now: where a later entry merged files, they name the merged file as their own, and the original file
    as `replaced_path`."""
    newest: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        for name, merged in (entry.get("compacted") or {}).items():
            # A file that was merged again is in the newer one with all its loads: only that is looked at, or years would cost their square.
            newest[name] = [before for before in newest.get(name, []) if not _covers(merged, before)] + [merged]
    found = [{**entry, "tables": dict(entry.get("tables", {}))} for entry in entries]
    for name, files in newest.items():
        newest_of = {number: merged for merged in files for number in range(merged["first_seq"], merged["last_seq"] + 1)}
        for number, merged in newest_of.items():
            part = found[number - 1]["tables"].get(name)
            if part is not None and part.get("path"):
                found[number - 1]["tables"][name] = {
                    **part,
                    "path": merged["path"],
                    "sha256": merged["sha256"],
                    "replaced_path": part["path"],
                }
    return found


def _covers(merged: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(merged["first_seq"] <= other["first_seq"] and other["last_seq"] <= merged["last_seq"])


def claims_of(entries: Sequence[Mapping[str, Any]]) -> dict[str, str | None]:
    """The same for all entries, without files whose rows are now in a merged file."""
    return {path: digest for entry in pointing_to_merged(entries) for path, digest in claimed_files(entry).items()}


def replaced_files(entries: Sequence[Mapping[str, Any]]) -> set[str]:
    """Paths below the lake of the files whose rows are now in a merged file: no entry needs them any more."""
    own = {path for entry in entries for path in claimed_files(entry)}
    merged = {part["path"] for entry in entries for part in (entry.get("compacted") or {}).values()}
    return (own | merged) - claims_of(entries).keys()


def damaged_files(settings: Settings, files: Mapping[str, str | None]) -> list[str]:
    """What is wrong with each file that differs from its record; files are given by path below the lake and recorded SHA-256."""
    with ThreadPoolExecutor(settings.threads) as helpers:
        return sorted(found for found in helpers.map(lambda item: _problem(settings, *item), sorted(files.items())) if found)


def require_whole(settings: Settings, files: Mapping[str, str | None]) -> None:
    """Raises LakeDamaged that names each file that is missing or differs from its record."""
    problems = damaged_files(settings, files)
    if problems:
        more = [f"  and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise LakeDamaged(
            "\n".join(
                [
                    f"{len(problems)} file(s) of the lake are not as the load log says; nothing was read from it.",
                    *(f"  {problem}" for problem in problems[:_SHOWN]),
                    *more,
                    "  Restore them from a backup; the right ones have the recorded SHA-256, and `glassbook doctor --deep` compares all. "
                    "What was published before stays in force.",
                ]
            )
        )


@contextmanager
def being_compared(settings: Settings, files: Mapping[str, str | None]) -> Iterator[None]:
    """Compares the files while the work inside goes on, which must not read them. Raises LakeDamaged at its end."""
    with ThreadPoolExecutor(1) as helper:
        comparing = helper.submit(require_whole, settings, files)
        yield
        comparing.result()


def _problem(settings: Settings, path: str, recorded: str | None) -> str | None:
    place = settings.lake_dir / path
    try:
        found = file_digest(place)
    except FileNotFoundError:
        return f"{place}: is missing; its SHA-256 is {recorded or 'not recorded'}"
    except OSError as error:
        return f"{place}: cannot be read ({error.strerror}); its SHA-256 is {recorded or 'not recorded'}"
    return None if recorded in (None, found) else f"{place}: its SHA-256 is {found}, and {recorded} is recorded"
