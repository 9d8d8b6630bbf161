"""The container of a package, a folder or an archive: its files, and how it differs from what Glassbook writes.

Belongs here: reading files by name out of folder or archive. Does not: whether a file is the sealed one (`verifying`).
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from reports.filing.package.archive import make_archive
from reports.filing.package.seal import SEAL_NAME

# Files that desktop systems leave in folders and put into archives; `._` files hold macOS metadata on disks of other systems.
_DESKTOP = {".ds_store", "__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", ".directory"}
_DESKTOP_BEGINNING = "._"
# An archive that states a larger unpacked size than this, or more than this many times its own size, could fill the memory.
_SMALL_BYTES, _MOST_TIMES = 64 * 2**20, 50
_NAMES_ARE_UTF8 = 0x800
# Unpacked, a file with such a name would land outside the package's folder, or on another file.
_OUTSIDE = re.compile(r"(^|/)\.{0,2}(/|$)|\\|^[A-Za-z]:")


@dataclass
class Container:
    """Files by name as the seal names them; `wrong` are problems of the container, `problems` those of the files."""

    contents: dict[str, bytes] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def is_of_a_desktop(name: str) -> bool:
    """Whether a file's path is one that desktop systems leave behind."""
    return any(part.lower() in _DESKTOP or part.startswith(_DESKTOP_BEGINNING) for part in name.split("/"))


def read_folder(folder: Path) -> Container:
    """The files of a package's folder, or of the only folder in it if that has the seal; reads nothing else without a seal."""
    found = Container()
    if not (folder / SEAL_NAME).exists():
        there = sorted(folder.iterdir())
        inner = [entry for entry in there if not is_of_a_desktop(entry.name)]
        if len(inner) != 1 or inner[0].is_symlink() or not (inner[0] / SEAL_NAME).is_file():
            return found
        found.wrong += [_desktop(entry.name) for entry in there if is_of_a_desktop(entry.name)]
        found.wrong.append(_top(inner[0].name))
        folder = inner[0]
    for entry in sorted(folder.rglob("*")):
        name = entry.relative_to(folder).as_posix()
        if entry.is_symlink():
            found.problems.append(f"{name}: is a link; a package holds files only")
        elif is_of_a_desktop(name):
            found.wrong.append(_desktop(name))
        elif entry.is_dir():
            found.wrong.append(f"{name}/: a folder was added")
        elif entry.is_file():
            found.contents[name] = entry.read_bytes()
        else:
            found.problems.append(f"{name}: is not a file")
    return found


def read_archive(path: Path) -> Container:
    """The files of a package's archive, also of one written by another program, without a folder around all of them."""
    content = path.read_bytes()
    found, names = Container(), []
    # The zip reader raises a dozen kinds of error on damaged bytes; each means that the archive is damaged.
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries) or unpacked > len(content):
                found.wrong.append(f"{path.name}: the archive is not as it was written: its files are not stored as they are")
            if unpacked > max(_SMALL_BYTES, _MOST_TIMES * len(content)):
                found.problems.append(f"{path.name}: would unpack to {unpacked:,} bytes, and is not read")
                return found
            for entry in entries:
                name = _name(entry, found.wrong)
                if is_of_a_desktop(name.rstrip("/")):
                    found.wrong.append(_desktop(name))
                elif entry.is_dir():
                    found.wrong.append(f"{name}: a folder was added")
                else:
                    names.append(name)
                    if _OUTSIDE.search(name):
                        found.problems.append(f"{name}: leads out of the package")
                    try:
                        found.contents[name] = _content(archive, entry)
                    except Exception as error:
                        found.contents[name] = b""
                        found.problems.append(f"{name}: cannot be read from the archive ({error})")
    except Exception as error:
        return Container(problems=[f"{path.name}: the archive cannot be read ({error})"])
    if len(set(names)) != len(names):
        found.problems.append(f"{path.name}: two files in the archive have one name")
    _leave_top(found)
    # Everything else in an archive (timestamps, order, comments) is covered too: for the same files there is only one valid archive.
    if not found.problems and not found.wrong and make_archive(found.contents) != content:
        found.wrong.append(f"{path.name}: the archive is not as it was written, though its files may be")
    return found


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry: exactly as many as it states, even if it would unpack to more."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("it is packed in a way that not every Python reads")
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise ValueError("it is not as long as it says")
    return content


def _name(entry: zipfile.ZipInfo, wrong: list[str]) -> str:
    """The name of an entry; some programs write it in the local encoding without naming that."""
    if entry.filename.isascii() or entry.flag_bits & _NAMES_ARE_UTF8:
        return entry.filename
    written = entry.filename.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            name = written.decode(encoding)
        except UnicodeDecodeError:
            continue
        wrong.append(f"{name}: its name is not marked as UTF-8 in the archive")
        return name
    return entry.filename


def _leave_top(found: Container) -> None:
    """Removes the folder around all files, if there is one."""
    tops = {name.partition("/")[0] for name in found.contents}
    if SEAL_NAME in found.contents or len(tops) != 1 or f"{min(tops)}/{SEAL_NAME}" not in found.contents:
        return
    (top,) = tops
    found.contents = {name.partition("/")[2]: content for name, content in found.contents.items()}
    found.wrong = [text for text in found.wrong if text != f"{top}/: a folder was added"] + [_top(top)]


def _desktop(name: str) -> str:
    return f"{name}: was left by a desktop system, and is no part of the package"


def _top(name: str) -> str:
    return f"{name}/: stands around the files of the package, which lie in no folder"
