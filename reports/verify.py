"""Finds any file of a package, folder or archive, that was changed, dropped, added or renamed, and any sign-off that does not hold."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glassbook.errors import InputError
from reports.cells import printable
from reports.engine.archive import make_archive
from reports.engine.life import load_life
from reports.engine.seal import SEAL_NAME, Seal, parse_seal, sha256
from reports.signing.register import PublicKey
from reports.signing.signatures import SIGNATURES_NAME, Signatures, parse_signatures, problems_of


@dataclass(frozen=True)
class Verdict:
    """What verification found; `problems` is empty for a package that is as it was sealed."""

    path: Path
    seal: Seal | None
    problems: tuple[str, ...]
    signatures: Signatures | None = None

    @property
    def is_intact(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def verify_package(path: Path, register: Sequence[PublicKey] | None = None, *, is_signed: bool | None = None) -> Verdict:
    """Verifies a package given as its folder or its .zip: every file by the seal, every sign-off by its key and, if given, the register.

    `is_signed` says whether signatures have to be there, as for a recipient they have; unless given, the package itself does. Who has to
    sign is never the package's to say. Raises InputError when `path` is nothing.
    """
    if path.is_dir():
        # Whatever else lies in a folder without a seal, be it a whole disk, is not read.
        if not (path / SEAL_NAME).exists():
            return _verdict(path, {}, [], register, is_signed)
        return _verdict(path, *_read_folder(path), register, is_signed)
    if path.is_file():
        return _verdict(path, *_read_archive(path), register, is_signed)
    raise InputError(
        found="nothing",
        where=str(path),
        expected="the folder or the .zip of a package made by `glassbook file`",
        remedy="Name an existing package.",
    )


def _read_folder(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    contents, problems = {}, []
    for entry in sorted(folder.rglob("*")):
        name = entry.relative_to(folder).as_posix()
        if entry.is_symlink():
            problems.append(f"{name}: is a link; a package holds files only")
        elif entry.is_dir():
            problems.append(f"{name}/: a folder was added")
        elif entry.is_file():
            contents[name] = entry.read_bytes()
        else:
            problems.append(f"{name}: is not a file")
    return contents, problems


def _read_archive(path: Path) -> tuple[dict[str, bytes], list[str]]:
    content = path.read_bytes()
    contents, problems, names = {}, [], []
    # Whatever the reader of archives raises on damaged bytes (and it raises a dozen kinds), the archive is damaged.
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            # Stored, an archive is never smaller than its files: what says so would fill the memory.
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries) or sum(e.file_size for e in entries) > len(content):
                return {}, [f"{path.name}: the archive is not as it was written: its files are not stored as they are"]
            for entry in entries:
                names.append(entry.filename)
                try:
                    contents[entry.filename] = archive.read(entry)
                except Exception as error:
                    contents[entry.filename] = b""
                    problems.append(f"{entry.filename}: cannot be read from the archive ({error})")
    except Exception as error:
        return {}, [f"{path.name}: the archive cannot be read ({error})"]
    if len(set(names)) != len(names):
        problems.append(f"{path.name}: two files in the archive have one name")
    # What an archive says beside its files (stamps, order, comments) is sealed by being the only way to write them.
    if not problems and make_archive(contents) != content:
        problems.append(f"{path.name}: the archive is not as it was written, though its files may be")
    return contents, problems


def _verdict(
    path: Path, contents: Mapping[str, bytes], problems: list[str], register: Sequence[PublicKey] | None, is_signed: bool | None
) -> Verdict:
    if SEAL_NAME not in contents:
        return Verdict(path, None, _plain([*problems, f"{SEAL_NAME}: is missing, so nothing can be verified"]))
    try:
        seal = parse_seal(contents[SEAL_NAME])
    except ValueError as error:
        return Verdict(path, None, _plain([*problems, f"{SEAL_NAME}: was changed: {error}"]))
    found = {name: sha256(content) for name, content in contents.items() if name not in (SEAL_NAME, SIGNATURES_NAME)}
    problems += _differences(seal.files, found)
    signatures, unsigned = _signatures(contents, seal, register, is_signed)
    return Verdict(path, seal, _plain([*problems, *unsigned]), signatures)


def _plain(problems: Sequence[str]) -> tuple[str, ...]:
    """Problems as a terminal shows them and does not obey them: names of files are whatever someone chose."""
    return tuple(map(printable, problems))


def _signatures(
    contents: Mapping[str, bytes], seal: Seal, register: Sequence[PublicKey] | None, is_signed: bool | None
) -> tuple[Signatures | None, list[str]]:
    """The sign-offs of a package and what is wrong with them; a draft, and a package that names no signer, have none."""
    roles = list(load_life().roles)
    head = _head(contents.get("filing.json", b""))
    if head is None:
        return None, ["filing.json: does not say what filing this is and who has to sign it"]
    problems = []
    if head.roles not in ([], roles):
        problems.append(f"filing.json: wants it signed as {', '.join(head.roles)}; a filing is signed as {', '.join(roles)}")
    wanted = bool(head.roles) and not head.is_draft if is_signed is None else is_signed
    if wanted and head.is_draft:
        problems.append("filing.json: says that it is a draft, which nobody may sign")
    if SIGNATURES_NAME not in contents:
        return None, [*problems, *([f"{SIGNATURES_NAME}: is missing: nobody has signed as {', '.join(roles)}"] if wanted else [])]
    if not wanted:
        return None, [*problems, f"{SIGNATURES_NAME}: was added"]
    try:
        signatures = parse_signatures(contents[SIGNATURES_NAME])
    except ValueError as error:
        return None, [*problems, f"{SIGNATURES_NAME}: was changed: {error}"]
    found = problems_of(signatures, filing=head.filing, version=head.version, seal=seal.whole, roles=roles, register=register)
    return signatures, [*problems, *(f"{SIGNATURES_NAME}: {problem}" for problem in found)]


@dataclass(frozen=True)
class _Head:
    """What filing.json says of itself."""

    filing: str
    version: int
    roles: list[str]
    is_draft: bool


def _head(content: bytes) -> _Head | None:
    """None for what is no filing.json: a key that stands twice would let two readers see two filings."""
    try:
        head = json.loads(content, object_pairs_hook=_once)
        regime, period, version, roles, status = (head[name] for name in ("regime", "period", "version", "sign_offs", "status"))
    except (KeyError, ValueError, TypeError, RecursionError):
        return None
    if type(version) is not int or not isinstance(roles, list) or not all(isinstance(t, str) for t in (regime, period, status, *roles)):
        return None
    return _Head(f"{regime}-{period}", version, roles, status == "draft")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _differences(sealed: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    missing = sorted(set(sealed) - set(found))
    added = sorted(set(found) - set(sealed))
    problems = [f"{name}: was changed" for name in sorted(set(sealed) & set(found)) if sealed[name] != found[name]]
    for name in missing:
        alike = next((other for other in added if found[other] == sealed[name]), None)
        if alike is None:
            problems.append(f"{name}: is missing")
        else:
            added.remove(alike)
            problems.append(f"{name}: was renamed to {alike}")
    return problems + [f"{name}: was added" for name in added]
