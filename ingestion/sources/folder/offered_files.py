"""Makes exported files readable: unpacks packed ones, turns workbooks into lines of text and Chinese encodings into UTF-8.

Belongs here: what must happen to a file before its rows can be read. Does not: finding the files (`source`), reading rows (`csv_files`,
`parquet_files`).
"""

from __future__ import annotations

import csv
import re
import shutil
from bisect import bisect_right
from codecs import getincrementaldecoder, lookup
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from charset_normalizer import from_bytes

from glassbook.errors import InputError
from ingestion.sources.folder.unpacking import unpacked
from ingestion.sources.source_engine import AUTO

_BLOCK = 1 << 20
# Japanese in its own encoding shares these characters with GB2312.
_KANA = re.compile("[\u3041-\u30ff]")
# Encodings that an export in Chinese could be mistaken for.
_CANDIDATES = ["gb18030", "big5", "cp1252", "shift_jis", "euc_jp", "euc_kr"]


@dataclass(frozen=True)
class Offered:
    """A file as it was offered, and the one to read in its place.

    `jumps`: for a sheet (None for a CSV file) the records before which rows were left out, each with its row.
    """

    path: Path
    readable: Path
    form: Literal[".parquet", ".csv"]
    jumps: list[tuple[int, int]] | None = None

    def place_of(self, record: int) -> str:
        """The place of the record with this number (the header is 1) in the file that was offered."""
        if self.jumps is None:
            return f"line {_line_of(self.readable, record)}"
        at = bisect_right(self.jumps, record, key=lambda jump: jump[0])
        first_record, first_row = self.jumps[at - 1] if at else (1, 1)
        return f"row {first_row + record - first_record}"


def _line_of(path: Path, record: int) -> int:
    """First line of a record; texts in quotes can run over several lines, and empty lines are no records."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle)
        line, number = 1, 0
        for values in reader:
            number += bool(values)
            if number == record:
                break
            line = reader.line_num + 1
        return line


def offered(path: Path, work: Path, encoding: str = AUTO, days: frozenset[str] = frozenset()) -> Offered:
    """The file made readable; new files are written in `work`. `days`: columns of calendar days, which a workbook keeps as midnights.

    Raises InputError for a file that is incomplete, of another format, or in an unknown encoding.
    """
    whole = unpacked(path, lambda ending: _place(work, ending))
    form = whole.suffix.lower()
    if form == ".parquet":
        return Offered(path, whole, ".parquet")
    if form == ".xlsx":
        # Importing its library takes longer than loading most folders without a workbook.
        from ingestion.sources.folder.workbooks import lines_of_workbook

        target = _place(work, ".csv")
        return Offered(path, target, ".csv", lines_of_workbook(path, whole, target, days))
    return Offered(path, _in_utf8(path, whole, work, encoding), ".csv")


def _place(work: Path, ending: str) -> Path:
    work.mkdir(parents=True, exist_ok=True)
    return work / f"{sum(1 for _ in work.iterdir()):04d}{ending}"


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
    target = _place(work, ".csv")
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
    """Line, position and bytes of the first thing that is invalid in an encoding."""
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
                # The bytes that the decoder kept from the block before come first in what it could not read.
                kept = max(len(error.object) - len(block), 0)
                place = max(error.start - kept, 0)
                return line + block[:place].count(b"\n"), position + place, error.object[error.start : error.start + 4]
            line += block.count(b"\n")
            position += len(block)
    return None


def _is_gb18030(path: Path, position: int) -> bool:
    """Whether bytes that are not UTF-8 are GB18030; a few words are recognised by their characters, longer texts by statistics."""
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
