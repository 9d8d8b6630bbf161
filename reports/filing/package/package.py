"""Writes a package atomically: a folder by one rename, and the same files as an archive beside it.

A package is never changed. Making it again from the same data leaves it as it is; other content under the same name is refused.
"""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from glassbook.disk import sync_folder, write_synced
from glassbook.errors import InputError
from glassbook.faults import checkpoint
from glassbook.private import let_all_read
from reports.filing.package.archive import make_archive
from reports.filing.package.seal import SEAL_NAME, Seal, make_seal


@dataclass(frozen=True)
class WrittenPackage:
    """Where a package is; `is_new` is false when the same one already existed."""

    folder: Path
    archive: Path
    seal: Seal
    is_new: bool


def write_package(
    out: Path, contents: Mapping[str, bytes], previous_seal: str | None, unsealed: Mapping[str, bytes] | None = None
) -> WrittenPackage:
    """Seals `contents` and makes the folder `out` and the archive `out`.zip; `unsealed` files refer to the seal and lie beside it.

    Raises InputError when `out` exists and is not exactly this package.
    """
    out = out.resolve()
    seal = make_seal(contents, previous_seal)
    files = {**contents, SEAL_NAME: seal.text().encode(), **(unsealed or {})}
    archive = out.with_name(out.name + ".zip")
    out.parent.mkdir(parents=True, exist_ok=True)
    clear_leftovers(out.parent, out.name)
    is_new = not _is_there(out)
    if is_new:
        _write_folder(out, files)
    else:
        _refuse_other(out, files)
    checkpoint("file_before_archive")
    if not archive.exists():
        write_whole(archive, make_archive(files))
    elif archive.read_bytes() != make_archive(files):
        raise _refusal(archive, "an archive with other content")
    return WrittenPackage(out, archive, seal, is_new)


def write_whole(path: Path, content: bytes, *, is_for_all: bool = False) -> None:
    """Writes `content` to `path` atomically: a reader sees the old file or the new one, never a part. `is_for_all`: all may read it."""
    temporary = temporary_of(path)
    write_synced(temporary, content)
    if is_for_all:
        let_all_read(temporary)
    temporary.replace(path)
    sync_folder(path.parent)


def _is_there(out: Path) -> bool:
    # An empty folder is not a package: someone prepared it.
    return out.exists() and not (out.is_dir() and not any(out.iterdir()))


def _write_folder(out: Path, files: Mapping[str, bytes]) -> None:
    temporary = temporary_of(out)
    temporary.mkdir()
    for name in sorted(files):
        write_synced(temporary / name, files[name])
        checkpoint("file_between_files")
    sync_folder(temporary)
    checkpoint("file_before_rename")
    temporary.rename(out)
    sync_folder(out.parent)
    checkpoint("file_after_rename")


def _refuse_other(out: Path, files: Mapping[str, bytes]) -> None:
    if not out.is_dir():
        raise _refusal(out, "a file")
    there = {entry.name for entry in out.iterdir()}
    if SEAL_NAME not in there and "filing.json" not in there:
        raise _refusal(out, "a folder that is in use for something else")
    differing = sorted(
        name for name in there | set(files) if name not in files or not (out / name).is_file() or (out / name).read_bytes() != files[name]
    )
    if differing:
        raise _refusal(out, f"a package that differs in {', '.join(differing)}")


def _refusal(path: Path, found: str) -> InputError:
    return InputError(
        found=found,
        where=str(path),
        expected="a name that is free, or this very package",
        remedy="A package is never overwritten. Keep it and write this one under another name, such as the next version's.",
    )


def temporary_of(path: Path) -> Path:
    """The temporary path for `path`, in the same folder and of this process; `clear_leftovers` removes it after a kill."""
    return path.with_name(f".{path.name}.{os.getpid()}.partial")


def clear_leftovers(folder: Path, name: str | None = None) -> None:
    """Removes what killed runs left in `folder` (for one name, or all); files of running processes stay."""
    pattern = "" if name is None else glob.escape(name)
    for leftover in folder.glob(f".{pattern}*.partial"):
        owner = leftover.name.split(".")[-2]
        if owner.isdigit() and (int(owner) == os.getpid() or not _is_alive(int(owner))):
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
