"""Whether files of the lake are as the load log says: every byte is read and compared with the SHA-256 of its entry.

Belongs here: comparing. Does not: which files a build or a load reads (they say so), writing them (`ingestion.lake_files`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from glassbook.disk import file_digest
from glassbook.errors import CheckFailed
from glassbook.settings import Settings

_KINDS = ("", "quarantine_", "gone_", "states_", "withdrawn_")
_SHOWN = 10


class LakeDamaged(CheckFailed):
    """Files of the lake are not as the load log says; the message names them and what to do."""


def claimed_files(entry: Mapping[str, Any]) -> dict[str, str | None]:
    """Path below the lake and SHA-256 of each file that an entry of the load log names; None where earlier code did not record it."""
    parts = entry.get("tables", {}).values()
    return {part[f"{kind}path"]: part.get(f"{kind}sha256") for part in parts for kind in _KINDS if part.get(f"{kind}path")}


def claims_of(entries: Sequence[Mapping[str, Any]]) -> dict[str, str | None]:
    """The same of all entries, without files whose rows lie in a merged one by now."""
    claims = {path: digest for entry in entries for path, digest in claimed_files(entry).items()}
    merged_before: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        for table, merged in (entry.get("compacted") or {}).items():
            first, last = merged["first_seq"], merged["last_seq"]
            inside = [old["path"] for old in merged_before.get(table, []) if first <= old["first_seq"] and old["last_seq"] <= last]
            for path in (*inside, *(f"{table}/{number:08d}.parquet" for number in range(first, last + 1))):
                claims.pop(path, None)
            claims[merged["path"]] = merged["sha256"]
            merged_before.setdefault(table, []).append(merged)
    return claims


def damaged_files(settings: Settings, files: Mapping[str, str | None]) -> list[str]:
    """What is wrong with each of the files, given by path below the lake and recorded SHA-256, that is not as recorded."""
    with ThreadPoolExecutor(settings.threads) as helpers:
        return sorted(found for found in helpers.map(lambda item: _problem(settings, *item), sorted(files.items())) if found)


def require_whole(settings: Settings, files: Mapping[str, str | None]) -> None:
    """Raises LakeDamaged that names each of the files which is missing or not as recorded."""
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
