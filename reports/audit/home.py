"""Verifies everything ever filed from a home: the log, every package that it names, seals, their chain, signatures, the register.

Belongs here: comparing the files of the home with the log, and the log with life.yml. Does not: one package by itself (verify.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from glassbook.errors import InputError
from glassbook.json_text import parse_json
from glassbook.settings import Settings
from reports.delivery.receipts import delivery_problems
from reports.filing.life.life import MADE, NONE, is_said, load_life
from reports.filing.life.log import LogEntry, examine_log, log_path
from reports.filing.life.states import LEFT, Filing, draft_folder, fold, signed_folder
from reports.filing.package.seal import SEAL_NAME
from reports.signing.register import PublicKey, read_register
from reports.signing.sign_off import SignOff, parse_sign_off
from reports.signing.signatures import SIGNATURES_NAME, register_problems
from reports.verifying.package import verify_package

_BEGINNINGS = ("open", "supersede")
# Folders inside the folder of a filing.
_VERSION = re.compile(r"v[0-9]+(\.drafts|\.zip)?")


@dataclass(frozen=True)
class HomeVerdict:
    """What verification of a home found; `entries` and `packages` count what was checked."""

    entries: int
    packages: int
    problems: tuple[str, ...]


def verify_home(settings: Settings) -> HomeVerdict:
    """Verifies log, packages, seals and signatures of the home; every problem names its entry or file."""
    entries, problem = examine_log(settings)
    problems = [] if problem is None else [f"{log_path(settings).name}: {problem}"]
    try:
        register = read_register(settings)
    except InputError as error:
        register = []
        problems.append(f"{error.where}: {error.found}")
    problems += _steps(entries, register)
    filings = fold(entries)
    packages = 0
    for filing in filings:
        found, count = _packages(settings, filing, register)
        problems += found
        packages += count
    problems += chain_problems(settings, filings, entries)
    problems += _strangers(settings, filings)
    problems += delivery_problems(settings)
    return HomeVerdict(len(entries), packages, tuple(problems))


def _steps(entries: Sequence[LogEntry], register: Sequence[PublicKey]) -> list[str]:
    """Entries that the table of life.yml does not allow, or whose sign-off is not valid."""
    problems = []
    states: dict[tuple[str, str, int], str] = {}
    signed: dict[tuple[str, str, int], dict[str, str]] = {}
    seals: dict[tuple[str, str, int], str | None] = {}
    for entry in entries:
        place = (entry.regime, entry.period, entry.version)
        what = f"log.jsonl: entry {entry.sequence}"
        step = load_life().step(_state_before(entry, states), entry.action, entry.role)
        goes_to = ("draft", "validated") if step is not None and step.to == MADE else () if step is None else (step.to,)
        if entry.state not in goes_to or entry.from_state != states.get(place):
            problems.append(f"{what}: {entry.action} from {entry.from_state or NONE} to {entry.state} is no step of a filing's life")
        makes = entry.action == "check" or entry.action in _BEGINNINGS
        if not makes and entry.seal != seals.get(place):
            problems.append(f"{what}: names a seal that the filing did not have")
        if makes or entry.action == "explain-edit":
            signed[place] = {}
        if step is not None and "reason" in step.needs and not is_said(entry.reason):
            problems.append(f"{what}: {entry.action} without a reason")
        if step is not None and "receipt" in step.needs and not is_said(entry.receipt):
            problems.append(f"{what}: {entry.action} without a receipt")
        if entry.action == "sign":
            problems += [f"{what}: {problem}" for problem in _sign_off(entry, register)]
            if entry.who in signed.setdefault(place, {}).values():
                problems.append(f"{what}: {entry.who} signed in two roles")
            signed[place][str(entry.role)] = entry.who
        if entry.action == "submit" and set(signed.get(place, {})) != set(load_life().roles):
            problems.append(f"{what}: was submitted without every sign-off")
        states[place], seals[place] = entry.state, entry.seal
    return problems


def _state_before(entry: LogEntry, states: dict[tuple[str, str, int], str]) -> str:
    if entry.action == "supersede":
        # It begins a version; the state of the version before decides whether that is allowed.
        return states.get((entry.regime, entry.period, entry.version - 1), NONE)
    return states.get((entry.regime, entry.period, entry.version), NONE)


def _sign_off(entry: LogEntry, register: Sequence[PublicKey]) -> list[str]:
    try:
        sign_off = parse_sign_off(entry.sign_off or "")
    except ValueError as error:
        return [f"its sign-off was changed: {error}"]
    said = (sign_off.filing, sign_off.version, sign_off.seal, sign_off.role, sign_off.person, sign_off.at, sign_off.log)
    meant = (f"{entry.regime}-{entry.period}", entry.version, entry.seal, entry.role, entry.who, entry.at, entry.previous_hash)
    problems = [] if said == meant else ["its sign-off was given for something else, or the log before it was rewritten"]
    return problems + register_problems(sign_off, register)


def _parsed(entry: LogEntry) -> SignOff | None:
    try:
        return parse_sign_off(entry.sign_off or "")
    except ValueError:
        return None  # reported where the steps are checked


def _packages(settings: Settings, filing: Filing, register: Sequence[PublicKey]) -> tuple[list[str], int]:
    """Problems of every package that a version ever had, and the number of packages."""
    place = (filing.regime, filing.period, filing.version)
    seals = list(dict.fromkeys(entry.seal for entry in filing.entries if entry.seal is not None))
    problems: list[str] = []
    for seal in seals:
        problems += _package(settings, draft_folder(settings, *place, seal), seal, None, None)
    if filing.state not in LEFT:
        return problems, len(seals)
    sign_offs = [sign_off for entry in filing.sign_offs if (sign_off := _parsed(entry)) is not None]
    folder = signed_folder(settings, *place)
    problems += _package(settings, folder, filing.seal, sign_offs, register)
    return problems + _open(settings, folder), len(seals) + 1


def _open(settings: Settings, folder: Path) -> list[str]:
    """What a submitted package says was still open: no command submits such a package."""
    name = (folder / "checks.json").relative_to(settings.filings_dir).as_posix()
    try:
        checks = parse_json((folder / "checks.json").read_bytes())
        warnings = [edit for edit in checks["edits"] if edit["severity"] == "warning" and edit["outcome"] == "failed"]
        unexplained = [str(edit["code"]) for edit in warnings if not is_said(edit["reason"])]
        codes = [*map(str, checks["open"]), *unexplained]
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{name}: does not say what was open"]
    return [f"{name}: was submitted with {', '.join(codes)} open"] if codes else []


def _package(
    settings: Settings, folder: Path, seal: str, sign_offs: list[SignOff] | None, register: Sequence[PublicKey] | None
) -> list[str]:
    """Problems of a package as folder and archive: each must exist, be the one that the log names, and hold the log's sign-offs."""
    problems = []
    for path in (folder, folder.with_name(folder.name + ".zip")):
        name = path.relative_to(settings.filings_dir).as_posix()
        if not path.exists():
            problems.append(f"{name}: is missing, though the log names it")
            continue
        verdict = verify_package(path, register, is_signed=sign_offs is not None)
        problems += [f"{name}/{problem}" for problem in verdict.problems]
        if verdict.seal is not None and verdict.seal.whole != seal:
            problems.append(f"{name}/{SEAL_NAME}: was replaced, the log names another seal ({seal[:16]}…)")
        if sign_offs is not None and verdict.signatures is not None and list(verdict.signatures.sign_offs) != sign_offs:
            problems.append(f"{name}/{SIGNATURES_NAME}: holds other sign-offs than the log")
    return problems


def chain_problems(settings: Settings, filings: Sequence[Filing], entries: Sequence[LogEntry]) -> list[str]:
    """Submitted packages that do not name the seal of the one submitted before them."""
    problems = []
    heads: dict[str, str | None] = {}
    by_place = {(filing.regime, filing.period, filing.version): filing for filing in filings}
    for entry in entries:
        if entry.action != "submit":
            continue
        filing = by_place[entry.regime, entry.period, entry.version]
        folder = signed_folder(settings, filing.regime, filing.period, filing.version)
        seal = verify_package(folder).seal if folder.is_dir() else None
        expected = heads.get(entry.regime)
        if seal is not None and seal.previous != expected:
            problems.append(
                f"{filing.filing_id} version {filing.version}: its seal follows {seal.previous or 'none'}, "
                f"the filing submitted before it has {expected or 'none'}"
            )
        heads[entry.regime] = entry.seal
    return problems


def _strangers(settings: Settings, filings: Sequence[Filing]) -> list[str]:
    """Files among the packages of a filing that no entry of the log names."""
    expected: dict[Path, set[str]] = {}
    for filing in filings:
        place = (filing.regime, filing.period, filing.version)
        for entry in filing.entries:
            draft = draft_folder(settings, *place, str(entry.seal))
            expected.setdefault(draft.parent, set()).update({draft.name, f"{draft.name}.zip"})
            expected.setdefault(draft.parent.parent, set()).add(draft.parent.name)
        if filing.state in LEFT:
            signed = signed_folder(settings, *place)
            expected[signed.parent].update({signed.name, f"{signed.name}.zip"})
        expected.setdefault(settings.filings_dir / filing.regime, set()).add(filing.period)
    # When a log was removed, or one regime's part of it, its packages are still there.
    for version in settings.filings_dir.glob("*/*/v*"):
        if _VERSION.fullmatch(version.name):
            expected.setdefault(version.parent, set())
            expected.setdefault(version.parent.parent, set())
    problems = []
    for folder, names in expected.items():
        there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        for name in sorted(there - names):
            what = (folder / name).relative_to(settings.filings_dir).as_posix()
            problems.append(f"{what}: no entry of the log names it (left by a killed run, or added)")
    return problems
