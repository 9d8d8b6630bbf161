"""Files as a platform exports them, made readable: packed ones unpacked, workbooks as lines of text, Chinese encodings as UTF-8.

Belongs here: what must happen to a file before its rows can be read. Does not: finding the files (`folder`), reading rows (`csv_files`,
`parquet_files`).
"""

from __future__ import annotations

import csv
import gzip
import re
import shutil
import zipfile
from codecs import getincrementaldecoder, lookup
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from charset_normalizer import from_bytes

from glassbook.errors import InputError

FORMS = (".parquet", ".csv", ".xlsx")
PACKINGS = (".gz", ".zip")
SUFFIXES = (*(form + packing for form in FORMS for packing in ("", *PACKINGS)), ".zip")
"""Endings of files that can be read; a bare .zip holds one file of a form."""
AUTO = "auto"
"""Encoding of CSV: UTF-8, or GB18030 (with GBK and GB2312 in it) where that is what the bytes are."""

_BLOCK = 1 << 20
# Japanese in its own encoding shares these signs with GB2312.
_KANA = re.compile("[\u3041-\u30ff]")
# What a Chinese platform's export could be taken for.
_CANDIDATES = ["gb18030", "big5", "cp1252", "shift_jis", "euc_jp", "euc_kr"]


@dataclass(frozen=True)
class Offered:
    """A file as it was offered, the one to read in its place, and what counts its rows."""

    path: Path
    readable: Path
    form: Literal[".parquet", ".csv"]
    counts: Literal["line", "row"] = "line"


def stem_of(path: Path) -> str | None:
    """The table's name in a file's, or None for a file of another kind."""
    suffix = max((s for s in SUFFIXES if path.name.endswith(s)), key=len, default=None)
    return path.name[: -len(suffix)] if suffix else None


def offered(path: Path, work: Path, encoding: str = AUTO, days: frozenset[str] = frozenset()) -> Offered:
    """The file made readable, with what had to be written in `work`; `days`: columns of calendar days, which a workbook keeps as midnights.

    Raises InputError for a file that is not whole, of another form, or in an encoding that is not known.
    """
    unpacked = _unpacked(path, work)
    if unpacked.suffix == ".parquet":
        return Offered(path, unpacked, ".parquet")
    if unpacked.suffix == ".xlsx":
        return Offered(path, _lines_of_workbook(path, unpacked, _place(work, path, ".csv"), days), ".csv", "row")
    return Offered(path, _in_utf8(path, unpacked, work, encoding), ".csv")


def _place(work: Path, path: Path, suffix: str) -> Path:
    work.mkdir(parents=True, exist_ok=True)
    number = sum(1 for _ in work.iterdir())
    return work / f"{number:04d}-{stem_of(path)}{suffix}"


def _unpacked(path: Path, work: Path) -> Path:
    if path.suffix not in PACKINGS:
        return path
    try:
        if path.suffix == ".gz":
            target = _place(work, path, Path(path.stem).suffix)
            with gzip.open(path) as packed, target.open("wb") as out:
                shutil.copyfileobj(packed, out, _BLOCK)
            return target
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX")]
            if len(names) != 1 or Path(names[0]).suffix not in FORMS:
                raise InputError(
                    found=f"{len(names)} files ({', '.join(names[:5])})",
                    where=str(path),
                    expected=f"one file that ends with {', '.join(FORMS)}",
                    remedy="Pack each file by itself, or the whole folder into one .zip that --source names.",
                )
            target = _place(work, path, Path(names[0]).suffix)
            with archive.open(names[0]) as packed, target.open("wb") as out:
                shutil.copyfileobj(packed, out, _BLOCK)
            return target
    except (OSError, EOFError, zipfile.BadZipFile, RuntimeError, ValueError) as error:
        raise InputError(
            found=f"a file that cannot be unpacked ({error})",
            where=str(path),
            expected="a whole archive without a password",
            remedy="Export or copy the file again; it may have been cut off.",
        ) from error


def _in_utf8(path: Path, text: Path, work: Path, encoding: str) -> Path:
    if encoding == AUTO:
        failed = _first_undecodable(text, "utf-8")
        if failed is None:
            return text
        line, position, found = failed
        if not _is_gb18030(text, position):
            raise _not_decoded(
                path, line, found, "UTF-8 or GB18030", "Export as UTF-8, or name the encoding in the setting source_encoding."
            )
        encoding = "gb18030"
    try:
        encoding = lookup(encoding).name
    except LookupError as error:
        raise InputError(
            found=f"the encoding {encoding!r}", where="setting source_encoding", expected="auto, utf-8, gb18030 …", remedy="Correct it."
        ) from error
    failed = _first_undecodable(text, encoding)
    if failed is not None:
        raise _not_decoded(path, failed[0], failed[2], encoding.upper(), "Export the file again, or correct the setting source_encoding.")
    if encoding == "utf-8":
        return text
    target = _place(work, path, ".csv")
    with text.open(encoding=encoding, newline="") as source, target.open("w", encoding="utf-8", newline="") as out:
        shutil.copyfileobj(source, out, _BLOCK)
    return target


def _not_decoded(path: Path, line: int, found: bytes, expected: str, remedy: str) -> InputError:
    return InputError(
        found=f"bytes that are not {expected} ({found!r})",
        where=f"{path}, line {line}",
        expected=f"{expected}, with or without byte order mark",
        remedy=remedy,
    )


def _first_undecodable(path: Path, encoding: str) -> tuple[int, int, bytes] | None:
    """Line, position and bytes of the first thing that is not of an encoding."""
    decoder = getincrementaldecoder(encoding)()
    line, position = 1, 0
    with path.open("rb") as handle:
        is_more = True
        while is_more:
            block = handle.read(_BLOCK)
            is_more = bool(block)
            try:
                decoder.decode(block, final=not is_more)
            except UnicodeDecodeError as error:
                # What the decoder had kept of the block before comes first in what it could not read.
                kept = max(len(error.object) - len(block), 0)
                place = max(error.start - kept, 0)
                return line + block[:place].count(b"\n"), position + place, error.object[error.start : error.start + 4]
            line += block.count(b"\n")
            position += len(block)
    return None


def _is_gb18030(path: Path, position: int) -> bool:
    """Whether bytes that are not UTF-8 are GB18030; a few words are told by their signs, more of them by their statistics."""
    with path.open("rb") as handle:
        handle.seek(max(position - 4096, 0))
        if position > 4096:
            handle.readline()
        sample = handle.read(_BLOCK)
    best = from_bytes(sample, cp_isolation=_CANDIDATES).best()
    if best is not None and best.encoding == "gb18030":
        return True
    try:
        words = sample.rsplit(b"\n", 1)[0].decode("gb18030")
        words.encode("gb2312")
    except UnicodeError:
        return False
    return not _KANA.search(words)


def _lines_of_workbook(path: Path, workbook: Path, target: Path, days: frozenset[str]) -> Path:
    """The first sheet as CSV in which line n holds row n's values as they were entered."""
    from openpyxl.reader.excel import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(workbook, read_only=True, data_only=True)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if len(sheets) != 1:
            raise InputError(
                found=f"{len(sheets)} visible sheets",
                where=str(path),
                expected="one sheet with a header in its first row",
                remedy="Keep one table a workbook; hide or remove the other sheets.",
            )
        with target.open("w", encoding="utf-8", newline="") as out:
            # A text is in quotes, so that an empty one is not nothing.
            writer = csv.writer(out, quoting=csv.QUOTE_STRINGS if hasattr(csv, "QUOTE_STRINGS") else csv.QUOTE_MINIMAL)
            rows = sheets[0].iter_rows(values_only=True)
            header = [_as_text(value) for value in next(rows, ())]
            writer.writerow(header)
            are_days = [(name or "").strip() in days for name in header]
            for values in rows:
                writer.writerow([_as_text(value, is_day) for value, is_day in zip(values, are_days, strict=False)])
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError, EOFError) as error:
        raise InputError(
            found=f"a file that is no whole workbook ({error})",
            where=str(path),
            expected="an .xlsx workbook without a password",
            remedy="Save it again as .xlsx; .xls and .csv are other forms.",
        ) from error
    return target


def _as_text(value: Any, is_day: bool = False) -> str | None:
    if is_day and isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    for kind, told in _TOLD:
        if isinstance(value, kind):
            return told(value)
    return None if value is None else str(value).replace("\r", "")


# A cell's number is binary; its shortest text is the decimal that was typed.
_TOLD: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (int, str),
    (float, lambda value: f"{Decimal(repr(value)):f}".removesuffix(".0")),
    (datetime, lambda value: value.isoformat(sep=" ")),
    (date, lambda value: value.isoformat()),
)
