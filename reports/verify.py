"""Finds any file of a package, folder or archive, that was changed, dropped, added or renamed, and any sign-off that does not hold."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from glassbook.errors import InputError
from reports.engine.archive import make_archive
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

    `is_signed` says whether signatures have to be there; unless given, the package itself does. Raises InputError when `path` is nothing.
    """
    if path.is_dir():
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
            for entry in archive.infolist():
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
        return Verdict(path, None, (*problems, f"{SEAL_NAME}: is missing, so nothing can be verified"))
    try:
        seal = parse_seal(contents[SEAL_NAME])
    except ValueError as error:
        return Verdict(path, None, (*problems, f"{SEAL_NAME}: was changed: {error}"))
    found = {name: sha256(content) for name, content in contents.items() if name not in (SEAL_NAME, SIGNATURES_NAME)}
    problems += _differences(seal.files, found)
    signatures, unsigned = _signatures(contents, seal, register, is_signed)
    return Verdict(path, seal, (*problems, *unsigned), signatures)


def _signatures(
    contents: Mapping[str, bytes], seal: Seal, register: Sequence[PublicKey] | None, is_signed: bool | None
) -> tuple[Signatures | None, list[str]]:
    """The sign-offs of a package and what is wrong with them; a draft, and a package that names no signer, have none."""
    try:
        head = json.loads(contents["filing.json"])
        roles = [str(role) for role in head.get("sign_offs", [])]
        filing, version, is_draft = f"{head['regime']}-{head['period']}", int(head["version"]), head["status"] == "draft"
    except (KeyError, ValueError, TypeError, AttributeError):
        # What is no filing names no signer; that filing.json was changed is said by the seal.
        roles, filing, version, is_draft = [], "", 0, False
    wanted = bool(roles) and not is_draft if is_signed is None else is_signed
    if SIGNATURES_NAME not in contents:
        return None, [f"{SIGNATURES_NAME}: is missing: nobody has signed as {', '.join(roles)}"] if wanted else []
    if not wanted:
        return None, [f"{SIGNATURES_NAME}: was added"]
    try:
        signatures = parse_signatures(contents[SIGNATURES_NAME])
    except ValueError as error:
        return None, [f"{SIGNATURES_NAME}: was changed: {error}"]
    found = problems_of(signatures, filing=filing, version=version, seal=seal.whole, roles=roles, register=register)
    return signatures, [f"{SIGNATURES_NAME}: {problem}" for problem in found]


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
