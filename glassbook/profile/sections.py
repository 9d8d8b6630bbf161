"""The sections of a profile: every field, and what a value has to look like."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from glassbook.profile.entry import Attachment, Key, Money, Name, Rate, Record, Text, Versioned
from glassbook.profile.identifiers import is_credit_code


class Registration(Versioned):
    """Business registration (工商登记)."""

    full_name: Name = Field(description="公司全称 registered name.")
    short_name: Name = Field(description="公司简称 name on the platform.")
    unified_social_credit_code: str = Field(description="统一社会信用代码, 18 signs, GB 32100-2015.")
    registered_capital: Money = Field(description="注册资本, CNY.")
    paid_in_capital: Money = Field(description="实缴资本, CNY.")
    registered_address: Text = Field(description="注册地址.")
    business_address: Text = Field(description="经营地址.")
    established_on: date = Field(description="成立时间.")
    operating_term: Name = Field(description="经营期限.")
    operating_status: Name = Field(description="经营状态.")
    business_scope: Text = Field(description="经营范围.")
    legal_representative: Name = Field(description="法定代表人: who answers for every filing.")

    @field_validator("unified_social_credit_code")
    @classmethod
    def _credit_code(cls, value: str) -> str:
        if not is_credit_code(value):
            raise ValueError(f"{value!r} is not a unified social credit code: 18 signs whose last is the check sign of GB 32100-2015")
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


class Custodian(Versioned):
    """The bank that holds the funds (资金存管)."""

    bank_name: Name = Field(description="存管银行全称.")
    agreement_signed_on: date = Field(description="协议签署日期.")
    live_on: date = Field(description="存管系统上线日期.")


class Shareholder(Versioned):
    """A shareholder of 5 % or more (持股5%以上股东)."""

    name: Name = Field(description="股东全称.")
    holder_kind: Literal["person", "company"] = Field(description="自然人 or 法人.")
    share_rate: Rate = Field(description="股权占比, 0 to 1, in quotes.")

    @field_validator("share_rate")
    @classmethod
    def _above_five(cls, value: Decimal) -> Decimal:
        if value < Decimal("0.05"):
            raise ValueError(f"{value} is below 0.05; only holders of 5 % or more are listed")
        return value


class Officer(Versioned):
    """A director, supervisor or senior manager (董事、监事、高级管理人员)."""

    name: Name = Field(description="姓名.")
    role_kind: Literal["director", "supervisor", "executive"] = Field(description="董事, 监事 or 高级管理人员.")
    position: Name = Field(description="职务.")
    career: Text = Field(description="简历.")


class Organisation(Versioned):
    """Organisation and staff (组织架构及从业人员)."""

    departments: tuple[Name, ...] = Field(min_length=1, description="内设部门.")
    staff_count: int = Field(ge=1, description="从业人员数量.")
    websites: tuple[Name, ...] = Field(min_length=1, description="官方网站.")
    apps: tuple[Name, ...] = Field((), description="官方手机应用.")
    other_channels: tuple[Name, ...] = Field((), description="其他官方互联网渠道.")


class Branch(Versioned):
    """A branch (分支机构)."""

    name: Name = Field(description="分支机构全称.")
    address: Text = Field(description="地址.")
    established_on: date = Field(description="成立时间.")
    head: Name = Field(description="负责人.")
    complaint_phone: Name = Field(description="投诉电话.")
    staff_count: int = Field(ge=0, description="员工人数.")


class RiskFramework(Versioned):
    """Risk management (风险管理信息)."""

    structure: Text = Field(description="风险管理架构.")
    assessment: Text = Field(description="风险评估流程.")
    warning: Text = Field(description="风险预警管理.")
    collection: Text = Field(description="催收方式.")


class FeeItem(Versioned):
    """One fee of the schedule (收费标准)."""

    name: Name = Field(description="收费项目.")
    fee_kind: Key = Field(description="Kind of fee as the platform's records call it (fee_kind of the contract).")
    payer: Literal["borrower", "lender"] = Field(description="付费方.")
    basis: Text = Field(description="计费方式.")
    standard: Text = Field(description="收费标准.")


class ComplaintChannel(Versioned):
    """Where to ask, complain or report (咨询、投诉、举报渠道)."""

    channel_kind: Literal["phone", "email", "address", "online"] = Field(description="电话, 电子邮箱, 通讯地址 or 网上.")
    contact: Text = Field(description="联系方式.")
    hours: Name = Field(description="服务时间.")


class Arbitration(Versioned):
    """How disputes are settled (争议解决)."""

    body: Name = Field(description="仲裁机构.")
    clause: Text = Field(description="条款.")


class Report(Record):
    """A report of a year by an outside firm, or the notice that there is none (审核信息)."""

    year: int = Field(ge=2007, le=2100, description="报告年度.")
    issuer: Name = Field(description="出具机构.")
    conclusion: Text = Field(description="审核结论.")
    issued_on: date = Field(description="出具日期.")
    disclosed_on: date | None = Field(None, description="Day on which it was made public; left out when it was not yet.")
    attachment: Attachment = Field(description="The report itself.")

    @model_validator(mode="after")
    def _after_its_year(self) -> Self:
        if self.issued_on.year <= self.year:
            raise ValueError(f"issued_on {self.issued_on} lies before the end of the year {self.year} that the report is on")
        return self
