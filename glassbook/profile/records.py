"""A whole profile: its sections, and what must hold across their entries."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from glassbook.profile.entry import Attachment, Key, Record, Versioned, ends_of
from glassbook.profile.sections import (
    Arbitration,
    Branch,
    ComplaintChannel,
    Custodian,
    FeeItem,
    IcpFiling,
    Officer,
    Organisation,
    RecordFiling,
    Registration,
    Report,
    RiskFramework,
    SecurityFiling,
    Shareholder,
    TelecomLicence,
)


class Profile(Record):
    """A platform's profile. A single section is a list of versions, oldest first; a plural one has such a list under each key."""

    profile_version: Literal[1] = Field(description="Version of this format.")
    registration: tuple[Registration, ...] = Field(min_length=1)
    record_filing: tuple[RecordFiling, ...] = ()
    telecom_licence: tuple[TelecomLicence, ...] = ()
    icp_filing: tuple[IcpFiling, ...] = Field(min_length=1)
    security_filing: tuple[SecurityFiling, ...] = Field(min_length=1)
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

    @field_validator(
        *("registration", "record_filing", "telecom_licence", "icp_filing", "security_filing", "custodian"),
        *("organisation", "risk_framework", "arbitration"),
    )
    @classmethod
    def _one_at_a_time(cls, versions: tuple[Versioned, ...]) -> tuple[Versioned, ...]:
        ends_of(versions)
        return versions

    @field_validator("shareholders", "officers", "branches", "fees", "complaint_channels")
    @classmethod
    def _one_at_a_time_each(cls, entries: dict[str, tuple[Versioned, ...]]) -> dict[str, tuple[Versioned, ...]]:
        for key, versions in entries.items():
            if not versions:
                raise ValueError(f"{key} has no entry")
            try:
                ends_of(versions)
            except ValueError as error:
                raise ValueError(f"{key}: {error}") from error
        return entries

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
SECTIONS = tuple(name for name in Profile.model_fields if name != "profile_version")
"""Names of all sections, in order; those of `REPORT_SECTIONS` go by year, the others by day."""
