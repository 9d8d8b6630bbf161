"""What all entries of a profile have in common: exact values, the interval in which an entry held, files identified by hash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _exact(value: Any) -> Any:
    # YAML reads 0.3 as a binary fraction; only its text is the exact number.
    if isinstance(value, float):
        raise ValueError("write a number with decimals in quotes, such as '0.30', so that it is kept exactly")
    return value


Money = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, max_digits=18, decimal_places=2)]
Rate = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=1, max_digits=7, decimal_places=6)]


class Record(BaseModel):
    """The base of every part of a profile: only declared fields are allowed."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Attachment(Record):
    """A file that stays beside the profile and is named by its content."""

    file: Annotated[str, StringConstraints(pattern=r"^[^/\\\x00][^\\\x00]*$")] = Field(description="Path from the profile's folder.")
    sha256: Sha256 = Field(description="SHA-256 of the file, 64 hexadecimal digits (`sha256sum FILE`).")


class Versioned(Record):
    """An entry that held from a day on, until the next one of its kind or until `valid_to`."""

    valid_from: date = Field(description="First day on which it held.")
    valid_to: date | None = Field(
        None, description="First day on which it no longer held; left out while it lasts or where another follows."
    )
    disclosed_on: date | None = Field(None, description="Day on which it was made public; left out when it was not yet.")
    end_disclosed_on: date | None = Field(None, description="Day on which its end was made public, where nothing follows it.")
    note: Text | None = Field(None, description="Reason of the change, for the history.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is not after valid_from {self.valid_from}")
        if self.end_disclosed_on is not None and self.valid_to is None:
            raise ValueError("end_disclosed_on needs valid_to")
        return self


def ends_of(versions: Sequence[Versioned]) -> list[date | None]:
    """The first day on which each version no longer held (its own end, or the start of the next); None while it lasts.

    Raises ValueError when two hold on the same day.
    """
    ends: list[date | None] = []
    for version, following in zip_longest(versions, versions[1:]):
        if following is not None:
            if following.valid_from <= version.valid_from:
                raise ValueError(f"the entry from {following.valid_from} does not follow that from {version.valid_from}: oldest first")
            if version.valid_to is not None and version.valid_to > following.valid_from:
                raise ValueError(f"two entries hold on {following.valid_from}: one ends on {version.valid_to} only")
        ends.append(version.valid_to or (following.valid_from if following is not None else None))
    return ends
