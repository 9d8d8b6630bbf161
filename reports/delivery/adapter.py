"""What every way of delivery takes, returns and raises.

An adapter makes one attempt. Whatever happens, the recipient sees the whole parcel under its name or nothing, and never two of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from glassbook.errors import CheckFailed
from reports.filing.package.seal import sha256

Outcome = Literal["delivered", "already_there"]


@dataclass(frozen=True)
class Parcel:
    """A package as one file: its archive. `name` is the same for the same version of a filing, `seal` that of the package."""

    name: str
    content: bytes
    seal: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the content."""
        return sha256(self.content)


@dataclass(frozen=True)
class Receipt:
    """What is known of a parcel that arrived: `facts` say how that was made sure of, `answer` is what the recipient sent back."""

    outcome: Outcome
    facts: dict[str, str] = field(default_factory=dict)
    answer: bytes | None = None


class TransientFault(CheckFailed):
    """An attempt failed in a way that may pass: the same again may succeed. `retry_after` is what the other side asked for, in seconds."""

    def __init__(self, message: str, retry_after: float = 0) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class NotDelivered(CheckFailed):
    """An attempt failed in a way that will not pass by itself; the message says what to do."""


class Adapter(Protocol):
    """One way of delivery to one target."""

    def deliver(self, parcel: Parcel) -> Receipt:
        """Brings the parcel there, or finds that it is there. Raises TransientFault or NotDelivered; nothing of it is visible then."""
        ...


def other_content(place: str) -> NotDelivered:
    """The refusal to replace what the recipient already has."""
    return NotDelivered(f"{place} is there with other content. Nothing was replaced: ask the recipient what it is.")
