"""A whole profile: its sections, and what must hold across their entries."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from glassbook.profile.entry import Attachment, Key, Record, Versioned, ends_of
from glassbook.profile.sections import (
    Arbitration,
    Branch,
    ComplaintChannel,
    Custodian,
    FeeItem,
    Officer,
    Organisation,
    Registration,
    Report,
    RiskFramework,
    Shareholder,
)


class Profile(Record):
    """A platform's profile, whatever the regime.

    A single section is a list of versions, oldest first; a plural one has such a list under each key.
    """

    FIRST: ClassVar[tuple[str, ...]] = ()
    """Sections that come before the others, in this order."""

    profile_version: Literal[1] = Field(description="Version of this format.")
    registration: tuple[Registration, ...] = Field(min_length=1)
    custodian: tuple[Custodian, ...] = Field(min_length=1)
    shareholders: dict[Key, tuple[Shareholder, ...]] = Field(min_length=1)
    officers: dict[Key, tuple[Officer, ...]] = Field(min_length=1)
    organisation: tuple[Organisation, ...] = Field(min_length=1)
    branches: dict[Key, tuple[Branch, ...]] = Field(default_factory=dict)
    risk_framework: tuple[RiskFramework, ...] = Field(min_length=1)
    fees: dict[Key, tuple[FeeItem, ...]] = Field(min_length=1)
    complaint_channels: dict[Key, tuple[ComplaintChannel, ...]] = Field(min_length=1)
    arbitration: tuple[Arbitration, ...] = ()
    audit_reports: tuple[Report, ...] = ()
    compliance_reports: tuple[Report, ...] = ()

    @field_validator("*")
    @classmethod
    def _one_at_a_time(cls, held: Any) -> Any:
        # A plural section is a dictionary; reports go by year.
        for key, versions in held.items() if isinstance(held, dict) else ():
            if not versions:
                raise ValueError(f"{key} has no entry")
            try:
                ends_of(versions)
            except ValueError as error:
                raise ValueError(f"{key}: {error}") from error
        if isinstance(held, tuple):
            ends_of([version for version in held if isinstance(version, Versioned)])
        return held

    @field_validator("audit_reports", "compliance_reports")
    @classmethod
    def _one_a_year(cls, reports: tuple[Report, ...]) -> tuple[Report, ...]:
        years = [report.year for report in reports]
        if years != sorted(set(years)):
            raise ValueError("one report a year, oldest first")
        return reports

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        spans = [
            (v.valid_from, end, v.share_rate)
            for versions in self.shareholders.values()
            for v, end in zip(versions, ends_of(versions), strict=True)
        ]
        for day in sorted({start for start, _, _ in spans}):
            total = sum((rate for start, end, rate in spans if start <= day and (end is None or day < end)), Decimal(0))
            if total > 1:
                raise ValueError(f"shareholders: on {day} the shares add up to {total}, more than 1")
        return self

    @cached_property
    def attachments(self) -> tuple[Attachment, ...]:
        """Every attachment that the profile names."""
        return tuple(report.attachment for report in (*self.audit_reports, *self.compliance_reports))


REPORT_SECTIONS = ("audit_reports", "compliance_reports")
"""Sections that go by year; the others go by day."""


def sections_of(kind: type[Profile]) -> tuple[str, ...]:
    """Names of all sections of a profile of that kind, in order."""
    return tuple(name for name in dict.fromkeys((*kind.FIRST, *kind.model_fields)) if name != "profile_version")
