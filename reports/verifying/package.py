"""Finds every changed, missing, added or renamed file of a package (folder or archive), and every invalid sign-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from glassbook.errors import InputError
from glassbook.json_text import parse_strict_json
from reports.filing.life.life import load_life
from reports.filing.life.states import is_in_preparation
from reports.filing.package.container import Container, read_archive, read_folder
from reports.filing.package.seal import SEAL_NAME, Seal, parse_seal, sha256
from reports.present.cells import printable
from reports.signing.register import PublicKey
from reports.signing.signatures import SIGNATURES_NAME, Signatures, parse_signatures, problems_of


@dataclass(frozen=True)
class Verdict:
    """What verification found; `problems` is empty for a package that is as sealed.

    `of_container` are problems of the folder or archive alone: the files are as sealed, their container is not as Glassbook writes it.
    """

    path: Path
    seal: Seal | None
    problems: tuple[str, ...]
    signatures: Signatures | None = None
    of_container: tuple[str, ...] = ()

    @property
    def is_intact(self) -> bool:
        """Whether nothing was found."""
        return not self.problems

    @property
    def files_are_as_sealed(self) -> bool:
        """Whether every file is as sealed, none is missing or added, and every sign-off is valid, whatever the container."""
        return self.seal is not None and self.problems == self.of_container


def verify_package(path: Path, register: Sequence[PublicKey] | None = None, *, is_signed: bool | None = None) -> Verdict:
    """Verifies a package, folder or .zip: every file by the seal, every sign-off by its key and, if given, by the register.

    `is_signed` says whether signatures must exist, as for a recipient. Unless given, the package itself says so, but one that lies where
    packages in preparation lie has none yet. The package never decides who must sign. Raises InputError when `path` does not exist.
    """
    if path.is_dir():
        return _verdict(path, read_folder(path), register, is_signed)
    if path.is_file():
        return _verdict(path, read_archive(path), register, is_signed)
    raise InputError(
        found="nothing",
        where=str(path),
        expected="the folder or the .zip of a package made by `glassbook file`",
        remedy="Name an existing package.",
    )


def _verdict(path: Path, read: Container, register: Sequence[PublicKey] | None, is_signed: bool | None) -> Verdict:
    contents, problems, wrong = read.contents, [*read.wrong, *read.problems], _plain(read.wrong)
    if SEAL_NAME not in contents:
        return Verdict(path, None, _plain([*problems, f"{SEAL_NAME}: is missing, so nothing can be verified"]), of_container=wrong)
    try:
        seal = parse_seal(contents[SEAL_NAME])
    except ValueError as error:
        return Verdict(path, None, _plain([*problems, f"{SEAL_NAME}: was changed: {error}"]), of_container=wrong)
    found = {name: sha256(content) for name, content in contents.items() if name not in (SEAL_NAME, SIGNATURES_NAME)}
    problems += _differences(seal.files, found)
    signatures, unsigned = _signatures(path, contents, seal, register, is_signed)
    return Verdict(path, seal, _plain([*problems, *unsigned]), signatures, wrong)


def _plain(problems: Sequence[str]) -> tuple[str, ...]:
    """Problems with control characters escaped for the terminal: anyone may have chosen the names of files."""
    return tuple(map(printable, problems))


def _signatures(
    path: Path, contents: Mapping[str, bytes], seal: Seal, register: Sequence[PublicKey] | None, is_signed: bool | None
) -> tuple[Signatures | None, list[str]]:
    """The sign-offs of a package and their problems; a draft, one in preparation, and one that names no signer, have none."""
    roles = list(load_life().roles)
    head = _head(contents.get("filing.json", b""))
    if head is None:
        return None, ["filing.json: does not say what filing this is and who has to sign it"]
    problems = []
    if head.roles not in ([], roles):
        problems.append(f"filing.json: wants it signed as {', '.join(head.roles)}; a filing is signed as {', '.join(roles)}")
    wanted = is_signed
    if wanted is None:
        # Only where it lies tells a package that is not signed yet from a signed one whose signatures were taken away.
        is_not_yet = head.is_draft or is_in_preparation(path, head.regime, head.period, head.version, seal.whole)
        wanted = bool(head.roles) and not is_not_yet
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
    found = problems_of(
        signatures, filing=f"{head.regime}-{head.period}", version=head.version, seal=seal.whole, roles=roles, register=register
    )
    return signatures, [*problems, *(f"{SIGNATURES_NAME}: {problem}" for problem in found)]


@dataclass(frozen=True)
class _Head:
    """What filing.json says of itself."""

    regime: str
    period: str
    version: int
    roles: list[str]
    is_draft: bool


def _head(content: bytes) -> _Head | None:
    """None for anything that is not a filing.json: with a duplicate key two readers could see two different filings."""
    try:
        head = parse_strict_json(content)
        regime, period, version, roles, status = (head[name] for name in ("regime", "period", "version", "sign_offs", "status"))
    except (KeyError, ValueError, TypeError):
        return None
    if type(version) is not int or not isinstance(roles, list) or not all(isinstance(t, str) for t in (regime, period, status, *roles)):
        return None
    return _Head(regime, period, version, roles, status == "draft")


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
