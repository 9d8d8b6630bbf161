"""Delivers the package of a version to a target: what may be delivered, and the receipt.

Belongs here: the order of the steps. Does not: attempts and pauses (`retrying`), how bytes travel (the adapters).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from glassbook.delivery_target import DeliveryTarget
from glassbook.disk import only_one
from glassbook.errors import CheckFailed, InputError
from glassbook.faults import checkpoint
from glassbook.settings import Settings
from reports.delivery.adapter import Outcome, Parcel
from reports.delivery.attempts import arrival, read_attempts
from reports.delivery.receipts import keep_receipt, receipt_path
from reports.delivery.retrying import Errand, with_retries
from reports.filing.acts.facts import parse_filing_id
from reports.filing.acts.packages import require_as_signed
from reports.filing.life.life import load_life
from reports.filing.life.log import read_log
from reports.filing.life.states import ACKNOWLEDGED, SUBMITTED, Filing, signed_folder, versions

OUTBOX = "outbox"
# `submit` decides that the package leaves the company, and puts it with its signatures into its place.
_DELIVERABLE = (SUBMITTED, ACKNOWLEDGED)


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


def deliver(
    settings: Settings,
    filing_id: str,
    target: str = OUTBOX,
    *,
    version: int | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> Delivery:
    """Delivers the newest version, or the one named. What arrived already is not sent again.

    `report` gets one line per transient fault. Raises InputError for an unknown filing or target, CheckFailed when the version may not be
    delivered or its package is not as sealed, and NotDelivered or TransientFault when it did not arrive.
    """
    place = find_target(settings, target)
    filing = _filing(settings, filing_id, version)
    parcel = _parcel(settings, filing)
    with _only_one(settings, target):
        known = arrival(read_attempts(settings), target, place.address, filing.seal)
        if known is None:
            errand = Errand(settings, filing, target, place, parcel)
            receipt = with_retries(errand, report)
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
    require_as_signed(settings, filing, "Nothing was delivered.")
    return Parcel(f"{filing.filing_id}-v{filing.version}.zip", archive.read_bytes(), filing.seal)


@contextmanager
def _only_one(settings: Settings, target: str) -> Iterator[None]:
    """Two deliveries to one target never run at the same time: the second finds what the first delivered."""
    with only_one(settings.filings_dir / f".deliver-{target}.lock"):
        yield
