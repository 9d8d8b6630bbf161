"""Packed files made whole files again, proved to their last byte.

Belongs here: one packing each. Does not: finding files, nor archives of a whole folder (`folder`).
"""

from __future__ import annotations

import gzip
import shutil
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from glassbook.errors import InputError
from ingestion.sources.file_names import FORMS, PACKINGS, is_companion

_BLOCK = 1 << 16
# A Python may be made without these two.
_DECOMPRESSORS = {".bz2": ("bz2", "BZ2Decompressor"), ".xz": ("lzma", "LZMADecompressor")}


def unpacked(path: Path, place: Callable[[str], Path]) -> Path:
    """The file itself when it is not packed, else what was packed in it, where `place` puts a file of an ending.

    Raises InputError for one that is cut off, followed by something else, under a password, or of more than one file.
    """
    packing = path.suffix.lower()
    if packing not in PACKINGS:
        return path
    try:
        if packing == ".zip":
            return _unzipped(path, place)
        target = place(Path(path.stem).suffix.lower())
        with path.open("rb") as packed, target.open("wb") as out:
            if packing == ".gz":
                with gzip.open(packed) as source:
                    shutil.copyfileobj(source, out, _BLOCK)
            else:
                _decompress(packing, packed, out)
        return target
    except InputError:
        raise
    except Exception as error:  # each packing has errors of its own
        raise cannot_unpack(path, error) from error


def cannot_unpack(path: Path, error: Exception) -> InputError:
    """What to say of an archive that its library could not read."""
    return InputError(
        found=f"a file that cannot be unpacked ({error})",
        where=str(path),
        expected="a whole archive without a password",
        remedy="Export or copy the file again; it may have been cut off.",
    )


def _decompress(packing: str, packed: BinaryIO, out: BinaryIO) -> None:
    """Streams one after the other. The library's own reader takes what follows the first for the end, whatever it is."""
    module, name = _DECOMPRESSORS[packing]
    make: Callable[[], Any] = getattr(import_module(module), name)
    decompressor = make()
    while block := packed.read(_BLOCK):
        while block:
            if decompressor.eof:
                decompressor = make()
            out.write(decompressor.decompress(block))
            block = decompressor.unused_data if decompressor.eof else b""
    if not decompressor.eof:
        raise EOFError("it ends before its end")


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
        target = place(Path(names[0]).suffix.lower())
        with archive.open(names[0]) as packed, target.open("wb") as out:
            shutil.copyfileobj(packed, out, _BLOCK)
        return target
