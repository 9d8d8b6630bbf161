"""Delivers the package of a version to a target: what may be delivered, attempts and pauses, the receipt.

Belongs here: the order of the steps. Does not: how bytes travel (the adapters).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import tenacity

from glassbook.delivery_target import DeliveryTarget
from glassbook.disk import only_one
from glassbook.errors import CheckFailed, GlassbookError, InputError
from glassbook.faults import checkpoint
from glassbook.settings import Settings
from reports.delivery.adapter import Adapter, Outcome, Parcel, Receipt, TransientFault
from reports.delivery.attempts import add_attempt, arrival, read_attempts
from reports.delivery.receipts import keep_receipt, receipt_path, scrubbed
from reports.filing.acts.facts import parse_filing_id
from reports.filing.life.life import load_life
from reports.filing.life.log import read_log
from reports.filing.life.states import ACKNOWLEDGED, SUBMITTED, Filing, signed_folder, versions
from reports.signing.register import read_register
from reports.verifying.package import verify_package

OUTBOX = "outbox"
# Submitting decides that it leaves the house, and puts the package with its signatures into its place.
_DELIVERABLE = (SUBMITTED, ACKNOWLEDGED)
_LONGEST_PAUSE = 300.0


@dataclass(frozen=True)
class Delivery:
    """A package that has arrived. `receipt` is the file that says so; `is_new` is false when it had arrived before this call."""

    filing: Filing
    target: str
    parcel: str
    sha256: str
    outcome: Outcome
    receipt: Path
    is_new: bool


@dataclass(frozen=True)
class _Errand:
    """One parcel that goes to one target, and the record of its attempts."""

    settings: Settings
    filing: Filing
    target: str
    place: DeliveryTarget
    parcel: Parcel

    def record(
        self, event: str, *, attempt: int = 0, problem: str | None = None, receipt: str | None = None, receipt_sha256: str | None = None
    ) -> None:
        """Adds what happened to the log of attempts."""
        add_attempt(
            self.settings,
            regime=self.filing.regime,
            period=self.filing.period,
            version=self.filing.version,
            seal=self.filing.seal,
            target=self.target,
            address=self.place.address,
            parcel=self.parcel.name,
            sha256=self.parcel.sha256,
            bytes=len(self.parcel.content),
            attempt=attempt,
            event=event,
            problem=problem,
            receipt=receipt,
            receipt_sha256=receipt_sha256,
        )


def deliver(
    settings: Settings,
    filing_id: str,
    target: str = OUTBOX,
    *,
    version: int | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> Delivery:
    """Delivers the newest version, or the one named. What has arrived already is not sent again.

    `report` gets a line on each fault that may pass. Raises InputError for a filing or target that there is not, CheckFailed when the
    version may not be delivered or its package is not as sealed, and NotDelivered or TransientFault when it did not arrive.
    """
    place = find_target(settings, target)
    filing = _filing(settings, filing_id, version)
    parcel = _parcel(settings, filing)
    with _only_one(settings, target):
        known = arrival(read_attempts(settings), target, place.address, filing.seal)
        if known is None:
            errand = _Errand(settings, filing, target, place, parcel)
            receipt = _with_retries(errand, report)
            outcome: Outcome = receipt.outcome
            receipt_file, digest = keep_receipt(settings, place, receipt, filing, target, parcel)
            checkpoint("deliver_before_log")
            errand.record(outcome, receipt=receipt_file.name, receipt_sha256=digest)
        else:
            outcome = "already_there"
            receipt_file = receipt_path(settings, known)
    return Delivery(filing, target, parcel.name, parcel.sha256, outcome, receipt_file, known is None)


def find_target(settings: Settings, name: str) -> DeliveryTarget:
    """The target of that name; `outbox` is the folder of the home unless the settings say otherwise. Raises InputError."""
    if name in settings.delivery_targets:
        return settings.delivery_targets[name]
    if name == OUTBOX:
        settings.outbox_dir.mkdir(parents=True, exist_ok=True)
        return DeliveryTarget(address=settings.outbox_dir.resolve().as_uri())
    raise InputError(
        found=f"target {name!r}",
        where="--to",
        expected="one of " + ", ".join([*sorted(settings.delivery_targets), OUTBOX]),
        remedy="Name one of these, or add [delivery_targets.NAME] to glassbook.toml (docs/delivery.md).",
    )


def _adapter(target: DeliveryTarget) -> Adapter:
    if target.scheme == "file":
        from reports.delivery.folder import FolderAdapter

        return FolderAdapter(Path(unquote(urlsplit(target.address).path)))
    if target.scheme == "sftp":
        from reports.delivery.sftp import SftpAdapter

        return SftpAdapter(target)
    from reports.delivery.https import HttpsAdapter

    return HttpsAdapter(target)


def _filing(settings: Settings, filing_id: str, version: int | None) -> Filing:
    found = versions(read_log(settings), *parse_filing_id(filing_id))
    chosen = [filing for filing in found if version is None or filing.version == version][-1:]
    if not chosen:
        raise InputError(
            found=f"no filing {filing_id}" + ("" if version is None else f" version {version}"),
            where="the log of filings",
            expected="a filing that was opened" if not found else f"a version from 1 to {found[-1].version}",
            remedy="Run `glassbook filing status` to see what there is.",
        )
    (filing,) = chosen
    if filing.state not in _DELIVERABLE:
        todo = load_life().states[filing.state]
        raise CheckFailed(
            f"{filing_id} version {filing.version} is {filing.state} ({todo.means}); only what was submitted, and neither refused nor "
            f"superseded, is delivered. {todo.next.format(id=filing_id)}"
        )
    return filing


def _parcel(settings: Settings, filing: Filing) -> Parcel:
    folder = signed_folder(settings, filing.regime, filing.period, filing.version)
    archive = folder.with_name(folder.name + ".zip")
    register = read_register(settings)
    for path in (folder, archive):
        verdict = verify_package(path, register, is_signed=True)
        if not verdict.is_intact or verdict.seal is None:
            raise CheckFailed(f"{path} is not as it was sealed and signed: {'; '.join(verdict.problems)}. Nothing was delivered.")
        if verdict.seal.whole != filing.seal:
            raise CheckFailed(f"{path} has the seal {verdict.seal.whole}, the log of filings says {filing.seal}. Nothing was delivered.")
    return Parcel(f"{filing.filing_id}-v{filing.version}.zip", archive.read_bytes(), filing.seal)


def _with_retries(errand: _Errand, report: Callable[[str], None]) -> Receipt:
    place = errand.place
    adapter = _adapter(place)
    secrets = place.secrets()
    number = 0

    def attempt() -> Receipt:
        nonlocal number
        number += 1
        errand.record("begun", attempt=number)
        try:
            return adapter.deliver(errand.parcel)
        except GlassbookError as error:
            event = "fault" if isinstance(error, TransientFault) else "failed"
            problem = scrubbed(str(error), secrets)
            errand.record(event, attempt=number, problem=problem)
            # It may be words of a server, and goes to the terminal too.
            error.args = (problem,)
            raise

    def tell(state: tenacity.RetryCallState) -> None:
        assert state.outcome is not None and state.next_action is not None
        report(f"attempt {number} of {place.attempts}: {state.outcome.exception()}; again in {state.next_action.sleep:.0f} s")

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(TransientFault),
        stop=tenacity.stop_after_attempt(place.attempts),
        wait=_pause(place),
        before_sleep=tell,
        reraise=True,
    )
    return retrying(attempt)


def _pause(place: DeliveryTarget) -> Callable[[tenacity.RetryCallState], float]:
    """The pause doubles with each fault; a server that asks for a longer one gets it."""
    growing = tenacity.wait_exponential(multiplier=place.pause_seconds, max=_LONGEST_PAUSE)

    def pause(state: tenacity.RetryCallState) -> float:
        fault = state.outcome.exception() if state.outcome is not None else None
        asked = fault.retry_after if isinstance(fault, TransientFault) else 0.0
        return max(growing(state), min(asked, _LONGEST_PAUSE))

    return pause


@contextmanager
def _only_one(settings: Settings, target: str) -> Iterator[None]:
    """Two deliveries to one target never run at once: the second finds what the first has brought."""
    with only_one(settings.filings_dir / f".deliver-{target}.lock"):
        yield
