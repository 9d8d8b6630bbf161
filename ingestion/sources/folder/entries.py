"""What is in a folder of files: which table each file belongs to, what a rule ignores, and what is refused. Nothing is skipped silently.

Belongs here: the rules by which a name says what a file is (docs/sources.md states them). Does not: reading files (`offered_files`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from glassbook.errors import InputError
from ingestion.sources.folder.file_names import FORMS, PACKINGS, form_of, is_companion, stem_of

# Files that describe an export; folders of these names hold rows that are not, or no longer, the table's.
_OF_EXPORTERS = "_"


@dataclass
class Entries:
    """Files by table, each table's in the order of their paths, and what is ignored: its path in the folder and why."""

    files: dict[str, list[Path]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)


def entries_of(folder: Path, tables: Collection[str] | None) -> Entries:
    """Everything in the folder; `tables`: names that are wanted (any case), or None where every name is a table of its own.

    Raises InputError for what could be rows of a table and cannot be read as such, and for a table that is offered twice.
    """
    found = Entries()
    choices: dict[str, list[tuple[str, Path]]] = {}
    unread: list[tuple[str, Path]] = []
    for path in _listed(folder):
        name = _stem(path)
        table = _table_of(path, name, tables)
        if is_companion(path.name) or (path.name.startswith(_OF_EXPORTERS) and (path.is_dir() or stem_of(path) is None)):
            found.ignored.append(f"{_told(path, folder)}: a companion of a desktop system or an export")
        elif table is None:
            found.ignored.append(f"{_told(path, folder)}: no table is called {name}")
        elif path.is_dir():
            parts = list(_parts(path, folder, table, found.ignored, frozenset()))
            if tables is not None or parts:
                choices.setdefault(table, []).extend(("/" + form_of(part), part) for part in parts)
            if not parts:
                found.ignored.append(f"{_told(path, folder)}: no file that can be read")
        elif stem_of(path) is None or not path.is_file():
            unread.append((table, path))
        else:
            choices.setdefault(table, []).append((form_of(path), path))
    for table, path in unread:
        if tables is not None and not choices.get(table):
            raise _refused(path, folder, f"a file of the table {table} with an ending that is not read, or a link to nothing")
        found.ignored.append(f"{_told(path, folder)}: an ending that is not read, or a link to nothing")
    for table, offered in choices.items():
        _require_once(table, folder, offered)
        if offered:
            found.files[table] = [path for _, path in offered]
    found.ignored.sort()
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise InputError(
            found=f"a folder that cannot be listed ({error.strerror})",
            where=str(folder),
            expected="a folder that this user may read",
            remedy="Give this user the right to read it, or fix the link.",
        ) from error


def _stem(path: Path) -> str:
    """The part of a name before its extension; if that extension is not read, the part before the first dot."""
    stem = stem_of(path)
    return path.name.split(".")[0] if stem is None and not path.is_dir() else stem or path.name


def _table_of(path: Path, name: str, tables: Collection[str] | None) -> str | None:
    """The table that a name is of, in whatever case. Raises InputError for a name that differs from a table's only in dots and digits."""
    if tables is None:
        return name
    if name.lower() in tables:
        return name.lower()
    alike = next((table for table in tables if _letters(table) == _letters(name)), None)
    if alike is None or is_companion(path.name):
        return None
    raise InputError(
        found=f"{path.name}, which is like the table {alike} and not called so",
        where=str(path.parent),
        expected=f"{alike}{FORMS[0]}, {alike}{FORMS[1]} …, or a folder {alike}/ of such files",
        remedy=f"Rename it, put it into the folder {alike}/, or move it away when it is not meant.",
    )


def _letters(name: str) -> str:
    return "".join(filter(str.isalpha, name.lower()))


def _parts(inner: Path, folder: Path, table: str, ignored: list[str], above: frozenset[Path]) -> Iterator[Path]:
    """The files of a table's folder and of the folders in it, in the order of their paths."""
    here = inner.resolve()
    if here in above:
        raise _refused(inner, folder, "a link to a folder that holds it")
    for path in _listed(inner):
        if is_companion(path.name) or (path.name.startswith(_OF_EXPORTERS) and path.is_file() and stem_of(path) is None):
            ignored.append(f"{_told(path, folder)}: a companion of a desktop system or an export")
        elif path.is_dir() and path.name.startswith(_OF_EXPORTERS):
            raise _refused(path, folder, "a folder by which an exporter says that not every file beside it is the table's")
        elif path.is_dir():
            yield from _parts(path, folder, table, ignored, above | {here})
        elif stem_of(path) is None or not path.is_file():
            raise _refused(path, folder, f"a part of the table {table} with an ending that is not read, or a link to nothing")
        else:
            yield path


def _require_once(table: str, folder: Path, offered: list[tuple[str, Path]]) -> None:
    """Raises InputError when a table comes in two formats, or one of its files is packed in two ways."""
    seen: dict[object, Path] = {}
    first = offered[0] if offered else None
    for form, path in offered:
        same = (path.parent, (stem_of(path) or "").lower())
        other = seen.get(same) or (first[1] if first and first[0] != form else None)
        if other is not None:
            raise InputError(
                found=f"{table} offered twice: {_told(other, folder)} and {_told(path, folder)}",
                where=str(folder),
                expected="one form per table",
                remedy="Remove the one that is not meant.",
            )
        seen[same] = path


def _told(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() + ("/" if path.is_dir() else "")


def _refused(path: Path, folder: Path, found: str) -> InputError:
    return InputError(
        found=f"{_told(path, folder)}, {found}",
        where=str(folder),
        expected=f"files that end with {', '.join(FORMS)}, packed as {', '.join(PACKINGS)} or not, in whatever case",
        remedy="Export it in one of these forms, or move it away when it is not meant.",
    )
