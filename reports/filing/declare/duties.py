"""What a regime wants done by when, and kept for how long: a part of `regime.yml`.

Belongs here: the rules as data. Does not: which duties arise from them (obligations.py, reports.deadlines), or figures and forms.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["preparer", "approver", "legal_representative"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Due(_Record):
    """When a filing of a period is due, counted from the first day after the period."""

    working_day: int = Field(ge=1)
    since: date | None = None
    """Day from which the rule is in force: a period that ended before it need not be filed."""
    basis: str


class _Obligation(_Record):
    """What every obligation has: who is responsible, and the rule it comes from."""

    role: Role = "preparer"
    basis: str


class ChangeDue(_Obligation):
    """How soon a change of the platform profile must be public, in working days after the day of the change."""

    working_days: int = Field(ge=1)


class RiskDue(_Obligation):
    """How soon a major risk event must be public, in hours after it happened."""

    hours: int = Field(ge=1)


class ReportDue(_Obligation):
    """By which day of the following year a yearly report of the profile must be public."""

    sections: tuple[str, ...]
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)


class YearEndDue(_Obligation):
    """By which day the platform's information as of the last year's end must be public; the filing of that year's last period has it."""

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)


class Obligations(_Record):
    """What must be disclosed besides filings, and by when."""

    profile_change: ChangeDue | None = None
    risk_event: RiskDue | None = None
    annual_report: ReportDue | None = None
    year_end_profile: YearEndDue | None = None


class Retention(_Record):
    """How long disclosures must be kept, in years after the last step of their life."""

    years: int = Field(ge=1)
    basis: str
