"""One delivery of a parcel to a target: retries after transient faults, with growing pauses; each attempt is in the log.

Belongs here: attempts and pauses. Does not: what may be delivered (`delivering`), how bytes travel (the adapters).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import tenacity

from glassbook.delivery_target import DeliveryTarget
from glassbook.errors import GlassbookError
from glassbook.settings import Settings
from reports.delivery.adapter import Adapter, Parcel, Receipt, TransientFault
from reports.delivery.attempts import add_attempt
from reports.delivery.receipts import scrubbed
from reports.filing.life.states import Filing

_LONGEST_PAUSE = 300.0


@dataclass(frozen=True)
class Errand:
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


def with_retries(errand: Errand, report: Callable[[str], None]) -> Receipt:
    """The receipt of the attempt that arrived; `report` gets one line per transient fault. Raises NotDelivered or TransientFault."""
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
            # It may quote a server, and also goes to the terminal.
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


def _adapter(target: DeliveryTarget) -> Adapter:
    if target.scheme == "file":
        from reports.delivery.folder import FolderAdapter

        return FolderAdapter(Path(unquote(urlsplit(target.address).path)))
    if target.scheme == "sftp":
        from reports.delivery.sftp import SftpAdapter

        return SftpAdapter(target)
    from reports.delivery.https import HttpsAdapter

    return HttpsAdapter(target)
