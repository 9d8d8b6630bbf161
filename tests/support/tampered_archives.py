"""Archives that were tampered with, or that another program wrote, around the right files of a package.

Belongs here: bytes of archives. Does not: files of a package that were changed (tampered.py), or what a verifier must say.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from reports.filing.package.archive import make_archive
from reports.filing.package.seal import make_seal
from tests.support.tampered import Case, Files

UTF8 = 0x800


@dataclass(frozen=True)
class Entry:
    """What an archive says of a file, in its directory and before the file itself; `None` there is the same as in the directory."""

    raw: bytes
    packed: bytes
    crc: int
    length: int
    method: int = 0
    flags: int = 0
    extra: bytes = b""
    version: int = 20
    local_raw: bytes | None = None
    local_flags: int | None = None
    said: int | None = None

    def header(self) -> bytes:
        """The record before the file."""
        raw = self.raw if self.local_raw is None else self.local_raw
        flags = self.flags if self.local_flags is None else self.local_flags
        numbers = (20, flags, self.method, 0, 33, self.crc, len(self.packed), self.length, len(raw), 0)
        return struct.pack("<4s5H3I2H", b"PK\3\4", *numbers) + raw

    def listed(self, offset: int) -> bytes:
        """The record in the directory."""
        said = len(self.packed) if self.said is None else self.said
        numbers = (0x0314, self.version, self.flags, self.method, 0, 33, self.crc, said, self.length)
        places = (len(self.raw), len(self.extra), 0, 0, 0, 0o100644 << 16, offset)
        return struct.pack("<4s6H3I5H2I", b"PK\1\2", *numbers, *places) + self.raw + self.extra


def entry(name: str | bytes, content: bytes) -> Entry:
    """An entry as Glassbook writes it."""
    raw = name if isinstance(name, bytes) else name.encode()
    return Entry(raw, content, zlib.crc32(content), len(content), flags=0 if raw.isascii() or isinstance(name, bytes) else UTF8)


def deflated(name: str, content: bytes, level: int = 6) -> Entry:
    """A compressed entry."""
    engine = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return replace(entry(name, content), packed=engine.compress(content) + engine.flush(), method=8)


def archive(entries: list[Entry], comment: bytes = b"") -> bytes:
    """An archive of entries, whatever they say."""
    body, directory = b"", b""
    for each in entries:
        directory += each.listed(len(body))
        body += each.header() + each.packed
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(entries), len(entries), len(directory), len(body), len(comment))
    return body + directory + end + comment


def damaged(whole: bytes) -> Iterator[Case]:
    """Bits, ends and beginnings of an archive's bytes."""
    chance = random.Random(20)
    start = whole.index(b"PK\1\2")
    for place in (*chance.sample(range(start), 20), *chance.sample(range(start, len(whole)), 40)):
        yield Case(f"archive: bit of byte {place}", whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :])
    for length in (0, 1, 21, 22, 100, start, len(whole) - 22, len(whole) - 1, chance.randrange(len(whole))):
        yield Case(f"archive: cut to {length}", whole[:length])
    for what, content in (
        ("bytes before", b"#!/bin/sh\n" + whole), ("bytes after", whole + b"x"), ("an end after", whole + b"PK\5\6"),
        ("an archive after", whole + make_archive({"a": b"b"})), ("an archive before", make_archive({"a": b"b"}) + whole),
        ("a comment", whole[:-2] + b"\5\0hello"), ("a comment cut", whole[:-2] + b"\5\0he"), ("noughts after", whole + bytes(70000)),
        ("text", b"code,value\n" * 50),
    ):  # fmt: skip
        yield Case(f"archive: {what}", content)


def rewritten(files: Files) -> Iterator[Case]:
    """The right files, in archives with odd metadata."""
    entries = {name: entry(name, content) for name, content in sorted(files.items())}
    figures = entries["figures.csv"]

    def with_figures(what: str, *instead: Entry) -> Case:
        return Case(f"archive: {what}", archive([*(each for each in entries.values() if each is not figures), *instead]))

    packed = deflated("figures.csv", files["figures.csv"])
    yield Case("archive: written by hand", archive(list(entries.values())))
    yield Case("archive: in another order", archive(list(entries.values())[::-1]))
    yield Case("archive: packed", archive([deflated(name, content) for name, content in files.items()]))
    yield Case("archive: packed without packing", archive([deflated(name, content, 0) for name, content in files.items()]))
    yield with_figures("two of a name", figures, figures)
    yield with_figures("two of a name with other content", entry("figures.csv", b"other"), figures)
    yield with_figures("encrypted", replace(figures, flags=1))
    yield with_figures("strongly encrypted", replace(figures, flags=0x40))
    yield with_figures("patched", replace(figures, flags=0x20))
    yield with_figures("streamed", replace(figures, flags=8))
    yield with_figures("another sum", replace(figures, crc=figures.crc ^ 1))
    yield with_figures("another sum, packed", replace(packed, crc=packed.crc ^ 1))
    for length in (0, figures.length - 1, figures.length + 1, 2**31, 2**32 - 1):
        yield with_figures(f"said to be {length} long", replace(figures, length=length))
        yield with_figures(f"said to unpack to {length}", replace(packed, length=length))
    yield with_figures("said to be packed shorter", replace(packed, said=len(packed.packed) - 1))
    yield with_figures("bytes after the packed ones", replace(packed, packed=packed.packed + b"junk"))
    yield with_figures("packed bytes cut", replace(packed, packed=packed.packed[:-1]))
    yield with_figures("packed bytes that are none", replace(packed, packed=b"\xff" * 20))
    yield with_figures("more than it says", replace(deflated("figures.csv", bytes(2**20)), length=100))
    yield with_figures("more than any memory", deflated("figures.csv", bytes(80 * 2**20)))
    for method in (1, 9, 12, 14, 93, 99):
        yield with_figures(f"packed by method {method}", replace(figures, method=method))
    yield with_figures("of a later version", replace(figures, version=64))
    yield with_figures("a field more", replace(figures, extra=b"\x55\x54\5\0abcde"))
    yield with_figures("a field cut", replace(figures, extra=b"\x55\x54\x09\0abcde"))
    yield with_figures("another name before the file", replace(figures, local_raw=b"figures.csw"))
    yield with_figures("marked in one place", replace(entry("\u8868", b"x"), local_flags=0), figures)
    yield with_figures("marked in one place, of plain signs", replace(figures, flags=UTF8, local_flags=0))
    yield with_figures("marked, and not UTF-8", replace(figures, raw=b"\xff\xfe", flags=UTF8))
    yield with_figures("marked, and not UTF-8, packed", replace(packed, raw=b"\xff\xfe", flags=UTF8))
    yield with_figures("cut at a nought", replace(figures, raw=b"figures.csv\0.exe"))
    for raw in ("\u8868".encode(), "\u8868".encode("gb18030"), b"\x82.csv", b"\xff", b"\x80EAL", b"\xa2\xe3.csv"):
        yield with_figures(f"unmarked {raw!r}", entry(raw, b"x"), figures)
    for name in ("../x", "/x", "a/../../x", "C:x", "a\\b", "./figures.csv", "a//b", "", "..", "sub/", "../", "x/.", "...", "..x"):
        yield with_figures(f"with {name!r}", entry(name, b"x" if not name.endswith("/") else b""), figures)
        if not name or name.endswith("/"):
            continue
        contents = {other: content for other, content in files.items() if other not in ("SEAL", "SIGNATURES")} | {name: b"x"}
        sealed = contents | {"SEAL": make_seal(contents, None).text().encode()}
        yield Case(f"archive: with {name!r}, sealed", archive([entry(other, sealed[other]) for other in sorted(sealed)]))
    for name in (".DS_Store", "__MACOSX/._SEAL", "Thumbs.db", "sub/desktop.ini", "DS_Store", "__macosx/", "._x"):
        yield with_figures(f"with {name!r}", figures, entry(name, b""))
    yield Case("archive: in a folder", archive([entry("v1/", b""), *(entry(f"v1/{name}", content) for name, content in files.items())]))
    yield Case("archive: in two folders", archive([entry(f"v1/v2/{name}", content) for name, content in files.items()]))
    yield Case("archive: nothing in it", archive([]))
    yield Case("archive: with a comment", archive(list(entries.values()), b"PK\5\6" + bytes(30)))
    for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", kind) as another:
            for name, content in files.items():
                another.writestr(name, content)
        yield Case(f"archive: by another program, method {kind}", buffer.getvalue())
