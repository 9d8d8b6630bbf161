"""The acts in the life of a filing: each reads the status, decides by life.yml, acts, and adds one entry to the log.

Belongs here: the acts, one function each, under the lock of the log. Does not: what is allowed (life.yml), making documents (filing.py),
or what a person types (reports/commands/filing.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from glassbook.clock import now
from glassbook.errors import CheckFailed, InputError
from glassbook.faults import checkpoint
from glassbook.settings import Settings
from glassbook.snapshot_comparison import current_unchanged
from glassbook.snapshots import Snapshot
from reports.filing.acts.facts import (
    findings_of,
    given_reasons,
    newest_version,
    package_of,
    parse_filing_id,
    situation_of,
    valid_reasons,
    written_reasons,
)
from reports.filing.acts.packages import (
    assemble_signed,
    make_draft,
    refuse_bad_sign_offs,
    refuse_taken_place,
    remove_unnamed,
    require_as_signed,
)
from reports.filing.acts.words import refuse_reason, refuse_unprintable, said
from reports.filing.life.life import MADE, Decision, Doer, decide, load_life, next_sentence
from reports.filing.life.log import FilingLog, NewEntry, open_log
from reports.filing.life.states import ACKNOWLEDGED, DRAFT, SUBMITTED, VALIDATED, Filing, package_folder, read_head, versions
from reports.filing.make.filing import FIRST_VERSION, Terms
from reports.filing.make.first_day import refuse_before_first_day
from reports.filing.make.replacing import Explain
from reports.restating.sides import read_filed, side_of_package
from reports.restating.superseding import explains_since
from reports.signing.private_keys import sign_with
from reports.signing.register import PublicKey, live_key, read_register, register_path
from reports.signing.sign_off import SignOff

_AFTER_A_CHANGE = (
    "Expected: the package as it was submitted, seal {seal}. Nothing was recorded: restore it from the backup, or from what was sent, "
    "then acknowledge it again."
)


@dataclass(frozen=True)
class Act:
    """The result of an act: the version as it is now, its package, and what to do next. `is_new` is false when nothing changed."""

    filing: Filing
    package: Path
    next: str
    is_new: bool = True


def open_filing(settings: Settings, filing_id: str, who: str) -> Act:
    """Begins the life of a filing: makes version 1 from the current snapshot. Raises InputError when it is already open."""
    refuse_unprintable(by=who)
    with open_log(settings) as log:
        regime, period, filing = _find(settings, log, filing_id)
        _allowed(settings, log, filing_id, filing, "open", Doer(who))
        snapshot = current_unchanged(settings)
        refuse_before_first_day(settings, regime, period, snapshot)
        return _made(settings, log, NewEntry(regime, period, FIRST_VERSION, "open", None, MADE, who), None, Terms(), snapshot)


def check_filing(settings: Settings, filing_id: str, who: str) -> Act:
    """Makes the package again from the current snapshot with the reasons given; sign-offs stay valid only when no byte changes."""
    refuse_unprintable(by=who)
    with open_log(settings) as log:
        regime, period, filing = _find(settings, log, filing_id)
        _allowed(settings, log, filing_id, filing, "check", Doer(who))
        assert filing is not None  # only what was opened has a state that allows it
        snapshot = current_unchanged(settings)
        replaces = read_head(package_of(settings, filing))["replaces"]
        reasons = given_reasons(settings, filing)
        terms = Terms(filing.version, replaces, reasons=reasons, explain=_explains(settings, log, filing, filing.version))
        new = NewEntry(regime, period, filing.version, "check", filing.state, MADE, who)
        return _made(settings, log, new, filing, terms, snapshot)


def open_or_check(settings: Settings, filing_id: str, who: str) -> Act:
    """What a schedule runs: opens the filing, or makes its package again while nobody has signed; never changes a signed package."""
    with open_log(settings) as log:
        _, _, filing = _find(settings, log, filing_id)
        if filing is not None and filing.state not in (DRAFT, VALIDATED):
            return _act(settings, log, filing_id, is_new=False)
    return open_filing(settings, filing_id, who) if filing is None else check_filing(settings, filing_id, who)


def explain_edit(settings: Settings, filing_id: str, code: str, reason: str, who: str) -> Act:
    """Gives the reason why a warning is accepted. Raises InputError for a code that is no open warning, or for another warning's reason."""
    refuse_unprintable(by=who, reason=reason)
    with open_log(settings) as log:
        _, _, filing = _find(settings, log, filing_id)
        doer = Doer(who, reason=reason)
        to = _allowed(settings, log, filing_id, filing, "explain-edit", doer)
        assert filing is not None and to is not None  # only what was opened has a state that allows it
        # A reason that is no longer valid counts too: it becomes valid again when the edit finds again what it found then.
        given = {explained: held.text for explained, held in given_reasons(settings, filing).items()}
        refuse_reason(findings_of(package_of(settings, filing)), code, reason.strip(), given, filing_id)
        if valid_reasons(settings, filing).get(code) == reason.strip():
            return _act(settings, log, filing_id, is_new=False)
        log.append(replace(_entry(filing, "explain-edit", to, who), reason=reason.strip(), code=code))
        return _act(settings, log, filing_id)


def sign_filing(
    settings: Settings, filing_id: str, role: str, person: str, passphrase: Callable[[], str], despite_newer: str | None = None
) -> Act:
    """Signs the seal of the newest package with the key of `person`; `passphrase` is called once everything else allows it.

    Raises InputError for a person without a live key or a wrong passphrase, CheckFailed when the filing's status does not allow it.
    """
    refuse_unprintable(**{"by": person, "despite-newer-data": despite_newer})
    with open_log(settings) as log:
        _, _, filing = _find(settings, log, filing_id)
        key = _key(settings, person)
        doer = Doer(person, key.name, despite_newer=despite_newer)
        to = _allowed(settings, log, filing_id, filing, "sign", doer, role)
        assert filing is not None and to is not None  # only what was opened has a state that allows it
        refuse_bad_sign_offs(settings, filing)
        secret = passphrase()
        # The key may have been revoked while the person typed the passphrase: it must be valid when it signs.
        key, at = _key(settings, person), now(settings)
        bare = SignOff(filing.filing_id, filing.version, filing.seal, role, person, key.key, at.isoformat(), log.last_hash)
        signature = sign_with(settings, key, secret, bare.message()).hex()
        text = SignOff(**{**vars(bare), "signature": signature}).text()
        new = _entry(filing, "sign", to, person)
        log.append(replace(new, role=role, reason=said(despite_newer), sign_off=text, at=bare.at))
        return _act(settings, log, filing_id)


def submit_filing(settings: Settings, filing_id: str, who: str, despite_newer: str | None = None) -> Act:
    """Submits the filing: writes the package with its signatures to the place from which it is sent.

    Raises CheckFailed when a seal or signature is not valid, the place is taken, or the filing's status does not allow it.
    """
    refuse_unprintable(**{"by": who, "despite-newer-data": despite_newer})
    with open_log(settings) as log:
        _, _, filing = _find(settings, log, filing_id)
        to = _allowed(settings, log, filing_id, filing, "submit", Doer(who, despite_newer=despite_newer))
        assert filing is not None and to is not None  # only what was opened has a state that allows it
        refuse_bad_sign_offs(settings, filing)
        refuse_taken_place(settings, filing)
        log.append(replace(_entry(filing, "submit", to, who), reason=said(despite_newer)))
        checkpoint("submit_before_package")
        assemble_signed(settings, log)
        return _act(settings, log, filing_id)


def answer_filing(settings: Settings, filing_id: str, action: str, who: str, reason: str | None, receipt: str | None) -> Act:
    """Records the recipient's answer, `acknowledge` or `refuse`, to the newest submitted version.

    Raises CheckFailed for an acknowledgement of a package that is no longer what was sealed and signed: it would be in force, and nobody
    could show what the recipient accepted.
    """
    refuse_unprintable(by=who, reason=reason, receipt=receipt)
    with open_log(settings) as log:
        regime, period, newest = _find(settings, log, filing_id)
        waiting = [filing for filing in versions(log.entries, regime, period) if filing.state == SUBMITTED]
        filing = waiting[-1] if waiting else newest
        to = _allowed(settings, log, filing_id, filing, action, Doer(who, reason=reason, receipt=receipt))
        assert filing is not None and to is not None  # only what was opened has a state that allows it
        if action == "acknowledge":
            require_as_signed(settings, filing, _AFTER_A_CHANGE.format(seal=filing.seal))
        log.append(replace(_entry(filing, action, to, who), reason=said(reason), receipt=said(receipt)))
        return _act(settings, log, filing_id)


def supersede_filing(settings: Settings, filing_id: str, reason: str, who: str) -> Act:
    """Opens the next version from the current snapshot; the version before stays in force until the next is acknowledged.

    Its reasons stay valid for warnings that find the same as then.
    """
    refuse_unprintable(by=who, reason=reason)
    with open_log(settings) as log:
        regime, period, filing = _find(settings, log, filing_id)
        _allowed(settings, log, filing_id, filing, "supersede", Doer(who, reason=reason))
        assert filing is not None  # only what was opened has a state that allows it
        snapshot = current_unchanged(settings)
        replaces = {"version": filing.version, "seal": filing.seal}
        reasons = written_reasons(package_folder(settings, filing), filing.seal)
        terms = Terms(filing.version + 1, replaces, reasons=reasons, explain=_explains(settings, log, filing, filing.version + 1))
        new = NewEntry(regime, period, terms.version, "supersede", None, MADE, who, reason=reason.strip())
        return _made(settings, log, new, None, terms, snapshot)


def _find(settings: Settings, log: FilingLog, filing_id: str) -> tuple[str, str, Filing | None]:
    regime, period = parse_filing_id(filing_id)
    assemble_signed(settings, log)
    return regime, period, newest_version(log.entries, regime, period)


def _explains(settings: Settings, log: FilingLog, filing: Filing, version: int) -> Explain | None:
    """Explains `version` compared with the version that the recipient has by then: the newest not refused; None before the first.

    When all were refused it is the last of them, so that the recipient sees what was fixed.
    """
    earlier = [found for found in versions(log.entries, filing.regime, filing.period) if found.version < version]
    held = [found for found in earlier if found.state in (SUBMITTED, ACKNOWLEDGED)] or earlier
    if not held:
        return None
    filed = read_filed(package_folder(settings, held[-1]))
    if filed.seal != held[-1].seal:
        raise CheckFailed(f"{filed.path} is not the package that the log names by its seal. Restore it, then run `glassbook verify`.")
    return explains_since(side_of_package(settings, filed))


def _allowed(
    settings: Settings, log: FilingLog, filing_id: str, filing: Filing | None, action: str, doer: Doer, role: str | None = None
) -> str | None:
    """The state that the act leads to; raises an error with the reasons when the act is not allowed."""
    decision: Decision = decide(situation_of(settings, log.entries, filing_id, filing), action, role, doer)
    if not decision.is_possible:
        why, remedy = decision.reasons
        steps = [step for step in load_life().steps if step.action == action and step.role == role]
        states = ", ".join(state for step in steps for state in step.sources)
        raise InputError(found=why, where=filing_id, expected=f"a filing that is {states}", remedy=remedy)
    if decision.to is None:
        raise CheckFailed("\n".join(decision.reasons))
    return decision.to


def _made(settings: Settings, log: FilingLog, new: NewEntry, filing: Filing | None, terms: Terms, snapshot: Snapshot) -> Act:
    """Makes the package, and logs it unless the same package exists; the package supplies the state and seal that `new` lacks."""
    filing_id = f"{new.regime}-{new.period}"
    seal, status = make_draft(settings, log.entries, new.regime, new.period, terms, snapshot)
    if filing is not None and filing.seal == seal and filing.entries[-1].action != "explain-edit":
        return _act(settings, log, filing_id, is_new=False)
    log.append(replace(new, state=status, seal=seal))
    remove_unnamed(settings, log.entries, new.regime, new.period, terms.version)
    return _act(settings, log, filing_id)


def _entry(filing: Filing, action: str, to: str, who: str) -> NewEntry:
    """An entry about the newest package of `filing`, for an act that makes none."""
    assert to != MADE  # only an act that makes a package knows that state
    return NewEntry(filing.regime, filing.period, filing.version, action, filing.state, to, who, seal=filing.seal)


def _act(settings: Settings, log: FilingLog, filing_id: str, *, is_new: bool = True) -> Act:
    regime, period = parse_filing_id(filing_id)
    filing = newest_version(log.entries, regime, period)
    assert filing is not None  # an act was done on it
    situation = situation_of(settings, log.entries, filing_id, filing)
    return Act(filing, package_folder(settings, filing), next_sentence(situation), is_new)


def _key(settings: Settings, person: str) -> PublicKey:
    key = live_key(read_register(settings), person, now(settings))
    if key is None:
        raise InputError(
            found=f"no live key of {person}",
            where=str(register_path(settings)),
            expected="a registered person with a key that is neither revoked nor ended",
            remedy=f"glassbook keys new {person} --name NAME",
        )
    return key
