"""What every delivery adapter takes, returns and raises.

An adapter makes one attempt. Whatever happens, the recipient sees either the whole parcel under its name or nothing, and never two copies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from glassbook.errors import CheckFailed
from reports.filing.package.seal import sha256

Outcome = Literal["delivered", "already_there"]


@dataclass(frozen=True)
class Parcel:
    """A package as one file: its archive. The same version of a filing always has the same `name`; `seal` is that of the package."""

    name: str
    content: bytes
    seal: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the content."""
        return sha256(self.content)


@dataclass(frozen=True)
class Receipt:
    """A parcel that arrived: `facts` say how the arrival was verified, `answer` is what the recipient sent back."""

    outcome: Outcome
    facts: dict[str, str] = field(default_factory=dict)
    answer: bytes | None = None


class TransientFault(CheckFailed):
    """A transient failure of an attempt: a retry may succeed. `retry_after` is what the other side asked for, in seconds."""

    def __init__(self, message: str, retry_after: float = 0) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class NotDelivered(CheckFailed):
    """A permanent failure of an attempt: a retry will not help; the message says what to do."""


class Adapter(Protocol):
    """One delivery method for one target."""

    def deliver(self, parcel: Parcel) -> Receipt:
        """Delivers the parcel, or finds it already there. Raises TransientFault or NotDelivered; the recipient then sees nothing of it."""
        ...


def other_content(place: str) -> NotDelivered:
    """The error for a parcel that would replace what the recipient already has."""
    return NotDelivered(f"{place} is there with other content. Nothing was replaced: ask the recipient what it is.")
