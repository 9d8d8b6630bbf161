"""The packages of a filing: in preparation a package is filed by its seal, once submitted by its version, with its signatures.

Belongs here: putting packages into their places, and comparing one with what the log names. Does not: deciding when (acts.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace

from glassbook.errors import CheckFailed
from glassbook.faults import checkpoint
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from reports.filing.acts.facts import chain_head, refuse_tampered
from reports.filing.life.life import load_life
from reports.filing.life.log import FilingLog, LogEntry
from reports.filing.life.states import Filing, draft_folder, drafts_folder, signed_folder, versions
from reports.filing.make.filing import Terms, make_filing
from reports.filing.package.package import clear_leftovers, write_package
from reports.filing.package.seal import SEAL_NAME, make_seal, parse_seal
from reports.signing.register import read_register
from reports.signing.sign_off import parse_sign_off
from reports.signing.signatures import SIGNATURES_NAME, make_signatures, problems_of
from reports.verifying.package import verify_package


def make_draft(
    settings: Settings, entries: Sequence[LogEntry], regime: str, period: str, terms: Terms, snapshot: Snapshot
) -> tuple[str, str]:
    """Makes the package from the snapshot, chained to what was submitted last; returns its seal and its state."""
    made = make_filing(settings, regime, period, snapshot=snapshot, terms=replace(terms, signers=load_life().roles))
    previous = chain_head(entries, regime)
    seal = make_seal(made.contents, previous).whole
    drafts = drafts_folder(settings, regime, period, terms.version)
    drafts.mkdir(parents=True, exist_ok=True)
    clear_leftovers(drafts)
    write_package(draft_folder(settings, regime, period, terms.version, seal), made.contents, previous)
    checkpoint("draft_before_log")
    return seal, made.status


def remove_unnamed(settings: Settings, entries: Sequence[LogEntry], regime: str, period: str, version: int) -> None:
    """Removes packages that a killed run made and no entry names: nobody was shown them."""
    seals = {str(entry.seal) for entry in entries if (entry.regime, entry.period, entry.version) == (regime, period, version)}
    named = {draft_folder(settings, regime, period, version, seal).name for seal in seals}
    for path in drafts_folder(settings, regime, period, version).iterdir():
        if path.name.removesuffix(".zip") in named:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def assemble_signed(settings: Settings, log: FilingLog) -> None:
    """Puts every submitted package with its signatures into its place, also one that a killed run did not finish."""
    for entry in log.entries:
        if entry.action != "submit" or entry.seal is None:
            continue
        place = (entry.regime, entry.period, entry.version)
        target = signed_folder(settings, *place)
        if target.is_dir() and target.with_name(target.name + ".zip").is_file():
            continue
        source = draft_folder(settings, *place, entry.seal)
        # After a kill between the entry and this step hours may pass, in which the package may have been changed.
        refuse_tampered(source, entry.seal)
        filing = next(f for f in versions(log.entries, entry.regime, entry.period) if f.version == entry.version)
        contents = {path.name: path.read_bytes() for path in source.iterdir()}
        seal = parse_seal(contents.pop(SEAL_NAME))
        sign_offs = [parse_sign_off(str(e.sign_off)) for e in filing.sign_offs]
        signatures = make_signatures(sign_offs, read_register(settings)).text()
        write_package(target, contents, seal.previous, {SIGNATURES_NAME: signatures.encode()})


def refuse_taken_place(settings: Settings, filing: Filing) -> None:
    """Raises CheckFailed when the place of the signed package holds something that no act put there."""
    folder = signed_folder(settings, filing.regime, filing.period, filing.version)
    for path in (folder, folder.with_name(folder.name + ".zip")):
        if path.exists():
            raise CheckFailed(f"{path}: is there already, though nothing was submitted. Move it away, then submit again.")


def require_as_signed(settings: Settings, filing: Filing, then: str) -> None:
    """Raises CheckFailed unless folder and archive of a submitted version are, byte for byte, what was sealed, signed and logged.

    `then` says what was not done, and what to do.
    """
    register = read_register(settings)
    folder = signed_folder(settings, filing.regime, filing.period, filing.version)
    for path in (folder, folder.with_name(folder.name + ".zip")):
        verdict = verify_package(path, register, is_signed=True)
        if not verdict.is_intact or verdict.seal is None:
            raise CheckFailed(f"{path} is not as it was sealed and signed: {'; '.join(verdict.problems)}. {then}")
        if verdict.seal.whole != filing.seal:
            raise CheckFailed(f"{path} has the seal {verdict.seal.whole}, the log of filings says {filing.seal}. {then}")


def refuse_bad_sign_offs(settings: Settings, filing: Filing) -> None:
    """Raises CheckFailed unless every sign-off in the log is for exactly this package, by a key that was valid at that moment."""
    sign_offs = [parse_sign_off(str(entry.sign_off)) for entry in filing.sign_offs]
    register = read_register(settings)
    problems = problems_of(
        make_signatures(sign_offs, register),
        filing=filing.filing_id,
        version=filing.version,
        seal=filing.seal,
        roles=[sign_off.role for sign_off in sign_offs],
        register=register,
    )
    if problems:
        raise CheckFailed(f"{filing.filing_id}: {'; '.join(problems)}. Run `glassbook verify`, and restore log and register from a backup.")
