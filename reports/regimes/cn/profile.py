"""The platform profile as China's rules require it: the sections of every profile, and records with authorities."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from glassbook.profile import records, sections
from glassbook.profile.entry import Key, Name, Versioned
from reports.regimes.cn.credit_code import is_credit_code


class Registration(sections.Registration):
    """Business registration (工商登记)."""

    unified_social_credit_code: str = Field(description="统一社会信用代码, 18 characters, GB 32100-2015.")

    @field_validator("unified_social_credit_code")
    @classmethod
    def _credit_code(cls, value: str) -> str:
        if not is_credit_code(value):
            raise ValueError(f"{value!r} is not a unified social credit code: 18 characters, the last the check character of GB 32100-2015")
        return value


class RecordFiling(Versioned):
    """Record filing with the local financial authority (备案登记)."""

    authority: Name = Field(description="备案登记机关.")
    number: Name | None = Field(None, description="备案登记编号, where one was given.")
    recorded_on: date = Field(description="备案登记日期.")


class TelecomLicence(Versioned):
    """Licence for value-added telecommunication (电信业务经营许可)."""

    number: Name = Field(description="许可证编号.")
    issued_on: date = Field(description="发证日期.")
    expires_on: date = Field(description="有效期至.")
    authority: Name = Field(description="发证机关.")


class IcpFiling(Versioned):
    """Record of the web site (网站ICP备案)."""

    number: Name = Field(description="ICP备案号.")
    site: Name = Field(description="网站域名.")
    recorded_on: date = Field(description="备案日期.")


class SecurityFiling(Versioned):
    """Information security: the public security record and the graded protection (公安备案、信息安全等级保护)."""

    number: Name = Field(description="公安机关备案编号.")
    level: Literal["1", "2", "3", "4", "5"] = Field(description="等级保护级别.")
    assessed_by: Name = Field(description="测评机构.")
    recorded_on: date = Field(description="备案日期.")


class Shareholder(sections.Shareholder):
    """A shareholder of 5 % or more (持股5%以上股东)."""

    @field_validator("share_rate")
    @classmethod
    def _above_five(cls, value: Decimal) -> Decimal:
        if value < Decimal("0.05"):
            raise ValueError(f"{value} is below 0.05; only holders of 5 % or more are listed")
        return value


class Profile(records.Profile):
    """A platform's profile. A single section is a list of versions, oldest first; a plural one has such a list under each key."""

    FIRST: ClassVar[tuple[str, ...]] = ("registration", "record_filing", "telecom_licence", "icp_filing", "security_filing")

    registration: tuple[Registration, ...] = Field(min_length=1)
    record_filing: tuple[RecordFiling, ...] = ()
    telecom_licence: tuple[TelecomLicence, ...] = ()
    icp_filing: tuple[IcpFiling, ...] = Field(min_length=1)
    security_filing: tuple[SecurityFiling, ...] = Field(min_length=1)
    # mypy refuses another value type because a dictionary can be written to; a profile is never written to.
    shareholders: dict[Key, tuple[Shareholder, ...]] = Field(min_length=1)  # type: ignore[assignment]
