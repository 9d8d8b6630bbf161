"""The status of a filing: what is open in its newest package, which reasons are valid, who signed, and whether newer data differs.

Belongs here: reading log, package and current snapshot. Does not: deciding what is allowed (life.py), or writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from glassbook.clock import CLOCKS_DIFFER_BY, now
from glassbook.errors import CheckFailed, InputError
from glassbook.json_text import parse_json
from glassbook.profile import entries_as_of, load_profile, profile_digest
from glassbook.profile.sections import Registration
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, current_snapshot, find_snapshot, has_snapshot
from reports.figures.selection import loads_after
from reports.filing.declare.period import parse_period
from reports.filing.declare.regime import load_regime, regime_names
from reports.filing.life.life import Situation
from reports.filing.life.log import LogEntry
from reports.filing.life.owed import known_filings, owed_by_end_of
from reports.filing.life.states import LEFT, Filing, draft_folder, fold, read_head, signed_folder
from reports.filing.make.edits import Reason
from reports.filing.make.filing import FIRST_VERSION, newer_content
from reports.filing.make.form_marks import form_marks
from reports.filing.package.seal import SEAL_NAME, parse_seal, sha256
from reports.verifying.package import verify_package


def situation_of(settings: Settings, entries: Sequence[LogEntry], filing_id: str, filing: Filing | None) -> Situation:
    """The status of `filing` by the log's `entries`; facts from the package are left out once it went to the recipient."""
    if filing is None:
        return Situation(filing_id)
    signed = {str(entry.role): entry.who for entry in filing.sign_offs}
    if filing.state in LEFT:
        return Situation(filing_id, filing.state, signed=signed)
    folder = package_of(settings, filing)
    refuse_tampered(folder, filing.seal)
    checks = _document(folder, "checks.json")
    reasons = valid_reasons(settings, filing)
    warnings = [edit["code"] for edit in checks["edits"] if edit["severity"] == "warning" and edit["outcome"] == "failed"]
    return Situation(
        filing_id=filing_id,
        state=filing.state,
        errors=tuple(checks["open"]),
        unexplained=tuple(code for code in warnings if code not in reasons),
        outdated=tuple(_outdated(folder, checks, reasons, entries, filing)),
        newer=(*_newer(settings, folder, checks, filing), *_wrong_clocks(settings, entries)),
        signed=signed,
        representative=_representative(settings, filing.regime, folder),
    )


def package_of(settings: Settings, filing: Filing) -> Path:
    """The package in preparation, or the signed one. Raises CheckFailed when it is missing."""
    folder = draft_folder(settings, filing.regime, filing.period, filing.version, filing.seal)
    _refuse_missing(folder)
    return folder


def _refuse_missing(folder: Path) -> None:
    if not (folder / SEAL_NAME).is_file():
        raise CheckFailed(f"{folder}: the package that the log names is missing. Restore it from a backup, then run `glassbook verify`.")


def refuse_tampered(folder: Path, seal: str) -> None:
    """Raises CheckFailed for a package in preparation that is not, byte for byte, the one that the log names by its seal."""
    _refuse_missing(folder)
    verdict = verify_package(folder, is_signed=False)
    problems = list(verdict.problems)
    if verdict.seal is not None and verdict.seal.whole != seal:
        problems.append(f"{SEAL_NAME}: is not the seal that the log names")
    if problems:
        raise CheckFailed(f"{folder} is not as it was made: {'; '.join(problems)}. Restore it from a backup; nothing is done until then.")


def given_reasons(settings: Settings, filing: Filing) -> dict[str, Reason]:
    """The last reason given for each warning, in this version or the one that it replaces, with the findings it was given for."""
    reasons = {}
    if filing.version > FIRST_VERSION:
        replaced = signed_folder(settings, filing.regime, filing.period, filing.version - 1)
        reasons = written_reasons(replaced, read_head(package_of(settings, filing))["replaces"]["seal"])
    for entry in filing.entries:
        if entry.action == "explain-edit" and entry.code and entry.reason and entry.seal:
            explained = draft_folder(settings, filing.regime, filing.period, filing.version, entry.seal)
            reasons[entry.code] = Reason(entry.reason, findings_of(explained).get(entry.code, ()))
    return reasons


def written_reasons(folder: Path, seal: str) -> dict[str, Reason]:
    """The reasons in a submitted package, by code: they stay valid in the next version where its warnings find the same.

    Raises CheckFailed when it is not the package of that seal, or its edits are not as sealed.
    """
    try:
        sealed, content = parse_seal((folder / SEAL_NAME).read_bytes()), (folder / "checks.json").read_bytes()
    except (OSError, ValueError):
        sealed, content = None, b""
    if sealed is None or sealed.whole != seal or sealed.files.get("checks.json") != sha256(content):
        raise CheckFailed(f"{folder} is not the package that the log names by its seal. Restore it, then run `glassbook verify`.")
    edits = parse_json(content)["edits"]
    return {edit["code"]: Reason(edit["reason"], edit["findings"]) for edit in edits if edit["reason"] is not None}


def valid_reasons(settings: Settings, filing: Filing) -> dict[str, str]:
    """The valid reasons for the newest package, by code: its warnings find what they found when the reason was given."""
    found = findings_of(package_of(settings, filing))
    given = given_reasons(settings, filing)
    return {code: given[code].text for code, findings in found.items() if code in given and given[code].findings == findings}


def findings_of(folder: Path) -> dict[str, Any]:
    """Findings of every warning that fired in a package, by code."""
    edits = _document(folder, "checks.json")["edits"]
    return {edit["code"]: edit["findings"] for edit in edits if edit["severity"] == "warning" and edit["outcome"] == "failed"}


def chain_head(entries: Sequence[LogEntry], regime: str) -> str | None:
    """Seal of the regime's last submitted filing, to which the next is chained."""
    return next((entry.seal for entry in reversed(entries) if entry.regime == regime and entry.action == "submit"), None)


def newest_version(entries: Sequence[LogEntry], regime: str, period: str) -> Filing | None:
    """The newest version of a filing."""
    return next((f for f in reversed(fold(entries)) if (f.regime, f.period) == (regime, period)), None)


def parse_filing_id(text: str) -> tuple[str, str]:
    """Regime and period of a filing's id, REGIME-PERIOD. Raises InputError for an id of no installed regime."""
    regime, _, period = text.partition("-")
    if regime not in regime_names() or not period:
        raise InputError(
            found=repr(text),
            where="FILING",
            expected="regime and period, such as " + ", ".join(f"{name}-2019-12" for name in regime_names()),
            remedy="Name the filing so; `glassbook filing status` lists those that are open.",
        )
    parse_period(period, load_regime(regime).frequency)
    return regime, period


def _representative(settings: Settings, regime: str, folder: Path) -> str | None:
    """Name of today's legal representative by the profile in the package to sign; empty where it names nobody.

    None where the regime has no form of a profile. The home's own profile is not used: it can be moved away for a moment.
    """
    if load_regime(regime).profile_form is None:
        return None
    path = folder / "profile.yml"
    if not path.is_file():
        return ""
    today = now(settings).astimezone(ZoneInfo(settings.timezone)).date()
    held = [entry.record for entry in entries_as_of(load_profile(path, with_attachments=False), "registration", today)]
    return next((record.legal_representative for record in held if isinstance(record, Registration)), "")


def _outdated(folder: Path, checks: dict[str, Any], reasons: dict[str, str], entries: Sequence[LogEntry], filing: Filing) -> list[str]:
    written = {edit["code"]: edit["reason"] for edit in checks["edits"] if edit["reason"] is not None}
    found = []
    if written != reasons:
        codes = sorted(code for code in written.keys() | reasons.keys() if written.get(code) != reasons.get(code))
        found.append(f"the reasons of {', '.join(codes)} are not in the package as they were given")
    if parse_seal((folder / SEAL_NAME).read_bytes()).previous != chain_head(entries, filing.regime):
        found.append("another filing was submitted since, and this one has to be chained to it")
    return found


def _newer(settings: Settings, folder: Path, checks: dict[str, Any], filing: Filing) -> list[str]:
    """How loads, current snapshot, profile and log differ from the package; empty while it has all that is known of its period."""
    head = read_head(folder)
    found = []
    if head.get("profile_sha256") is not None:
        if not settings.profile_file.exists():
            found.append(f"the platform profile {settings.profile_file} is missing")
        elif head["profile_sha256"] != profile_digest(settings.profile_file):
            found.append("the platform profile was changed since")
    if not has_snapshot(settings):
        return found
    snapshot = current_snapshot(settings)
    if unbuilt := loads_after(settings, snapshot):
        found.append(f"{len(unbuilt)} load(s), the newest of {unbuilt[0].isoformat()}, are in no snapshot yet: run `glassbook build`")
    is_same_snapshot = snapshot.snapshot_id == head["snapshot"]
    if is_same_snapshot and head.get("known_filings") == _known_filings(settings, filing):
        return found
    current = newer_content(settings, filing.regime, filing.period, snapshot)
    differing = _differing(_document(folder, "figures.json")["figures"], current["figures"])
    differing += _differing([edit | {"reason": None} for edit in checks["edits"]], current["edits"])
    differing += [] if is_same_snapshot else _differing_forms(settings, filing, head, snapshot)
    if not differing:
        return found
    shown = ", ".join(differing[:5]) + (f" and {len(differing) - 5} more" if len(differing) > 5 else "")
    if is_same_snapshot:
        return [*found, f"what is known by now of the filings before {filing.period} says otherwise of {shown}"]
    says = f"snapshot {head['snapshot']} is no longer the newest for {filing.period}: {snapshot.snapshot_id}, known at"
    return [*found, f"{says} {snapshot.manifest['known_at']}, says otherwise of {shown}"]


def _wrong_clocks(settings: Settings, entries: Sequence[LogEntry]) -> list[str]:
    """What the records date later than now: a signature of today would come before it."""
    limit = now(settings) + CLOCKS_DIFFER_BY
    found = []
    if has_snapshot(settings) and (known_at := current_snapshot(settings).known_at) > limit:
        found.append(f"the snapshot in force is known at {known_at.isoformat()}, later than the clock shows (glassbook correct-clock)")
    if entries and datetime.fromisoformat(entries[-1].at) > limit:
        found.append(f"entry {entries[-1].sequence} of the log of filings says {entries[-1].at}, later than the clock shows")
    return found


def _known_filings(settings: Settings, filing: Filing) -> list[dict[str, object]]:
    regime = load_regime(filing.regime)
    return known_filings(owed_by_end_of(settings, regime, parse_period(filing.period, regime.frequency)))


def _differing_forms(settings: Settings, filing: Filing, head: dict[str, Any], current: Snapshot) -> list[str]:
    """Forms without figures, such as those of projects, in which the package's snapshot and the current one differ."""
    regime, as_of = load_regime(filing.regime), date.fromisoformat(head["as_of"])
    try:
        held = form_marks(find_snapshot(settings, str(head["snapshot"])), regime, as_of)
    except InputError:
        return [f"forms that cannot be compared, since snapshot {head['snapshot']} is not kept"]
    now_held = form_marks(current, regime, as_of)
    return [sheet for sheet, mark in held.items() if now_held[sheet] != mark]


def _differing(held: list[dict[str, Any]], current: list[dict[str, Any]]) -> list[str]:
    before, after = ({record["code"]: record for record in records} for records in (held, current))
    return sorted(code for code in before.keys() | after.keys() if before.get(code) != after.get(code))


def _document(folder: Path, name: str) -> dict[str, Any]:
    try:
        document: dict[str, Any] = parse_json((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckFailed(f"{folder / name}: cannot be read. Restore it from a backup, then run `glassbook verify`.") from error
    return document
