"""Unpacks files and verifies them to the last byte.

Belongs here: each packing. Does not: finding files, nor archives of a whole folder (`source`).
"""

from __future__ import annotations

import gzip
import shutil
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from glassbook.engine_errors import is_full_disk
from glassbook.errors import InputError
from ingestion.sources.folder.file_names import FORMS, PACKINGS, is_companion

_BLOCK = 1 << 16
# A Python may be built without these two.
_DECOMPRESSORS: dict[str, tuple[str, str, dict[str, int]]] = {
    ".bz2": ("bz2", "BZ2Decompressor", {}),
    # A file says how much memory its unpacking takes; the most that xz itself writes takes an eighth of this.
    ".xz": ("lzma", "LZMADecompressor", {"memlimit": 512 << 20}),
}
AMPLE_BYTES, MOST_TIMES, MOST_BYTES = 256_000_000, 200, 200_000_000_000
"""Limits against decompression bombs: any file may unpack to the first number of bytes; beyond that, to so many times its size, and never
to more than the last number. Tables shrink to a tenth or a thirtieth; a file that unpacks to more is made to fill a disk."""
_MOST_FILES = 100_000


def unpacked(path: Path, place: Callable[[str], Path]) -> Path:
    """The file itself when it is not packed, else its unpacked content, at the path that `place` gives for its extension.

    Raises InputError for one that is cut off, has extra bytes at its end, needs a password, or holds more than one file.
    """
    packing = path.suffix.lower()
    if packing not in PACKINGS:
        return path
    try:
        if packing == ".zip":
            return _unzipped(path, place)
        target = place(Path(path.stem).suffix.lower())
        with path.open("rb") as packed, target.open("wb") as file:
            out = _Limited(file, path)
            if packing == ".gz":
                with gzip.open(packed) as source:
                    while block := source.read(_BLOCK):
                        out.write(block)
            else:
                _decompress(packing, packed, out)
        return target
    except InputError:
        raise
    except Exception as error:  # each packing has errors of its own
        if is_full_disk(error):
            raise
        raise cannot_unpack(path, error) from error


def cannot_unpack(path: Path, error: Exception) -> InputError:
    """The error for an archive that its library could not read."""
    return InputError(
        found=f"a file that cannot be unpacked ({error})",
        where=str(path),
        expected="a whole archive without a password",
        remedy="Export or copy the file again; it may have been cut off.",
    )


class _Limited:
    """A file that accepts no more bytes than `path` may unpack to."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file, self._path, self._written = file, path, 0

    def write(self, block: bytes) -> None:
        """Writes, or raises InputError."""
        self._written += len(block)
        require_ample(self._path, self._written)
        self._file.write(block)


def require_ample(path: Path, unpacked: int) -> None:
    """Raises InputError when the file `path` unpacks to more bytes than it may."""
    packed = path.stat().st_size
    most = min(max(AMPLE_BYTES, packed * MOST_TIMES), MOST_BYTES)
    if unpacked > most:
        raise InputError(
            found=f"{packed:,} bytes that unpack to more than {most:,}",
            where=str(path),
            expected=f"at most {MOST_TIMES} times the packed size once it is more than {AMPLE_BYTES:,} bytes, and at most {MOST_BYTES:,}",
            remedy="Look at where the file comes from; if it is right, unpack it yourself and name the folder.",
        )


def require_ample_archive(path: Path, archive: zipfile.ZipFile) -> None:
    """Raises InputError when the sizes that an archive declares exceed the limit; its library reads no more of a file than declared."""
    entries = archive.infolist()
    if len(entries) > _MOST_FILES:
        raise InputError(
            found=f"{len(entries):,} files in one archive",
            where=str(path),
            expected=f"at most {_MOST_FILES:,}",
            remedy="Look at where the file comes from; if it is right, unpack it yourself and name the folder.",
        )
    require_ample(path, sum(entry.file_size for entry in entries))


def _decompress(packing: str, packed: BinaryIO, out: _Limited) -> None:
    """Consecutive streams. The library's own reader ends after the first, whatever follows."""
    module, name, options = _DECOMPRESSORS[packing]
    make: Callable[..., Any] = getattr(import_module(module), name)
    decompressor = make(**options)
    while True:
        block = b""
        if decompressor.eof:
            block = decompressor.unused_data or packed.read(_BLOCK)
            if not block:
                return
            decompressor = make(**options)
        elif decompressor.needs_input:
            block = packed.read(_BLOCK)
            if not block:
                raise EOFError("it ends before its end")
        # In parts: a few bytes can unpack to more than the memory holds.
        out.write(decompressor.decompress(block, _BLOCK))


def _unzipped(path: Path, place: Callable[[str], Path]) -> Path:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/") and not any(map(is_companion, Path(name).parts))]
        if len(names) != 1 or Path(names[0]).suffix.lower() not in FORMS:
            raise InputError(
                found=f"{len(names)} files ({', '.join(names[:5])})",
                where=str(path),
                expected=f"one file that ends with {', '.join(FORMS)}",
                remedy="Pack each file by itself, or the whole folder into one .zip that --source names.",
            )
        require_ample_archive(path, archive)
        target = place(Path(names[0]).suffix.lower())
        with archive.open(names[0]) as packed, target.open("wb") as out:
            shutil.copyfileobj(packed, out, _BLOCK)
        return target
